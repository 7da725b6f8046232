import { Failure } from '../failures.ts';
import type { Input, Output } from '../operations/table.ts';
import type { Call, World } from '../world.ts';
import { giveCommand } from './give-command.ts';
import { concerns, latchLine, type Place, placeOf, placeText } from './latch-scope.ts';
import { isRunning, type KnownSession, knownSessions } from './session-reader.ts';

/** Writes the latch, then has every session that runs heed it, and tells what each has left to do. */
export async function kill(input: Input<'kill'>, world: World, call: Call): Promise<Output<'kill'>> {
  const place = await placeOf(input, () => knownSessions(world));
  if (place.scope === 'instrument' && input.level === 'pause')
    throw new Failure('input-invalid', 'level: strategies are paused, not instruments; reduce is the mildest for one', {
      details: { field: 'level' },
    });
  const { latches } = await world.control();
  const { actor } = world;
  const latch = await latches.raise(place.scope, place.target, input.level, { actor, reason: input.reason });
  const concerned = (await knownSessions(world)).filter((session) => concerns(place, session));
  if (concerned.length === 0)
    call.warn({
      code: 'kill-concerns-nobody',
      message: `no session so far has ${placeText(place)}; the latch holds for one that comes`,
      hint: 'tradewright status tells strategies and symbols of all sessions.',
    });
  const sessions = await heeded(concerned, input.reason, world);
  const verified = sessions.every(
    ({ running, answered, ordersLeft, positionsLeft }) =>
      !running || (answered && ordersLeft === 0 && positionsLeft === 0),
  );
  return { latch: latchLine(latch), sessions, verified };
}

/** Lifts a latch, and has every session that runs know it. */
export async function rearm(input: Input<'rearm'>, world: World): Promise<Output<'rearm'>> {
  const place = await placeOf(input, () => knownSessions(world));
  confirm(place, input.confirm);
  const { latches } = await world.control();
  const { into, reason } = input;
  const latch = await latches.rearm(place.scope, place.target, into, { actor: world.actor, reason });
  const concerned = (await knownSessions(world)).filter((session) => concerns(place, session));
  return { latch: latchLine(latch), into, sessions: await heeded(concerned, reason, world) };
}

function confirm(place: Place, typed: string): void {
  const expected = placeText(place);
  if (typed === expected) return;
  throw new Failure('input-invalid', `confirm: expected the scope once more, --confirm ${expected}, found ${typed}`, {
    details: { field: 'confirm', expected, found: typed },
  });
}

/** Asks every session that runs to look at the latches now. None is waited for by another. */
function heeded(sessions: readonly KnownSession[], reason: string, world: World) {
  return Promise.all(
    sessions.map(async ({ name }) => {
      const silent = { session: name, answered: false, ordersLeft: null, positionsLeft: null };
      if (!(await isRunning(name, world))) return { ...silent, running: false };
      try {
        const outcome = await giveCommand(name, { type: 'heed-latches', reason }, world);
        if (!outcome.done) return { ...silent, running: await isRunning(name, world) };
        const { orders, positions } = outcome.left ?? { orders: 0, positions: 0 };
        return { session: name, running: true, answered: true, ordersLeft: orders, positionsLeft: positions };
      } catch (error) {
        // The latch stands whether or not the session says so; a silent one is told as such.
        if (!(error instanceof Failure)) throw error;
        return { ...silent, running: error.code !== 'session-not-running' };
      }
    }),
  );
}
