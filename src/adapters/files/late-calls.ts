import { setImmediate, setTimeout } from 'node:timers/promises';
import { inspect } from 'node:util';
import { isMainThread } from 'node:worker_threads';
import { LateCallError } from '../../core/vocabulary/late-call.ts';

/** Who waits for a turn to pass, and what was thrown meanwhile by code that it answers for. */
interface Waiting {
  readonly isOwn: (error: unknown) => boolean;
  readonly thrown: unknown[];
}

const waiting = new Set<Waiting>();

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
  for (const { isOwn, thrown } of waiting) if (isOwn(error)) return thrown.push(error) > 0;
  return false;
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
 * Code of strategies may throw where nobody is there to catch it: in promises and timers that its handlers only began, where it is refused what it
 * asks for. Whoever runs the strategy knows of that by then, and stops it; the thread goes on. Anything else ends the thread as ever.
 */
export function outliveLateCalls(): void {
  if (process.listeners('uncaughtException').includes(onException)) return;
  process.on('unhandledRejection', onRejection);
  process.on('uncaughtException', onException);
}

/**
 * One turn of the event loop, for what was begun and not waited for. Answers what was thrown in it and nobody caught, where `isOwn`; late calls,
 * which those know of who were called, are left out.
 */
export async function turn(isOwn: Waiting['isOwn']): Promise<readonly unknown[]> {
  const one: Waiting = { isOwn, thrown: [] };
  waiting.add(one);
  try {
    // Timers that are due go before this one, and what was queued for the turn's end goes before its end.
    await setTimeout(1);
    await setImmediate();
  } finally {
    waiting.delete(one);
  }
  return one.thrown;
}
