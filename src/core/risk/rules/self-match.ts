import { type OrderDraft, TYPE } from '../../vocabulary/order.ts';
import { REFUSAL } from '../../vocabulary/refusal.ts';
import type { CompiledLimits } from '../limits.ts';
import type { RiskState } from '../state.ts';
import type { RiskView } from '../view.ts';
import type { Figures } from './figures.ts';

const { market: MARKET } = TYPE;

/**
 * Self-match: an order that could trade at once with an own resting one. A limit order meets own orders up to its limit, a
 * market order those up to the last price; triggered orders do not match yet. Ticks. FIA guide 2015 (self-match prevention).
 * Orders that reduce pass: getting out comes first, and venues prevent self-trades themselves.
 */
export function selfMatch(draft: OrderDraft, view: RiskView, limits: CompiledLimits, state: RiskState): number {
  const resting = draft.side > 0 ? view.ownBestAskTicks : view.ownBestBidTicks;
  return resting === 0 ? 0 : meets(draft, view, limits, state, resting);
}

function meets(draft: OrderDraft, view: RiskView, limits: CompiledLimits, state: RiskState, resting: number): number {
  if (state.reducing || !limits.selfMatch) return 0;
  const price = view.instrument.price(resting);
  if (draft.type === MARKET) return draft.side * (view.price - price) >= 0 ? REFUSAL['self-match'] : 0;
  if (draft.type !== TYPE.limit) return 0;
  return draft.side * (draft.limitTicks - resting) >= 0 ? REFUSAL['self-match'] : 0;
}

export function selfMatchFigures(draft: OrderDraft, view: RiskView, limits: CompiledLimits, state: RiskState): Figures {
  const resting = draft.side > 0 ? view.ownBestAskTicks : view.ownBestBidTicks;
  const off = resting === 0 || state.reducing || !limits.selfMatch;
  return {
    unit: 'ticks',
    used: resting,
    limit: off ? Number.POSITIVE_INFINITY : resting,
    after: draft.limitTicks,
  };
}
