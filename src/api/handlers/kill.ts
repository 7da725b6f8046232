import type { KilledAccount, KillReport } from '../../kill/kill-request.ts';
import { KILL_DEFAULTS, runKill } from '../../kill/kill-run.ts';
import { LatchError } from '../../ports/latches.ts';
import type { AskSecret } from '../../ports/secret-vault.ts';
import { Failure } from '../failures.ts';
import type { Input, Output } from '../operations/table.ts';
import type { Call, World } from '../world.ts';
import { giveCommand } from './give-command.ts';
import { type BegunSession, begunSessions, isRunning } from './known-sessions.ts';
import { concerns, isConfirmed, keptAccounts, latchLine, type Place, placeOf, placeText } from './latch-scope.ts';

/** A session that runs looks five times a second: one that has not by then hangs. */
const TAKEN_WITHIN_MS = 4_000;

type Heeded = Output<'rearm'>['sessions'][number];

/** Writes the latch, then has every session that runs heed it, and tells what each has left to do. */
export async function kill(input: Input<'kill'>, world: World, call: Call): Promise<Output<'kill'>> {
  const place = await killedPlace(input, world, call.askSecret);
  if (place.scope === 'instrument' && input.level === 'pause')
    throw new Failure('input-invalid', 'level: strategies are paused, not instruments; reduce is the mildest for one', {
      details: { field: 'level' },
    });
  const { actor } = world;
  const latch = await world
    .control()
    .then(({ latches }) => latches.raise(place.scope, place.target, input.level, { actor, reason: input.reason }))
    .catch((error: unknown) => {
      if (!(error instanceof LatchError)) throw error;
      throw new Failure(
        'latches-unreadable',
        `the latch could not be written, and nothing was done: ${error.message}`,
        {
          hint: 'tradewright-kill needs no latch: it cancels and closes at the venue itself.',
          details: { reason: error.code },
          cause: error,
        },
      );
    });
  const { sessions: begun, unread } = await begunSessions(world);
  const concerned = begun.filter((session) => concerns(place, session));
  if (concerned.length === 0)
    call.warn({
      code: 'kill-concerns-nobody',
      message: `no session so far has ${placeText(place)}; the latch holds for one that comes`,
      hint: 'tradewright status tells strategies and symbols of all sessions.',
    });
  const sessions = await heeded(concerned, input.reason, world, TAKEN_WITHIN_MS);
  const around = await goAround(input, place, concerned, sessions, world, call);
  const verified = sessions.every(
    (session) =>
      hasDoneAll(session) ||
      !session.running ||
      (around?.accounts.some((a) => a.sessions.includes(session.session)) ?? false),
  );
  const accounts = (around?.accounts ?? []).map(accountLine);
  // One that is named is known.
  const unknown = (input.session === undefined ? unread : []).map(
    ({ session, error }) =>
      `session ${session}: whether it is meant is not known; tradewright-kill --account goes to its account: ${error.message}`,
  );
  const faults = [...unknown, ...(around?.faults ?? []), ...accounts.flatMap((each) => each.faults)];
  return {
    ...{ latch: latchLine(latch), sessions, accounts, faults },
    verified: verified && unknown.length === 0 && (around?.verified ?? true),
  };
}

/**
 * What a kill concerns. Rejects with {@link Failure} `input-invalid`, and `account-unknown` for an account that no session has and nobody keeps: a
 * slip of the pen must not pass for a kill.
 */
export async function killedPlace(input: Input<'kill'>, world: World, ask: AskSecret | null): Promise<Place> {
  const accounts = () => keptAccounts(world, ask);
  const { sessions, unread } = await begunSessions(world);
  const broken = unread.find(({ session }) => session === input.session);
  if (broken !== undefined)
    throw new Failure('journal-damaged', `${broken.error.message} Nothing was latched.`, {
      hint: 'Which account it trades is not known: tradewright kill --scope account --target <label>, or tradewright-kill --account <label>.',
      details: { field: 'session', found: broken.session },
    });
  const place = await placeOf(input, async () => sessions, accounts);
  const { scope, target } = place;
  if (scope !== 'account' || target.startsWith('paper:')) return place;
  if (sessions.some((session) => concerns(place, session))) return place;
  const kept = await accounts();
  if (kept.length === 0 || kept.some(({ id }) => id === target)) return place;
  const names = kept.map(({ label }) => label);
  throw new Failure(
    'account-unknown',
    `there is no account ${target}; there are: ${names.join(', ')}; nothing was latched`,
    {
      hint: 'A session stands for its account: tradewright kill --session.',
      details: { field: 'target', found: target, expected: names },
    },
  );
}

