import { narrate } from '../../core/engine/narrate.ts';
import { eventsHash } from '../../core/engine/state-hash.ts';
import { formatTime } from '../../core/vocabulary/time.ts';
import { replayJournal } from '../../session/replay-journal.ts';
import type { SessionCore } from '../../session/session-core.ts';
import { viewOf } from '../../session/session-view.ts';
import { Failure } from '../failures.ts';
import type { Input, Output } from '../operations/table.ts';
import type { World } from '../world.ts';
import { bookOf } from './book-of.ts';
import { loadStrategy } from './load-strategy.ts';
import { running } from './run.ts';
import { coreOf, isSessionAbout, type SessionAbout } from './session-about.ts';

const symbolOf = (id: string): string => id.slice(id.indexOf(':') + 1);

const factsOf = ({ strategy, venue, feeds }: SessionAbout) => ({
  strategy,
  venue,
  symbols: feeds.map(({ instrument }) => symbolOf(instrument.id)),
  timeframe: feeds[0]!.timeframe,
});

export async function sessions(_: Input<'sessions'>, world: World): Promise<Output<'sessions'>> {
  const { journals, unreadable } = await (await world.journals()).list();
  const locks = await world.sessionLocks();
  const isRunning = (session: string): boolean => {
    const lock = locks.take(session);
    lock?.release();
    return lock === null;
  };
  return {
    sessions: journals
      .filter(({ about }) => isSessionAbout(about))
      .map(({ session, about, createdAtMs, head }) => ({
        session,
        ...factsOf(about as unknown as SessionAbout),
        begun: formatTime(createdAtMs),
        records: head.seq,
        running: isRunning(session),
      })),
    unreadable: unreadable.map(({ session, error }) => ({ session, error: error.message })),
  };
}

export async function sessionShow(input: Input<'session-show'>, world: World): Promise<Output<'session-show'>> {
  const journals = await world.journals();
  const { journals: known, unreadable } = await journals.list();
  const broken = unreadable.find(({ session }) => session === input.session);
  if (broken) throw broken.error;
  const info = known.find(({ session, about }) => session === input.session && isSessionAbout(about));
  if (!info)
    throw new Failure('session-unknown', `there is no session ${input.session}`, {
      details: { found: input.session, expected: known.map(({ session }) => session) },
    });
  const about = info.about as unknown as SessionAbout;
  const loaded = await loadStrategy(about.strategyName, world);
  if (loaded.codeHash !== about.codeHash)
    throw new Failure(
      'session-different',
      `${about.strategyName} has changed since the session began: expected code ${about.codeHash}, found ${loaded.codeHash}`,
      { hint: 'A journal can be replayed only with the code that it was written with: bring that back to look at it.' },
    );
  const core = running(loaded, world, () => coreOf(input.session, about, loaded));
  const { compared, records } = await replayJournal(core, journals.read(input.session), (body) =>
    world.strategyFiles.sealed(body),
  );
  const view = viewOf(core, [], input.limit);
  return {
    session: input.session,
    ...factsOf(about),
    params: about.params as Output<'session-show'>['params'],
    begun: formatTime(info.createdAtMs),
    time: view.timeMs === null ? null : formatTime(view.timeMs),
    ...{ records, inputs: core.inputs, statesVerified: compared },
    hashes: { state: core.hash(), events: eventsHash(core.engine) },
    ...bookOf(view),
    events: lastEvents(core, input.limit),
  };
}

function lastEvents({ engine: { state, seats } }: SessionCore, most: number) {
  const names = seats.map((seat) => seat.strategy.def.id);
  const from = Math.max(0, state.log.count - most);
  return Array.from({ length: state.log.count - from }, (_, k) => {
    const { v: _v, seq, at, type, causedBy: _causedBy, input: _input, ...rest } = narrate(state, names, from + k);
    const text = Object.entries(rest).map(
      ([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
    );
    return { seq, time: formatTime(at), type, text: text.join(', ') };
  });
}
