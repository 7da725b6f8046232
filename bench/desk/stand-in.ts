import type { Output } from '../../src/api/operations/table.ts';
import type { World } from '../../src/api/world.ts';
import { openServed, type ServedScene } from '../served-scene.ts';

const BEGUN_MS = Date.UTC(2026, 10, 2);
const BAR_MS = 1_000;
const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT', 'XRPUSDT', 'BNBUSDT'];
const HISTORY = 2_000;

const heading = { session: 'busy', currency: 'USDT' };
const timeOf = (n: number): string => new Date(BEGUN_MS + n * BAR_MS).toISOString();
const equityOf = (n: number): number => 100_000 + 500 * Math.sin(n / 40) + n / 10;
const side = (n: number) => (n % 2 === 0 ? 'buy' : 'sell') as 'buy' | 'sell';

const point = (n: number) => ({ time: timeOf(n), equity: equityOf(n), exposure: 40_000 + (n % 97) });

const fill = (n: number) => ({
  ...{ fill: n, time: timeOf(n), order: `o${n}`, instrument: `LOCAL:${SYMBOLS[n % SYMBOLS.length]}`, side: side(n) },
  ...{ quantity: '0.25', price: String(60_000 + (n % 500)), fee: '1.5', profit: String((n % 40) - 20) },
  why: 'SMA 5 crossed above SMA 15',
});

const order = (n: number) => ({
  ...{ order: `w${n % 8}`, time: timeOf(n), role: 'entry', instrument: `LOCAL:${SYMBOLS[n % SYMBOLS.length]}` },
  ...{ side: side(n), type: 'limit', status: 'open', quantity: '0.5', filled: '0', trigger: null, why: 'to wait' },
  limit: String(59_000 + n),
});

const event = (n: number) => ({
  ...{ seq: n, time: timeOf(n), type: 'bar-closed', causedBy: null, text: `bar ${n} of BTCUSDT closed`, data: {} },
});

const line = (n: number) => ({
  ...{
    session: 'busy',
    strategy: 'sma-cross',
    venue: 'local',
    symbols: SYMBOLS,
    timeframe: '1s',
    mode: 'paper' as const,
  },
  ...{
    account: null,
    running: true,
    latched: null,
    failure: null,
    paused: [],
    tradingState: 'active' as const,
    held: [],
    time: timeOf(n),
    ageMs: 100,
    currency: 'USDT',
  },
  ...{ equity: equityOf(n), profit: equityOf(n) - 100_000, dayStartEquity: 100_000, dayProfit: equityOf(n) - 100_000 },
  ...{ positions: 5, openOrders: 8, fills: n, lastFill: timeOf(n), problem: null },
  sparkline: Array.from({ length: 60 }, (_, k) => equityOf(n + k - 60)),
});

const book = (n: number) => ({
  ...{ currency: 'USDT', cash: 60_000 - (n % 50), equity: equityOf(n), profit: equityOf(n) - 100_000, fees: n / 100 },
  ...{ drawdown: 0.01, bars: n, orders: n, fills: n, refusals: [], failure: null, kills: [], paused: [] },
  positions: SYMBOLS.map((symbol, k) => ({
    ...{ instrument: `LOCAL:${symbol}`, quantity: '0.5', averagePrice: 60_000 },
    ...{ price: 60_000 + ((n * (k + 7)) % 500), unrealized: ((n * (k + 3)) % 900) - 400 },
  })),
  openOrders: Array.from({ length: 8 }, (_, k) => order(n + k)),
  lastFills: Array.from({ length: 10 }, (_, k) => fill(n - k + 100)),
});

const UNITS = { session: 'busy', time: timeOf(0), currency: 'USDT', limits: [], own: [], changes: [] };
const usage = (limit: string, n: number, allowed: number) => {
  const used = ((n * 13) % 70) * (allowed / 100);
  return { limit, of: 'account', unit: 'account currency', used, allowed, headroom: allowed - used };
};

/** What each stream of the overview tells as its `n`-th update. `0` is what it begins with. */
const UPDATES: Readonly<Record<string, (n: number, input: Readonly<Record<string, unknown>>) => unknown>> = {
  status: (n, { session }): Output<'status'> => ({
    ...{ sessions: [line(n)], latches: [] },
    book: session === undefined ? null : book(n),
  }),
  equity: (n): Output<'equity'> => ({
    ...{ ...heading, time: timeOf(n), cursor: null, peak: 100_000 },
    points: n === 0 ? Array.from({ length: HISTORY }, (_, k) => point(k - HISTORY)) : [point(n)],
  }),
  'limits-show': (n): Output<'limits-show'> => ({
    ...UNITS,
    usage: ['grossExposurePct', 'netExposurePct', 'dailyLossPct', 'drawdownPct', 'portfolioHeatPct'].map((limit, k) =>
      usage(limit, n + k, 100_000),
    ),
  }),
  events: (n): Output<'events'> => ({
    ...{ session: 'busy', time: timeOf(n), cursor: null },
    events: n === 0 ? Array.from({ length: 50 }, (_, k) => event(k - 50)) : [event(n)],
  }),
};

export interface BusyDesk extends ServedScene {
  readonly url: string;
  /** Updates that streams were given. */
  told(): number;
}

/**
 * A server with its desk, whose streams of a session a stand-in tells: each of the overview's five changes `perSecond` times a second. Hub, sockets and
 * pages are the real ones.
 */
export async function openBusyDesk(perSecond: number): Promise<BusyDesk> {
  let told = 0;
  const isolate: World['isolate'] = async (id, given, { update, stop }) => {
    const make = UPDATES[id];
    if (make === undefined) return {};
    let n = 0;
    update(make(n++, given));
    if (given['follow'] !== true) return make(0, given);
    const timer = setInterval(() => {
      update(make(n++, given));
      told++;
    }, 1_000 / perSecond);
    await new Promise((resolve) => stop.addEventListener('abort', resolve, { once: true }));
    clearInterval(timer);
    return make(n, given);
  };
  const scene = await openServed({ isolate });
  return { ...scene, url: `http://127.0.0.1:${scene.server.port}`, told: () => told };
}