const hasDoneAll = ({ answered, ordersLeft, positionsLeft }: Heeded): boolean =>
  answered && ordersLeft === 0 && positionsLeft === 0;

/**
 * What sessions with accounts at venues have not done themselves, as they do not run, hang or have left something, is done in their place: at the
 * venue, by connections of our own. Null where nothing is to be done so.
 */
async function goAround(
  { level, reason }: Input<'kill'>,
  place: Place,
  concerned: readonly BegunSession[],
  heeds: readonly Heeded[],
  world: World,
  call: Call,
): Promise<KillReport | null> {
  const names = concerned
    .filter(({ about }) => about.account !== undefined)
    .map(({ name }) => name)
    .filter((name) => !hasDoneAll(heeds.find(({ session }) => session === name)!));
  if (names.length === 0) return null;
  const symbol = place.target.slice(place.target.indexOf(':') + 1);
  return runKill(
    {
      ...{ level, reason, place: { kind: 'sessions', names }, latchLevel: null },
      ...(place.scope === 'instrument' ? { symbols: [symbol] } : {}),
      ...{ collar: KILL_DEFAULTS.collar, patienceMs: KILL_DEFAULTS.patienceMs },
    },
    world.killWorld(call.askSecret),
    () => {},
  );
}

function accountLine(account: KilledAccount) {
  const { canceling, closings, sessions, isRevoked, verified } = account;
  return {
    ...{ account: account.account, venue: account.venue, environment: account.environment, sessions: [...sessions] },
    ...{ ordersFound: canceling.found, ordersLeft: canceling.left.length, isRevoked, verified },
    closed: closings.flatMap(({ closed }) =>
      Object.entries(closed).map(([symbol, quantity]) => ({ symbol, quantity })),
    ),
    left: closings.flatMap(({ left }) => left.map(({ symbol, quantity, why }) => ({ symbol, quantity, why }))),
    faults: [...account.faults, ...canceling.faults, ...closings.flatMap((each) => each.faults)],
  };
}

/** Lifts a latch, and has every session that runs know it. */
export async function rearm(input: Input<'rearm'>, world: World, call: Call): Promise<Output<'rearm'>> {
  const { sessions } = await begunSessions(world);
  const place = await placeOf(
    input,
    async () => sessions,
    () => keptAccounts(world, call.askSecret),
  );
  confirm(place, input);
  const { latches } = await world.control();
  const { into, reason } = input;
  const latch = await latches.rearm(place.scope, place.target, into, { actor: world.actor, reason });
  const concerned = sessions.filter((session) => concerns(place, session));
  return { latch: latchLine(latch), into, sessions: await heeded(concerned, reason, world) };
}

function confirm(place: Place, given: Input<'rearm'>): void {
  if (isConfirmed(place, given)) return;
  const [expected, typed] = [placeText(place), given.confirm];
  throw new Failure('input-invalid', `confirm: expected the scope once more, --confirm ${expected}, found ${typed}`, {
    details: { field: 'confirm', expected, found: typed },
  });
}

/** Asks every session that runs to look at the latches now. None is waited for by another. */
function heeded(
  sessions: readonly BegunSession[],
  reason: string,
  world: World,
  takenWithinMs?: number,
): Promise<Heeded[]> {
  return Promise.all(
    sessions.map(async ({ name }) => {
      const silent = { session: name, answered: false, ordersLeft: null, positionsLeft: null };
      if (!(await isRunning(name, world))) return { ...silent, running: false };
      try {
        const outcome = await giveCommand(name, { type: 'heed-latches', reason }, world, takenWithinMs);
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
