import type { OrderDraft } from '../vocabulary/order.ts';
import { REFUSALS, type Refusal } from '../vocabulary/refusal.ts';
import type { CompiledLimits } from './limits.ts';
import { bracket, bracketFigures } from './rules/bracket.ts';
import { coolDown, coolDownFigures } from './rules/cool-down.ts';
import { dailyLoss, dailyLossFigures } from './rules/daily-loss.ts';
import { drawdown, drawdownFigures } from './rules/drawdown.ts';
import { duplicateIntent, duplicateIntentFigures } from './rules/duplicate-intent.ts';
import type { Figures } from './rules/figures.ts';
import { freeCapital, freeCapitalFigures } from './rules/free-capital.ts';
import { grossExposure, grossExposureFigures } from './rules/gross-exposure.ts';
import { instrumentExpiry, instrumentExpiryFigures } from './rules/instrument-expiry.ts';
import { instrumentExposure, instrumentExposureFigures } from './rules/instrument-exposure.ts';
import { instrumentFilters, instrumentFiltersFigures } from './rules/instrument-filters.ts';
import { leverage, leverageFigures } from './rules/leverage.ts';
import { messageRate, messageRateFigures } from './rules/message-rate.ts';
import { netExposure, netExposureFigures } from './rules/net-exposure.ts';
import { openOrders, openOrdersFigures } from './rules/open-orders.ts';
import { orderSize, orderSizeFigures } from './rules/order-size.ts';
import { orderType, orderTypeFigures } from './rules/order-type.ts';
import { orderValue, orderValueFigures } from './rules/order-value.ts';
import { portfolioHeat, portfolioHeatFigures } from './rules/portfolio-heat.ts';
import { position, positionFigures } from './rules/position.ts';
import { priceCollar, priceCollarFigures } from './rules/price-collar.ts';
import { reduceOnly, reduceOnlyFigures } from './rules/reduce-only.ts';
import { repeatedExecution, repeatedExecutionFigures } from './rules/repeated-execution.ts';
import { selfMatch, selfMatchFigures } from './rules/self-match.ts';
import { shortPermission, shortPermissionFigures } from './rules/short-permission.ts';
import { strategyReady, strategyReadyFigures } from './rules/strategy-ready.ts';
import { tradingState, tradingStateFigures } from './rules/trading-state.ts';
import { valuation, valuationFigures } from './rules/valuation.ts';
import type { RiskState } from './state.ts';
import type { RiskView } from './view.ts';

type Check = (draft: OrderDraft, view: RiskView, limits: CompiledLimits, state: RiskState) => number;
type Explain = (draft: OrderDraft, view: RiskView, limits: CompiledLimits, state: RiskState) => Figures;

/** Name, check and figures of every rule, in the order in which a review calls them. */
export const RULES = [
  ['trading-state', tradingState, tradingStateFigures],
  ['strategy-ready', strategyReady, strategyReadyFigures],
  ['instrument-filters', instrumentFilters, instrumentFiltersFigures],
  ['price-collar', priceCollar, priceCollarFigures],
  ['bracket', bracket, bracketFigures],
  ['order-type', orderType, orderTypeFigures],
  ['short-permission', shortPermission, shortPermissionFigures],
  ['reduce-only', reduceOnly, reduceOnlyFigures],
  ['order-value', orderValue, orderValueFigures],
  ['order-size', orderSize, orderSizeFigures],
  ['position', position, positionFigures],
  ['gross-exposure', grossExposure, grossExposureFigures],
  ['net-exposure', netExposure, netExposureFigures],
  ['instrument-exposure', instrumentExposure, instrumentExposureFigures],
  ['leverage', leverage, leverageFigures],
  ['free-capital', freeCapital, freeCapitalFigures],
  ['open-orders', openOrders, openOrdersFigures],
  ['message-rate', messageRate, messageRateFigures],
  ['duplicate-intent', duplicateIntent, duplicateIntentFigures],
  ['repeated-execution', repeatedExecution, repeatedExecutionFigures],
  ['daily-loss', dailyLoss, dailyLossFigures],
  ['drawdown', drawdown, drawdownFigures],
  ['portfolio-heat', portfolioHeat, portfolioHeatFigures],
  ['cool-down', coolDown, coolDownFigures],
  ['self-match', selfMatch, selfMatchFigures],
  ['valuation', valuation, valuationFigures],
  ['instrument-expiry', instrumentExpiry, instrumentExpiryFigures],
] as const satisfies readonly (readonly [string, Check, Explain])[];

export type RuleName = (typeof RULES)[number][0];

/** What one rule says of one draft. Numbers are null where they are unknown or where there is no limit. */
export interface RuleLine {
  readonly rule: RuleName;
  readonly passed: boolean;
  /** `approved` where it passed. */
  readonly refusal: Refusal;
  readonly unit: Figures['unit'];
  readonly used: number | null;
  readonly limit: number | null;
  readonly after: number | null;
}

/** Every rule on an assessed draft. Works for refused drafts too: no rule is skipped after the first refusal. */
export function explainReview(
  draft: OrderDraft,
  view: RiskView,
  limits: CompiledLimits,
  state: RiskState,
): readonly RuleLine[] {
  return RULES.map(([rule, check, explain]) => {
    const code = check(draft, view, limits, state);
    const { unit, used, limit, after } = explain(draft, view, limits, state);
    return {
      rule,
      passed: code === 0,
      refusal: REFUSALS[code]!,
      unit,
      used: finite(used),
      limit: finite(limit),
      after: finite(after),
    };
  });
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
