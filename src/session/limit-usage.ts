import type { SessionCore } from './session-core.ts';

/** How much of a limit of the account is used now. Null where it is off or nothing is known yet. */
export interface LimitUsage {
  readonly limit: string;
  readonly unit: 'account currency' | 'orders';
  readonly used: number | null;
  readonly allowed: number | null;
}

/** The limits of an account that fill up over time; those of a single order are looked at when there is one. */
export function usageOf({ engine }: SessionCore): readonly LimitUsage[] {
  const { state, risk, desk } = engine;
  const { limits, state: memory } = risk;
  const equity = state.clock[1]!;
  const capital = equity * Math.min(limits.leverage, state.account.leverage);
  const exposure = new Float64Array(2);
  state.book.exposure(state.price, exposure);
  const [gross, net] = exposure;
  const money = (limit: string, used: number, allowed: number): LimitUsage => ({
    ...{ limit, unit: 'account currency', used: finite(used), allowed: finite(allowed) },
  });
  return [
    money('grossExposurePct', gross!, limits.grossShare * capital),
    money('netExposurePct', Math.abs(net!), limits.netShare * capital),
    money('dailyLossPct', Math.max(0, memory.dayStartEquity - equity), memory.dayStartEquity - memory.dailyLossEquity),
    money('drawdownPct', Math.max(0, memory.peakEquity - equity), memory.peakEquity - memory.drawdownEquity),
    { limit: 'accountOpenOrders', unit: 'orders', used: desk.open.total, allowed: finite(limits.accountOpenOrders) },
  ];
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
