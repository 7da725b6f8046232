import type { Json } from '../../core/vocabulary/json.ts';
import type { Endpoint } from './endpoint.ts';
import { Refusal } from './refusal.ts';
import type { Request } from './request.ts';
import type { SpotExchange } from './spot-exchange.ts';
import type { SymbolMarket } from './symbol-market.ts';
import { selectMarkets, symbolCount } from './symbol-selection.ts';
import {
  bestTexts,
  DAY_MS,
  dayTicker,
  TICKER_TYPES,
  type TickerType,
  tickerWindow,
  windowTicker,
} from './ticker-statistics.ts';
import { parseZone } from './time-zone.ts';

const WINDOW = /^(?:([1-9]|[1-5][0-9])m|([1-9]|1[0-9]|2[0-3])h|([1-7])d)$/;

/** Prices and statistics of one, some or all symbols. */
export function tickerEndpoints(exchange: SpotExchange): Endpoint[] {
  const open = { security: 'none' as const };
  const each = (request: Request, must: boolean, row: (market: SymbolMarket) => Json): Json => {
    const { markets, single } = selectMarkets(exchange, request, must);
    return single ? row(markets[0]!) : markets.map(row);
  };
  const bySymbols = (request: Request): number => Math.min(200, 4 * Math.max(1, symbolCount(request)));
  const oneOrAll = (request: Request): number => (request.has('symbol') ? 2 : 4);
  return [
    {
      ...open,
      rest: ['GET /api/v3/ticker/24hr'],
      methods: ['ticker.24hr'],
      weight: (request) => {
        const symbols = symbolCount(request);
        if (symbols === 0) return 80;
        return symbols <= 20 ? 2 : symbols <= 100 ? 40 : 80;
      },
      run: (request) => {
        const type = tickerType(request);
        return each(request, false, (m) => dayTicker(m, exchange.nowMs(), type));
      },
    },
    {
      ...open,
      rest: ['GET /api/v3/ticker/tradingDay'],
      methods: ['ticker.tradingDay'],
      weight: bySymbols,
      run: (request) => {
        const type = tickerType(request);
        const zone = parseZone(request.text('timeZone') ?? '0');
        if (zone === null) throw new Refusal(-1130, "Data sent for parameter 'timeZone' is not valid.");
        const opened = Math.floor((exchange.nowMs() + zone) / DAY_MS) * DAY_MS - zone;
        return each(request, true, (m) => {
          const window = tickerWindow(m, opened, exchange.nowMs());
          return windowTicker(m, { ...window, closeMs: opened + DAY_MS - 1 }, type);
        });
      },
    },
    {
      ...open,
      rest: ['GET /api/v3/ticker'],
      methods: ['ticker'],
      weight: bySymbols,
      run: (request) => {
        const type = tickerType(request);
        const size = windowMs(request.text('windowSize') ?? '1d');
        const now = exchange.nowMs();
        return each(request, true, (m) => windowTicker(m, tickerWindow(m, now - size, now), type));
      },
    },
    {
      ...open,
      rest: ['GET /api/v3/ticker/price'],
      methods: ['ticker.price'],
      weight: oneOrAll,
      run: (request) =>
        each(request, false, (m) => ({ symbol: m.symbol.name, price: m.symbol.priceText(m.lastTicks) })),
    },
    {
      ...open,
      rest: ['GET /api/v3/ticker/bookTicker'],
      methods: ['ticker.book'],
      weight: oneOrAll,
      run: (request) =>
        each(request, false, (m) => {
          const { bid, ask } = bestTexts(m);
          return { symbol: m.symbol.name, bidPrice: bid[0], bidQty: bid[1], askPrice: ask[0], askQty: ask[1] };
        }),
    },
  ];
}

function tickerType(request: Request): TickerType {
  return request.choice('type', TICKER_TYPES, () => new Refusal(-1139, 'Invalid ticker type.')) ?? 'FULL';
}

function windowMs(text: string): number {
  const match = WINDOW.exec(text);
  if (match === null) throw new Refusal(-1130, "Data sent for parameter 'windowSize' is not valid.");
  const [, minutes, hours, days] = match;
  if (minutes !== undefined) return Number(minutes) * 60_000;
  return hours !== undefined ? Number(hours) * 3_600_000 : Number(days) * DAY_MS;
}
