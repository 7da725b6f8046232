import { eventsHash } from '../../core/engine/state-hash.ts';
import { formatTime } from '../../core/vocabulary/time.ts';
import { eventsOf } from '../../session/event-lines.ts';
import { replayJournal } from '../../session/replay-journal.ts';
import type { SessionCore } from '../../session/session-core.ts';
import { viewOf } from '../../session/session-view.ts';
import type { Input, Output } from '../operations/table.ts';
import type { World } from '../world.ts';
import { bookOf } from './book-of.ts';
import { openSession } from './open-session.ts';
import { isSessionAbout, type SessionAbout } from './session-about.ts';
import { eventLine } from './session-moment.ts';

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
  const { info, about, journals, fresh } = await openSession(input.session, world);
  const core = fresh();
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

function lastEvents(core: SessionCore, most: number) {
  const { count } = core.engine.state.log;
  return eventsOf(core, Math.max(0, count - most)).map(eventLine);
}
