import { SubscriberLane } from '../../bus/subscriber-lane.ts';
import { BusError, type BusEvent, type EventBus } from '../../ports/event-bus.ts';

/** Events of each topic that are kept for who comes later. */
const KEPT = 1_000;
/** Topics of which any are kept, those that were last published to. */
const KEPT_TOPICS = 200;

export interface MemoryBusOptions {
  /** Events of each topic that are kept, at least 50; 1,000 by default. */
  readonly kept?: number;
  /** Events that may wait for one subscriber before it is cut off; 10,000 by default. */
  readonly mostWaiting?: number;
}

/** A bus within this process. Subscribers that return no promise have taken an event when publishing resolves. */
export function memoryEventBus(options: MemoryBusOptions = {}): EventBus {
  const kept = Math.max(50, options.kept ?? KEPT);
  const topics = new Map<string, BusEvent[]>();
  const lanes = new Set<SubscriberLane>();
  let isClosed = false;
  const refuseClosed = (): void => {
    if (isClosed) throw new BusError('closed', 'the event bus is closed');
  };
  const keep = (event: BusEvent): boolean => {
    const events = topics.get(event.topic) ?? [];
    const newest = events.at(-1);
    if (newest !== undefined && event.seq <= newest.seq) return false;
    events.push(event);
    // In one go: taking off the first of many again and again would be slow.
    if (events.length >= 2 * kept) events.splice(0, events.length - kept);
    topics.delete(event.topic);
    topics.set(event.topic, events);
    if (topics.size > KEPT_TOPICS) topics.delete(topics.keys().next().value!);
    return true;
  };
  /** Ends in the turn in which it has told everything, so that nothing is published in between. */
  const tellKept = async (lane: SubscriberLane): Promise<void> => {
    for (let isBehind = true; isBehind && !lane.hasEnded; ) {
      isBehind = false;
      for (const [topic, events] of [...topics]) {
        if (!lane.wants(topic)) continue;
        for (const event of [...events]) {
          if (event.seq <= (lane.newest(topic) ?? -1)) continue;
          lane.offer(event);
          if (lane.hasRoom) continue;
          isBehind = true;
          await lane.room();
        }
      }
    }
  };
  return {
    place: 'in this process',
    isShared: false,
    async publish(events) {
      refuseClosed();
      for (const event of events) if (keep(event)) for (const lane of lanes) lane.offer(event);
    },
    async subscribe(request, subscriber) {
      refuseClosed();
      const { mostWaiting } = options;
      const lane: SubscriberLane = new SubscriberLane(request, subscriber, {
        onClose: () => void lanes.delete(lane),
        ...(mostWaiting === undefined ? {} : { mostWaiting }),
      });
      if (request.from !== 'now') await tellKept(lane);
      if (!lane.hasEnded) lanes.add(lane);
      return lane;
    },
    async history(topic, most) {
      refuseClosed();
      return (topics.get(topic) ?? []).slice(-Math.max(1, Math.min(most, kept)));
    },
    async ping() {
      refuseClosed();
    },
    async close() {
      isClosed = true;
      for (const lane of [...lanes]) lane.end(new BusError('closed', 'the event bus is closed'));
      lanes.clear();
    },
  };
}
