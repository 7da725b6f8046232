import { DEFAULT_FILLS } from '../exchange/fill-rules.ts';
import { RATE_SCALE } from '../exchange/rate.ts';
import { NO_SLIPPAGE } from '../exchange/slippage.ts';
import type { ReportCalendar } from '../report/calendar.ts';
import type { Report } from '../report/report.ts';
import { describeLimits, limitsSchema } from '../risk/limits.ts';
import { type BacktestConfig, DEFAULT_COSTS } from './backtest.ts';

function percentText(fraction: number): string {
  return `${Number((fraction * 100).toFixed(6))} %`;
}

/** What was assumed, one line each: costs, fills, account, calendar and limits, in words that need no code to read. */
export function conventionLines(config: BacktestConfig, calendar: ReportCalendar): Report['conventions'] {
  const costs = config.costs ?? DEFAULT_COSTS;
  const fills = config.fills ?? DEFAULT_FILLS;
  const tier = costs.fees.tiers[0]!;
  const slippage = costs.slippage ?? NO_SLIPPAGE;
  const amount =
    slippage.kind === 'ticks'
      ? `${slippage.amount} ticks`
      : slippage.kind === 'none'
        ? 'none'
        : `${percentText(slippage.amount / RATE_SCALE)} (${slippage.kind})`;
  const limits = limitsSchema.parse({ leverageRatio: config.leverage ?? 1, ...config.limits });
  return [
    { label: 'capital', value: `${config.cash} ${config.currency ?? ''}`.trim() },
    {
      label: 'account',
      value: `${config.account ?? ((config.leverage ?? 1) > 1 ? 'margin' : 'cash')}, leverage ${config.leverage ?? 1}`,
    },
    { label: 'maker fee', value: percentText(tier.makerRate / RATE_SCALE) },
    { label: 'taker fee', value: percentText(tier.takerRate / RATE_SCALE) },
    { label: 'slippage', value: amount },
    {
      label: 'market orders',
      value:
        fills.market === 'next-open' ? 'fill at the next bar’s open' : 'fill at the close of the bar that decided them',
    },
    {
      label: 'inside a bar',
      value: `${fills.path} path; limits fill when price ${fills.limit === 'touch' ? 'touches them' : 'trades through them'}`,
    },
    {
      label: 'calendar',
      value: `${calendar.days === 'every-day' ? 'every UTC day' : 'trading sessions'}, ${calendar.periodsPerYear} a year`,
    },
    ...describeLimits(limits).map((line) => ({
      label: `limit ${line.name}`,
      value: line.status === 'off' ? 'off' : String(line.value),
    })),
  ];
}
