import { setImmediate, setTimeout } from 'node:timers/promises';
import { inspect } from 'node:util';
import { isMainThread } from 'node:worker_threads';
import { LateCallError } from '../../core/vocabulary/late-call.ts';

/** Who answers for some code, and is told what that throws where nobody catches it. */
interface Hearer {
  isOwn(error: unknown): boolean;
  tell(error: unknown): void;
}

const hearers = new Set<Hearer>();

/** Whether it is the refusal of a late call, or was thrown for one. */
function isLateCall(error: unknown): boolean {
  let at = error;
  for (let depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++)
    if (at instanceof LateCallError) return true;
  return false;
}

/** Whether it is known to somebody, and nothing else is to follow from it. */
function isHeard(error: unknown): boolean {
  if (isLateCall(error)) return true;
  const concerned = [...hearers].filter((each) => each.isOwn(error));
  for (const each of concerned) each.tell(error);
  return concerned.length > 0;
}

function onRejection(reason: unknown): void {
  // As where nobody listens: it becomes an exception that nobody caught.
  if (!isHeard(reason)) throw reason;
}

function onException(error: unknown): void {
  // Where others listen, too, it is for them to say what becomes of it.
  if (isHeard(error) || process.listenerCount('uncaughtException') > 1) return;
  // A thread tells whoever began it, by what is thrown here; a program would end with a code of its own.
  if (!isMainThread) throw error;
  process.stderr.write(`Uncaught ${inspect(error)}\n`);
  process.exit(1);
}

/**
 * Code of strategies may throw where nobody is there to catch it: in promises and timers that its handlers only began. Where it is refused there what
 * it asks for, whoever runs the strategy knows of that by then, and stops it; of all else that is thrown whoever answers for the code is told
 * ({@link hear}). The thread goes on. What is nobody's ends it as ever.
 */
export function outliveLateCalls(): void {
  if (process.listeners('uncaughtException').includes(onException)) return;
  process.on('unhandledRejection', onRejection);
  process.on('uncaughtException', onException);
}

/** Lets somebody hear from now on, until what is answered is called; late calls, which those know of who were called, are left out. */
export function hear(hearer: Hearer): () => void {
  hearers.add(hearer);
  return () => void hearers.delete(hearer);
}

/** One turn of the event loop, for what was begun and not waited for. Answers what was thrown in it, where `isOwn`, and nobody caught. */
export async function turn(isOwn: Hearer['isOwn']): Promise<readonly unknown[]> {
  const thrown: unknown[] = [];
  const stopHearing = hear({ isOwn, tell: (error) => void thrown.push(error) });
  try {
    // Promises first, however long they take: of timers as short as theirs those go off first that were begun first, but one that began a
    // millisecond after this one would wait for the next turn.
    await setImmediate();
    // Timers that are due go before this one, and what was queued for the turn's end goes before its end.
    await setTimeout(1);
    await setImmediate();
  } finally {
    stopHearing();
  }
  return thrown;
}
