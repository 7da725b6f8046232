import { eventsHash } from '../../core/engine/state-hash.ts';
import { formatTime } from '../../core/vocabulary/time.ts';
import { viewOf } from '../../session/session-view.ts';
import type { Input, Output } from '../operations/table.ts';
import type { World } from '../world.ts';
import { bookOf } from './book-of.ts';
import { eventLines } from './event-lines.ts';
import { factsOf } from './sessions.ts';
import { withSession } from './shared-sessions.ts';

export function sessionShow(input: Input<'session-show'>, world: World): Promise<Output<'session-show'>> {
  return withSession({ session: input.session }, world, ({ read: { name, about, info, core, replay } }) => {
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
      events: eventLines(core, input.limit, 0, info.createdAtMs),
    };
  });
}
