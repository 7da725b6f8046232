import { type OrderDraft, TYPE } from '../../vocabulary/order.ts';
import { REFUSAL } from '../../vocabulary/refusal.ts';
import { LIMIT_PRICED, TRIGGERED } from '../assessment.ts';
import type { CompiledLimits } from '../limits.ts';
import type { RiskState } from '../state.ts';
import type { RiskView } from '../view.ts';
import type { Figures } from './figures.ts';

const { market: MARKET } = TYPE;

/**
 * Price collar: a limit price may not lie more than `priceCollarPct` on the aggressive side of its reference (a buy above it,
 * a sell below it), and a resting price not more than `passivePriceBandPct` away. The reference is the last price; for a
 * triggered limit it is the trigger, the price at which it becomes an order, and the trigger itself has the wide band.
 * Share of the price. RTS 6 Art. 15(1)(a); SEC 15c3-5 (erroneous prices); Binance filter PERCENT_PRICE_BY_SIDE.
 *
 * Orders that only reduce keep the aggressive side (a slip of the finger there sells for nothing) but may rest anywhere: a
 * far target is no mistake.
 */
export function priceCollar(draft: OrderDraft, view: RiskView, limits: CompiledLimits, state: RiskState): number {
  return draft.type === MARKET ? 0 : collared(draft, view, limits, state);
}

function collared(draft: OrderDraft, view: RiskView, limits: CompiledLimits, state: RiskState): number {
  const bit = 1 << draft.type;
  const { side } = draft;
  let reference = view.price;
  if (TRIGGERED & bit) {
    const trigger = view.instrument.price(draft.triggerTicks);
    const away = trigger > reference ? trigger - reference : reference - trigger;
    if (!state.reducing && away > reference * limits.bandShare) return REFUSAL['price-outside-collar'];
    reference = trigger;
  }
  if ((LIMIT_PRICED & bit) === 0) return 0;
  const aggression = side * (state.orderPrice - reference);
  if (aggression > reference * limits.collarShare) return REFUSAL['price-outside-collar'];
  return !state.reducing && -aggression > reference * limits.bandShare ? REFUSAL['price-outside-collar'] : 0;
}

export function priceCollarFigures(
  draft: OrderDraft,
  view: RiskView,
  limits: CompiledLimits,
  state: RiskState,
): Figures {
  const triggered = (TRIGGERED & (1 << draft.type)) !== 0;
  const limited = (LIMIT_PRICED & (1 << draft.type)) !== 0;
  const reference = triggered && limited ? view.instrument.price(draft.triggerTicks) : view.price;
  return {
    unit: 'price',
    used: reference,
    limit: reference * (1 + draft.side * limits.collarShare),
    after: state.orderPrice,
  };
}
