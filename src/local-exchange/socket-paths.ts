import type { ProductName } from './dialects.ts';

/** Routes of USD-M sockets: which group of streams a connection may carry. */
export type StreamRoute = 'public' | 'market' | 'private';

/** What a WebSocket URL asks for. */
export type SocketTarget =
  | { readonly kind: 'socket-api'; readonly product: ProductName }
  | {
      readonly kind: 'streams';
      readonly product: ProductName;
      readonly route: StreamRoute;
      readonly combined: boolean;
      /** Streams and listen keys named by the URL, in its order. */
      readonly names: readonly string[];
      /** Kinds of user events wanted, by listen key; only where the URL says so. */
      readonly events: ReadonlyMap<string, ReadonlySet<string>>;
    };

const PATH =
  /^(?:\/(spot|usdm|streams))?(?:\/(public|market|private))?\/(ws|stream|ws-api\/v3|ws-fapi\/v1)(?:\/(.*))?$/;

/**
 * Reads the path and query of a WebSocket URL; null where nothing is there. Spot has `/ws`, `/stream` and `/ws-api/v3`; futures have
 * `/public|market|private/ws|stream` and `/ws-fapi/v1`. Below `/spot` and `/usdm` each has all of its own, and there `/usdm/ws` is
 * the unrouted form of futures, which carries the public group. `/streams` is spot's, too: ccxt takes an address for spot's by the text
 * `/stream` in it, which Binance's host name has. An index as in `/ws/0`, which ccxt appends, names no stream.
 */
export function readSocketTarget(url: string): SocketTarget | null {
  const mark = url.indexOf('?');
  const match = PATH.exec(mark < 0 ? url : url.slice(0, mark));
  if (!match) return null;
  const [, written, route, door, rest = ''] = match;
  const prefix = written === 'streams' ? 'spot' : written;
  if (door === 'ws-api/v3' || door === 'ws-fapi/v1') {
    const product = door === 'ws-api/v3' ? 'spot' : 'usdm';
    const isStray = rest !== '' || route !== undefined || (prefix !== undefined && prefix !== product);
    return isStray ? null : { kind: 'socket-api', product };
  }
  if (prefix === 'spot' && route !== undefined) return null;
  const product = route !== undefined || prefix === 'usdm' ? 'usdm' : 'spot';
  const names = rest.split('/').map(decoded);
  const events = new Map<string, ReadonlySet<string>>();
  let lastKey: string | null = null;
  for (const pair of mark < 0 ? [] : url.slice(mark + 1).split('&')) {
    // Not URLSearchParams: a plus is part of a stream's name (`@kline_1d@+08:00`).
    const [name = '', ...parts] = pair.split('=');
    const value = decoded(parts.join('='));
    if (name === 'streams') names.push(...value.split('/'));
    if (name === 'listenKey') {
      names.push(value);
      lastKey = value;
    }
    // Events belong to the listen key before them; where they come first, to the next.
    if (name === 'events') events.set(lastKey ?? '', new Set(value.split('/')));
  }
  return {
    kind: 'streams',
    product,
    route: (route as StreamRoute | undefined) ?? 'public',
    combined: door === 'stream',
    names: names.filter((name) => name !== '' && !/^\d+$/.test(name)),
    events,
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const PUBLIC_STREAMS = /(^!bookTicker$)|@(bookTicker|depth|rpiDepth|trade$)/;

/** Whether a route of USD-M carries a stream; the wrong route acknowledges it and never sends data. */
export function routeCarries(route: StreamRoute, stream: string): boolean {
  const isPublic = PUBLIC_STREAMS.test(stream);
  return route === 'public' ? isPublic : route === 'market' && !isPublic;
}
