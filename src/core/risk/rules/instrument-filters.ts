import { FLAG, type OrderDraft, TYPE } from '../../vocabulary/order.ts';
import { REFUSAL } from '../../vocabulary/refusal.ts';
import { LIMIT_PRICED, TRIGGERED } from '../assessment.ts';
import type { CompiledLimits } from '../limits.ts';
import type { RiskState } from '../state.ts';
import type { RiskView } from '../view.ts';
import type { Figures } from './figures.ts';

const { market: MARKET } = TYPE;
const { reduceOnly: REDUCE_ONLY } = FLAG;

/** Doubles this close, relatively, are the same value. */
const TOLERANCE = 1e-9;

/**
 * The venue's own filters, for every order: whole lots between least and most, whole ticks above 0 wherever the type needs a
 * price, and the least order value (in quote). Units: lots, ticks, quote.
 *
 * Source: Binance spot filters LOT_SIZE, PRICE_FILTER and (MIN_)NOTIONAL. Reduce-only orders of derivatives are exempt from
 * the least value, as with Binance futures (error -4164, "unless you choose reduce only"). The value is taken at the order's
 * price, for market orders at the last price; without any, the venue decides.
 */
export function instrumentFilters(
  draft: OrderDraft,
  view: RiskView,
  _limits: CompiledLimits,
  state: RiskState,
): number {
  const { instrument } = view;
  const { lots } = draft;
  if (!(lots >= instrument.minLots && lots > 0)) return REFUSAL['size-below-minimum'];
  if (lots > instrument.maxLots) return REFUSAL['size-above-maximum'];
  if (Math.floor(lots) !== lots) return REFUSAL['size-below-minimum'];
  const code = pricesOf(draft);
  if (code !== 0) return code;
  if (instrument.minNotional > 0 && lots * state.lotNotional < instrument.minNotional * (1 - TOLERANCE)) {
    const exempt = (draft.flags & REDUCE_ONLY) !== 0 && !instrument.physical;
    if (!exempt) return REFUSAL['notional-below-minimum'];
  }
  return 0;
}

function pricesOf(draft: OrderDraft): number {
  const priced = draft.type !== MARKET || draft.stopTicks !== 0 || draft.targetTicks !== 0;
  return priced ? ticksOf(draft) : 0;
}

function ticksOf(draft: OrderDraft): number {
  const bit = 1 << draft.type;
  if (!whole(draft.limitTicks) || !whole(draft.triggerTicks) || !whole(draft.stopTicks) || !whole(draft.targetTicks))
    return REFUSAL['price-off-tick'];
  if ((LIMIT_PRICED & bit && draft.limitTicks <= 0) || (TRIGGERED & bit && draft.triggerTicks <= 0))
    return REFUSAL['price-not-positive'];
  if (draft.stopTicks < 0 || draft.targetTicks < 0) return REFUSAL['price-not-positive'];
  if (draft.type !== TYPE['trailing-stop']) return 0;
  if (draft.trailFraction > 0) return draft.trailFraction < 1 ? 0 : REFUSAL['price-not-positive'];
  if (!whole(draft.trailTicks)) return REFUSAL['price-off-tick'];
  return draft.trailTicks > 0 ? 0 : REFUSAL['price-not-positive'];
}

function whole(ticks: number): boolean {
  return Math.floor(ticks) === ticks && ticks <= Number.MAX_SAFE_INTEGER;
}

export function instrumentFiltersFigures(
  draft: OrderDraft,
  view: RiskView,
  _limits: CompiledLimits,
  _state: RiskState,
): Figures {
  return { unit: 'lots', used: view.instrument.minLots, limit: view.instrument.maxLots, after: draft.lots };
}
