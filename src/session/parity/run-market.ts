import type { Engine } from '../../core/engine/engine.ts';
import type { ToldOrders } from '../../core/exchange/told-orders.ts';
import { type SessionConfig, SessionCore } from '../session-core.ts';
import type { MarketItem, MarketRecord } from './market-record.ts';

/** Traded at the closing price: more than any order asks for. */
const AMPLE = 1e12;

export interface MarketRun {
  readonly config: SessionConfig;
  /** What client order ids begin with. */
  readonly session: string;
  /** Runs what may call a strategy. */
  readonly sealed: <T>(body: () => T) => T;
  /** Who says what becomes of orders; the venue's models where absent. */
  readonly told?: (engine: Engine) => ToldOrders;
  /** Whether it is held back when the recorded session was. */
  readonly isHeld?: boolean;
  /** Asked after every instant: whether to stop there. */
  readonly isEnough?: (core: SessionCore) => boolean;
}

/** Runs engine, strategy and simulated venue over a recorded market. The record's orders are not looked at. */
export function runMarket(
  { items, trades }: Pick<MarketRecord, 'trades'> & { readonly items: readonly MarketItem[] },
  { config, session, sealed, told, isHeld = false, isEnough }: MarketRun,
): SessionCore {
  const core = sealed(() => new SessionCore(told ? { ...config, told } : config, session));
  for (const item of items) {
    if (item.kind === 'held' && !isHeld) continue;
    sealed(() => takeItem(core, item, trades));
    if (item.kind === 'instant' && isEnough?.(core)) break;
  }
  return core;
}

function takeItem(core: SessionCore, item: MarketItem, trades: MarketRecord['trades']): void {
  if (item.kind === 'history') core.take({ type: 'history-received', bars: item.bars });
  else if (item.kind === 'instant') core.take({ type: 'instant-ended', timeMs: item.timeMs, bars: item.bars });
  else if (item.kind === 'closing') {
    const { feed, timeMs, price } = item;
    core.take({
      ...{ type: 'trade-received', feed, timeMs, price },
      tradeId: Number.MAX_SAFE_INTEGER,
      quantity: AMPLE,
    });
  } else if (item.kind === 'told' || item.kind === 'held') core.take(item.input);
  else {
    const { feed, id, timeMs, price, quantity } = trades.column;
    for (let row = item.from; row < item.to; row++)
      // As a session takes them: one that concerns nobody is no input.
      if (core.wantsTrades(feed[row]!))
        core.take({
          type: 'trade-received',
          feed: feed[row]!,
          tradeId: id[row]!,
          timeMs: timeMs[row]!,
          price: price[row]!,
          quantity: quantity[row]!,
        });
  }
}
