import type { TimeMs } from '../core/vocabulary/time.ts';

export interface RangeQuestion<T> {
  readonly largestPage: number;
  /** What lies in [fromMs, toMs], at most a page of it; which end is cut off is not known. */
  ask(fromMs: TimeMs, toMs: TimeMs): Promise<readonly T[]>;
  /** What is thrown where one millisecond alone fills a page. */
  tooMany(atMs: TimeMs, found: number): Error;
}

/** Everything in a range of whole milliseconds: a range that fills a page is halved until nothing can have been cut off. */
export async function readHalvedRange<T>(
  question: RangeQuestion<T>,
  fromMs: TimeMs,
  toMs: TimeMs,
): Promise<readonly T[]> {
  const [from, to] = [Math.floor(fromMs), Math.ceil(toMs)];
  const page = await question.ask(from, to);
  if (page.length < question.largestPage) return page;
  if (to <= from) throw question.tooMany(from, page.length);
  const middle = Math.floor((from + to) / 2);
  const earlier = await readHalvedRange(question, from, middle);
  return [...earlier, ...(await readHalvedRange(question, middle + 1, to))];
}
