import { MemoryRequestLimits } from './adapters/memory/request-limits.ts';
import type { Clock } from './ports/clock.ts';
import type { RequestLimits } from './ports/request-limits.ts';

/** How often who may ask: counted in the Redis that a URL names for all servers, else in each for itself. Opened when first asked. */
export function requestLimitsAt(url: string | null, clock: Clock, tell: (text: string) => void): RequestLimits {
  const near = new MemoryRequestLimits(clock);
  if (url === null) return near;
  let opened: Promise<RequestLimits> | null = null;
  const open = async (): Promise<RequestLimits> =>
    (await import('./adapters/redis/request-limits.ts')).openRedisRequestLimits({ url, clock, near, tell });
  return {
    async take(name, size) {
      opened ??= open();
      return (await opened).take(name, size);
    },
    close: async () => (await opened)?.close(),
  };
}
