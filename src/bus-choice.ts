import { memoryEventBus } from './adapters/memory/event-bus.ts';
import { BusError, type EventBus } from './ports/event-bus.ts';

/**
 * The event bus of an installation: within the process, or the one that a URL names, `redis://…`, `redis-cluster://…` or `kafka://…`. Opened when
 * it is first asked for, which calls no server. Rejects with {@link BusError} `refused` for any other URL.
 */
export function eventBusAt(url: string | null): { bus(): Promise<EventBus>; close(): Promise<void> } {
  let opened: Promise<EventBus> | null = null;
  return {
    bus() {
      opened ??= openBus(url);
      return opened;
    },
    async close() {
      // Who opened it has been told why that failed.
      await (await opened?.catch(() => null))?.close();
    },
  };
}

async function openBus(url: string | null): Promise<EventBus> {
  if (url === null) return memoryEventBus();
  const scheme = /^([a-z-]+):\/\//i.exec(url)?.[1]?.toLowerCase();
  if (scheme === 'kafka') return (await import('./adapters/kafka/event-bus.ts')).openKafkaEventBus(url);
  if (scheme === 'redis' || scheme === 'rediss' || scheme === 'redis-cluster')
    return (await import('./adapters/redis/event-bus.ts')).openRedisEventBus({ url });
  throw new BusError(
    'refused',
    `TRADEWRIGHT_EVENT_BUS: expected redis://…, redis-cluster://…, kafka://… or nothing, found ${scheme === undefined ? 'a text that is no URL' : `${scheme}://`}`,
  );
}
