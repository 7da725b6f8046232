import { eventsHash } from '../../core/engine/state-hash.ts';
import { formatTime } from '../../core/vocabulary/time.ts';
import { viewOf } from '../../session/session-view.ts';
import type { Input, Output } from '../operations/table.ts';
import type { World } from '../world.ts';
import { bookOf } from './book-of.ts';
import { eventLines } from './event-lines.ts';
import type { SessionAbout } from './session-about.ts';
import { isRunning, knownSessions, readSession, sessionOf } from './session-reader.ts';

const symbolOf = (id: string): string => id.slice(id.indexOf(':') + 1);

export const factsOf = ({ strategy, venue, feeds }: SessionAbout) => ({
  strategy,
  venue,
  symbols: feeds.map(({ instrument }) => symbolOf(instrument.id)),
  timeframe: feeds[0]!.timeframe,
});

export async function sessions(_: Input<'sessions'>, world: World): Promise<Output<'sessions'>> {
  const { unreadable } = await (await world.journals()).list();
  const all = await knownSessions(world);
  const lines: Output<'sessions'>['sessions'] = [];
  for (const { name, about, info } of all)
    lines.push({
      session: name,
      ...factsOf(about),
      begun: formatTime(info.createdAtMs),
      records: info.head.seq,
      running: await isRunning(name, world),
    });
  return {
    sessions: lines,
    unreadable: unreadable.map(({ session, error }) => ({ session, error: error.message })),
  };
}

export async function sessionShow(input: Input<'session-show'>, world: World): Promise<Output<'session-show'>> {
  const { name, about, info, core, replay } = await readSession(await sessionOf(input.session, world), world);
  const view = viewOf(core, [], input.limit);
  return {
    session: name,
    ...factsOf(about),
    params: about.params as Output<'session-show'>['params'],
    begun: formatTime(info.createdAtMs),
    time: view.timeMs === null ? null : formatTime(view.timeMs),
    ...{ records: replay.seq, inputs: core.inputs, statesVerified: replay.compared },
    hashes: { state: core.hash(), events: eventsHash(core.engine) },
    ...bookOf(view),
    events: eventLines(core, input.limit),
  };
}
