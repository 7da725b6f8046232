import type { CommandOutcome, SessionCommand } from '../../core/vocabulary/commands.ts';
import { Failure } from '../failures.ts';
import type { World } from '../world.ts';
import { isRunning, type KnownSession, knownSessions, runningOf } from './session-reader.ts';

const LOOK_MS = 50;
/** A session looks five times a second, but for a moment in which it fetches what it has missed. */
const ANSWER_MS = 20_000;
/** Between two looks whether the session still runs. */
const ALIVE_MS = 500;

/** The session that a command is for: the named one, or the only one, that runs. Throws {@link Failure}. */
export async function runningSession(name: string | undefined, world: World): Promise<KnownSession> {
  const all = await knownSessions(world);
  const runs = await runningOf(all, world);
  const names = runs.map((session) => session.name);
  if (name === undefined) {
    if (runs.length === 1) return runs[0]!;
    if (runs.length === 0) throw notRunning('no session runs', all.at(-1)?.name);
    throw new Failure('session-ambiguous', `several sessions run: ${names.join(', ')}`, {
      details: { field: 'session', expected: names },
    });
  }
  const found = runs.find((session) => session.name === name);
  if (found) return found;
  if (all.some((session) => session.name === name)) throw notRunning(`session ${name} does not run`, name);
  throw new Failure('session-unknown', `there is no session ${name}`, {
    details: { found: name, expected: all.map((session) => session.name) },
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
  const { id } = await box.put({ session, command, actor, reason: command.reason });
  const startMs = clock.elapsedMs();
  let aliveMs = clock.elapsedMs() + ALIVE_MS;
  for (;;) {
    const { outcome, takenAtMs } = (await box.view(id))!;
    if (outcome !== null) return outcome;
    const nowMs = clock.elapsedMs();
    const patienceMs = takenAtMs === null ? takenWithinMs : ANSWER_MS;
    const hasEnded = nowMs >= aliveMs && !(await isRunning(session, world));
    if (nowMs >= aliveMs) aliveMs = nowMs + ALIVE_MS;
    if (!hasEnded && nowMs - startMs < patienceMs) {
      await new Promise<void>((resolve) => void clock.after(LOOK_MS, resolve));
      continue;
    }
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
  throw new Failure(
    code === 'unknown-order' ? 'order-unknown' : isOrder && !isOurs ? 'order-refused' : 'command-refused',
    `session ${session}: ${message}`,
    { details: { session, reason: code } },
  );
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
]);
