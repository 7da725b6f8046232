import type { Json } from '../../core/vocabulary/json.ts';
import { formatTime } from '../../core/vocabulary/time.ts';
import { type BusError, type BusEvent, type BusRequest, eventId, positionsAfter } from '../../ports/event-bus.ts';
import type { HeardEvent } from '../operations/listen.ts';
import type { Input, Output } from '../operations/table.ts';
import type { Call, World } from '../world.ts';

/** Tells what sessions give to the event bus. Rejects with BusError where that cannot be heard. */
export async function listen(input: Input<'listen'>, world: World, call: Call): Promise<Output<'listen'>> {
  const bus = await world.eventBus();
  if (!bus.isShared)
    call.warn({
      code: 'event-bus-alone',
      message: 'no event bus is configured: sessions of other processes are not heard',
      hint: 'Set TRADEWRIGHT_EVENT_BUS for them and for this program; or follow one with tradewright events --follow.',
    });
  const ended = Promise.withResolvers<BusError | null>();
  const end = (): void => ended.resolve(null);
  const subscription = await bus.subscribe(requestOf(input), {
    name: 'listen',
    take(event) {
      const heard = heardOf(event);
      if (input.session === undefined || heard.session === input.session) call.update({ events: [heard] });
    },
    lost: ({ topic, from, to }) =>
      call.warn({
        code: 'events-lost',
        message: `the bus has not got events ${from} to ${to} of ${topic} any more`,
        hint: `tradewright events --session ${sessionOf(topic)} has them.`,
      }),
    ended: (error) => ended.resolve(error),
  });
  call.update({ events: [] });
  const timer = input.seconds === undefined ? null : world.clock.after(input.seconds * 1000, end);
  call.stop.addEventListener('abort', end, { once: true });
  if (call.stop.aborted) end();
  try {
    const error = await ended.promise;
    if (error !== null) throw error;
  } finally {
    timer?.cancel();
    call.stop.removeEventListener('abort', end);
    await subscription.close();
  }
  const { counts, positions } = subscription;
  return {
    ...{ heard: counts.taken, lost: counts.lost },
    newest: Object.entries(positions).map(([topic, seq]) => eventId({ topic, seq })),
  };
}

function requestOf({ after, kept }: Input<'listen'>): BusRequest {
  if (after.length > 0) return { from: { after: positionsAfter(...after) } };
  return { from: kept ? 'kept' : 'now' };
}

const sessionOf = (topic: string): string => topic.replace(/@\d+$/, '');

function heardOf(event: BusEvent): HeardEvent {
  const { v: _v, seq: _seq, at: _at, type: _type, ...data } = event.data as Readonly<Record<string, Json>>;
  return {
    ...{ id: eventId(event), session: sessionOf(event.topic), seq: event.seq },
    ...{ time: formatTime(event.atMs), type: event.type, data: data as HeardEvent['data'] },
  };
}
