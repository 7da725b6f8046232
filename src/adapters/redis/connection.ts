import type { Cluster, Redis } from 'ioredis';

/** One server or a cluster; both take the same commands. */
export type RedisConnection = Redis | Cluster;

/** Where a Redis is: `redis://…`, `rediss://…`, the path of a socket, or `redis-cluster://host:port,host:port`. */
export interface RedisPlace {
  readonly url: string;
  /** Without name and password. */
  readonly shown: string;
  readonly isCluster: boolean;
}

const CLUSTER = /^redis-cluster:\/\//i;

export function redisPlace(url: string): RedisPlace {
  return { url, shown: url.replace(/\/\/[^@/]*@/, '//'), isCluster: CLUSTER.test(url) };
}

/** Longest wait between two tries to connect. */
const RETRY_MS = 2_000;

/**
 * A connection that is made in the background and made again when it is lost. Commands that find none are refused at once: whoever calls decides
 * whether to ask again. `blocks`: for a connection whose commands wait at the server, without a limit of their own.
 */
export async function connectRedis(
  place: RedisPlace,
  options: { readonly timeoutMs: number; readonly blocks?: boolean },
): Promise<RedisConnection> {
  const ioredis = await import('ioredis');
  const each = {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 5_000,
    retryStrategy: (times: number) => Math.min(50 * 2 ** times, RETRY_MS),
    ...(options.blocks ? {} : { commandTimeout: options.timeoutMs }),
  };
  const redis = place.isCluster
    ? new ioredis.Cluster(nodesOf(place), {
        ...{ lazyConnect: true, enableOfflineQueue: false, maxRedirections: 4, slotsRefreshTimeout: 2_000 },
        clusterRetryStrategy: (times) => Math.min(50 * 2 ** times, RETRY_MS),
        redisOptions: { ...each, ...secretsOf(place) },
      })
    : new ioredis.Redis(place.url, each);
  // Told by the commands that fail; without a listener it would be printed.
  redis.on('error', () => undefined);
  return redis;
}

/** Resolves once commands can be given; rejects where that is not so in time. Later tries follow by themselves. */
export async function connected(redis: RedisConnection, timeoutMs = 2_000): Promise<void> {
  if (redis.status === 'ready') return;
  const isFirst = redis.status === 'wait';
  if (!isFirst && redis.status !== 'connecting' && redis.status !== 'connect')
    throw new Error(`the connection is ${redis.status}`);
  await new Promise<void>((resolve, reject) => {
    const settle = (act: () => void) => (): void => {
      clearTimeout(timer);
      redis.off('ready', ready).off('close', gone);
      act();
    };
    const ready = settle(resolve);
    const gone = settle(() => reject(new Error('the connection was lost')));
    const timer = setTimeout(
      settle(() => reject(new Error(`no connection within ${timeoutMs / 1000} s`))),
      timeoutMs,
    );
    redis.on('ready', ready);
    // A cluster that is not whole yet has the promise of the first try wait without end.
    if (isFirst) redis.connect().then(ready, (error: Error) => settle(() => reject(error))());
    else redis.on('close', gone);
  });
}

function nodesOf({ url }: RedisPlace): { host: string; port: number }[] {
  return url
    .replace(CLUSTER, '')
    .replace(/^[^@]*@/, '')
    .replace(/\/.*$/, '')
    .split(',')
    .map((text) => {
      const node = new URL(`redis://${text}`);
      return { host: node.hostname.replace(/^\[|\]$/g, ''), port: Number(node.port || 6379) };
    });
}

/** Name and password, which every node of a cluster is told. */
function secretsOf({ url }: RedisPlace): { readonly username?: string; readonly password?: string } {
  const [, user, password] = /^redis-cluster:\/\/([^:@/]*):([^@/]*)@/i.exec(url) ?? [];
  return password === undefined
    ? {}
    : { password: decodeURIComponent(password), ...(user ? { username: decodeURIComponent(user) } : {}) };
}
