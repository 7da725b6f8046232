import type { Report } from '../report/report.ts';
import { Hash128 } from '../vocabulary/hash.ts';
import { orderlessText } from '../vocabulary/json.ts';
import { formatTime } from '../vocabulary/time.ts';
import type { SourceValue } from './backtest.ts';

/** Hash of recorded values with their times and names. */
function hashSources(values: readonly SourceValue[]): string {
  const hash = new Hash128();
  for (const { name, timeMs, value } of values) hash.text(`${name} ${timeMs} ${orderlessText(value)}\n`);
  return hash.digest();
}

/** The recorded values of a run by their source. `files`: where those of each name came from. */
export function sourceSection(
  values: readonly SourceValue[],
  files: Readonly<Record<string, string>>,
): NonNullable<Report['sources']> {
  const names = [...new Set(values.map(({ name }) => name))];
  return names.map((name) => {
    const own = values.filter((each) => each.name === name);
    const [from, to] = [own[0]!, own.at(-1)!].map(({ timeMs }) => formatTime(timeMs)) as [string, string];
    return { name, file: files[name] ?? '', values: own.length, from, to, hash: hashSources(own) };
  });
}
