import { narrate } from '../../core/engine/narrate.ts';
import type { Json } from '../../core/vocabulary/json.ts';
import { formatTime } from '../../core/vocabulary/time.ts';
import { timeOfEvent } from '../../session/event-time.ts';
import type { SessionCore } from '../../session/session-core.ts';
import type { EventLine } from '../operations/session-fields.ts';

/** Event `seq` of a session, as operations tell it. */
export function eventLineOf({ engine: { state, seats } }: SessionCore, seq: number, begunAtMs = 0): EventLine {
  const names = seats.map((seat) => seat.strategy.def.id);
  const { v: _v, at, type, causedBy, input: _input, seq: _seq, ...rest } = narrate(state, names, seq);
  const data = rest as Readonly<Record<string, Json>>;
  const text = Object.entries(data).map(
    ([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return {
    ...{
      seq,
      time: formatTime(timeOfEvent(at, begunAtMs)),
      type,
      causedBy: 'event' in causedBy ? causedBy.event : null,
    },
    ...{ text: text.join(', '), data: data as EventLine['data'] },
  };
}

/** The newest events, oldest first: at most `most`, and none before number `from`. */
export function eventLines(core: SessionCore, most: number, from = 0, begunAtMs = 0): EventLine[] {
  const { count } = core.engine.state.log;
  const first = Math.max(from, count - most);
  return Array.from({ length: Math.max(0, count - first) }, (_, k) => eventLineOf(core, first + k, begunAtMs));
}
