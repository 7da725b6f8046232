import { generateMarket } from '../core/research/synthetic-market.ts';
import type { BarColumns, TradeColumns } from '../core/vocabulary/market-data.ts';
import { civilToMs, DAY_MS } from '../core/vocabulary/time.ts';
import { type MarketSource, mergeSources } from './market-source.ts';
import { barPath } from './market-source-bars.ts';
import { recordedTrades } from './market-source-trades.ts';
import type { OutsideMarket, PlayOptions } from './outside-market.ts';

/** Where the market comes from. */
export type MarketChoice =
  /** Nobody trades but the clients. `book` quotes once around a price, by symbol. */
  | { readonly kind: 'quiet'; readonly book?: Readonly<Record<string, number>> }
  /** The embedded market, minute by minute: its instruments stand for these symbols, in order. */
  | ({
      readonly kind: 'synthetic';
      readonly seed?: number;
      readonly symbols?: readonly string[];
      readonly tradesEachBar?: number;
    } & PlayOptions)
  /** Bars of a catalogue, by symbol. */
  | ({
      readonly kind: 'bars';
      readonly bars: Readonly<Record<string, { readonly columns: BarColumns; readonly barMs: number }>>;
      readonly tradesEachBar?: number;
    } & PlayOptions)
  /** Recorded trades, by symbol. */
  | ({ readonly kind: 'trades'; readonly trades: Readonly<Record<string, TradeColumns>> } & PlayOptions)
  /** Anything else that tells trades and quotes in order of time. */
  | ({ readonly kind: 'recording'; readonly source: MarketSource } & PlayOptions);

const SYNTHETIC_SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'];
const END_MS = civilToMs(2026, 1, 1);
/** The generator's least; the last 30 days are played. */
const SYNTHETIC_DAYS = 60;

/** Starts the market as chosen. Throws where a symbol that was named is listed nowhere. */
export function startMarket(market: OutsideMarket, choice: MarketChoice, seed: number): void {
  switch (choice.kind) {
    case 'quiet':
      for (const [symbol, price] of Object.entries(choice.book ?? {})) market.moveTo(symbol, price);
      return;
    case 'recording':
      market.play(choice.source, choice);
      return;
    case 'trades': {
      const sources = Object.entries(choice.trades).map(([symbol, trades]) => {
        if (market.listing(symbol) === null) throw new RangeError(`trades are given for ${symbol}, which nobody lists`);
        return recordedTrades(symbol, trades);
      });
      market.play(mergeSources(sources), choice);
      return;
    }
    case 'bars': {
      const { tradesEachBar } = choice;
      const paths = Object.entries(choice.bars).map(([symbol, { columns, barMs }], k) => {
        const listing = market.listing(symbol);
        if (listing === null) throw new RangeError(`bars are given for ${symbol}, which nobody lists`);
        const pathSeed = (seed ^ Math.imul(k + 1, 0x85ebca6b)) >>> 0;
        return barPath({ listing, bars: columns, barMs, seed: pathSeed, ...(tradesEachBar ? { tradesEachBar } : {}) });
      });
      market.play(mergeSources(paths), choice);
      return;
    }
    case 'synthetic': {
      const made = generateMarket({
        ...(choice.seed === undefined ? {} : { seed: choice.seed }),
        fromMs: END_MS - SYNTHETIC_DAYS * DAY_MS,
        toMs: END_MS,
      });
      const named = choice.symbols ?? SYNTHETIC_SYMBOLS.filter((symbol) => market.listing(symbol) !== null);
      if (named.length > made.instruments.length)
        throw new RangeError(
          `the embedded market has ${made.instruments.length} instruments; ${named.length} symbols are named`,
        );
      const bars = Object.fromEntries(
        named.map((symbol, k) => [symbol, { columns: made.instruments[k]!.minute, barMs: 60_000 }]),
      );
      startMarket(market, { ...choice, kind: 'bars', bars }, seed);
      return;
    }
  }
}
