import type { CommandOutcome, SessionCommand } from '../../core/vocabulary/commands.ts';
import type { SessionLocks } from '../../ports/session-locks.ts';
import { Failure } from '../failures.ts';
import type { World } from '../world.ts';
import { AwaitedAnswer } from './awaited-answer.ts';
import { type BegunSession, begunSession, isRunning, knownSessions, runningOf } from './known-sessions.ts';

/** Between two looks where no answer is heard: sessions of other processes are not heard everywhere. */
const LOOK_MS = 50;
/** A session takes commands at once, but for a moment in which it fetches what it has missed. */
const ANSWER_MS = 20_000;
/** Between two looks whether the session still runs. */
const ALIVE_MS = 500;

/** The session that a command is for: the named one, or the only one, that runs. Throws {@link Failure}. */
export async function runningSession(name: string | undefined, world: World): Promise<BegunSession> {
  if (name === undefined) return onlySession(world);
  const found = await begunSession(name, world);
  if (found === null) {
    const expected = (await knownSessions(world)).map((session) => session.name);
    throw new Failure('session-unknown', `there is no session ${name}`, { details: { found: name, expected } });
  }
  if (await ranLately(name, world)) return found;
  throw notRunning(`session ${name} does not run`, name);
}

/** When a session was last found running; to ask it takes its lock, and who gives a command finds out again whether it does. */
const seenRunningMs = new WeakMap<SessionLocks, Map<string, number>>();
const LATELY_MS = 250;

async function ranLately(name: string, world: World): Promise<boolean> {
  const locks = await world.sessionLocks();
  const nowMs = world.clock.elapsedMs();
  const seen = seenRunningMs.get(locks) ?? new Map<string, number>();
  seenRunningMs.set(locks, seen);
  if (nowMs - (seen.get(name) ?? Number.NEGATIVE_INFINITY) < LATELY_MS) return true;
  const runs = await locks.isHeld(name);
  if (runs) seen.set(name, nowMs);
  else seen.delete(name);
  return runs;
}

async function onlySession(world: World): Promise<BegunSession> {
  const all = await knownSessions(world);
  const runs = await runningOf(all, world);
  if (runs.length === 1) return runs[0]!;
  if (runs.length === 0) throw notRunning('no session runs', all.at(-1)?.name);
  const names = runs.map((session) => session.name);
  throw new Failure('session-ambiguous', `several sessions run: ${names.join(', ')}`, {
    details: { field: 'session', expected: names },
  });
}

function notRunning(message: string, session: string | undefined): Failure {
  return new Failure('session-not-running', message, {
    ...(session === undefined
      ? {}
      : {
          hint: `Start it again with the command with which it began and --session ${session}. A kill needs no session that runs: tradewright kill --session ${session} bites at its next start.`,
        }),
    details: { field: 'session' },
  });
}

/**
 * Puts a command into the box of a session that runs, and waits for what becomes of it: `takenWithinMs` for it to be taken. Throws {@link Failure} `session-not-running` or
 * `session-silent`; the command was not carried out then, or the message says that it may have been.
 */
export async function giveCommand(
  session: string,
  command: SessionCommand,
  world: World,
  takenWithinMs = ANSWER_MS,
): Promise<CommandOutcome> {
  const { clock, actor } = world;
  const { box } = await world.control();
  const answer = new AwaitedAnswer(box, clock);
  try {
    const { id } = await box.put({ session, command, actor, reason: command.reason });
    answer.of(id);
    const startMs = clock.elapsedMs();
    let aliveMs = startMs + ALIVE_MS;
    for (;;) {
      const told = await answer.heard(LOOK_MS);
      if (told !== null) return told;
      const { outcome, takenAtMs } = (await box.view(id))!;
      if (outcome !== null) return outcome;
      const nowMs = clock.elapsedMs();
      const patienceMs = takenAtMs === null ? takenWithinMs : ANSWER_MS;
      const hasEnded = nowMs >= aliveMs && !(await isRunning(session, world));
      if (nowMs >= aliveMs) aliveMs = nowMs + ALIVE_MS;
      if (!hasEnded && nowMs - startMs < patienceMs) continue;
      const code = hasEnded ? 'session-ended' : 'late';
      const isWithdrawn = await box.withdraw(id, { done: false, code, message: 'withdrawn by who gave it' });
      const last = (await box.view(id))!.outcome;
      if (!isWithdrawn && last !== null) return last;
      if (isWithdrawn && hasEnded) throw notRunning(`session ${session} has ended meanwhile`, session);
      throw new Failure(
        'session-silent',
        isWithdrawn
          ? `session ${session} did not take the command within ${patienceMs / 1000} s; it was withdrawn`
          : `session ${session} took the command and has not answered: it may have been carried out`,
        { details: { session, field: 'session', isWithdrawn } },
      );
    }
  } finally {
    answer.end();
  }
}

/** A command that must succeed. Throws {@link Failure} where it was refused. */
export async function carriedOut(
  session: string,
  command: SessionCommand,
  world: World,
): Promise<CommandOutcome & { readonly done: true }> {
  const outcome = await giveCommand(session, command, world);
  if (outcome.done) return outcome;
  const { code, message } = outcome;
  const isOrder = command.type === 'place-order' || command.type === 'amend-order';
  const isOurs = CODES.has(code);
  const details = { session, reason: code };
  if (code !== 'unknown-order' && isOrder && !isOurs)
    throw new Failure('order-refused', `session ${session}: ${message}`, {
      hint: `tradewright docs reference/refusals explains ${code}; the same command with --dry-run shows every rule with its numbers.`,
      details,
    });
  throw new Failure(code === 'unknown-order' ? 'order-unknown' : 'command-refused', `session ${session}: ${message}`, {
    details,
  });
}

/** Codes that are none of risk. */
const CODES = new Set([
  'order-ended',
  'nothing-to-do',
  'latched',
  'invalid',
  'session-ended',
  'late',
  'unknown-strategy',
  'unknown-instrument',
  'unknown-source',
]);
