import { MatchingBook } from '../../core/exchange/matching-book.ts';
import type { SpotAccount } from '../../core/exchange/spot-account.ts';
import type { SpotCommission } from '../../core/exchange/spot-commission.ts';
import { SpotMarket } from '../../core/exchange/spot-market.ts';
import { BarHistory } from './bar-history.ts';
import { DepthLog } from './depth-log.ts';
import type { SpotSymbol } from './spot-symbol.ts';
import { TradeTape } from './trade-tape.ts';
import { TriggerBook } from './trigger-book.ts';

/** Everything that lives and dies with one symbol: its book with the money around it, its waiting orders, its tape and its numbers. */
export class SymbolMarket {
  readonly symbol: SpotSymbol;
  readonly spot: SpotMarket;
  readonly triggers = new TriggerBook();
  readonly tape: TradeTape;
  readonly history = new BarHistory();
  readonly depth = new DepthLog();
  lastTicks = 0;
  lastLots = 0;
  nextOrderId = 1;
  nextExecutionId = 1;
  nextPreventedId = 0;
  /** First trade and aggregate of the current command that have not been published. */
  unsentAggregateId = 0;

  constructor(
    symbol: SpotSymbol,
    commission: SpotCommission,
    accounts: readonly SpotAccount[],
    collectedQuanta: Float64Array,
    keptTrades: number,
  ) {
    this.symbol = symbol;
    const pair = {
      baseAsset: symbol.baseAsset,
      quoteAsset: symbol.quoteAsset,
      baseQuantaPerLot: symbol.baseQuantaPerLot,
    };
    this.spot = new SpotMarket(symbol.instrument, pair, commission, new MatchingBook(), accounts, collectedQuanta);
    this.tape = new TradeTape(keptTrades);
  }

  get book(): MatchingBook {
    return this.spot.book;
  }

  /** Writes a trade down everywhere but in the accounts; returns its id. */
  traded(ticks: number, lots: number, valueQuanta: number, timeMs: number, takerSide: number): number {
    const id = this.tape.add(ticks, lots, valueQuanta, timeMs, takerSide < 0);
    this.history.add(id, ticks, lots, valueQuanta, timeMs, takerSide > 0);
    this.lastTicks = ticks;
    this.lastLots = lots;
    return id;
  }

  /**
   * Average price of the last minutes by volume, in ticks with fractions; the last price where nothing traded; 0 before the first trade.
   */
  averageTicks(minutes: number, nowMs: number): number {
    const bar = this.history.window(nowMs - minutes * 60_000, nowMs);
    if (bar === null || bar.lots === 0) return this.lastTicks;
    return bar.valueQuanta / (bar.lots * this.symbol.quantaPerTickLot);
  }

  /** Price against which filters measure: the reference price where there is one, else the average. 0 where nothing is known. */
  referenceTicks(nowMs: number): number {
    const { symbol } = this;
    return symbol.referenceTicks > 0 ? symbol.referenceTicks : this.averageTicks(symbol.averageMinutes, nowMs);
  }
}
