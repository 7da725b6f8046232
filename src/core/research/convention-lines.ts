import { DEFAULT_FILLS } from '../exchange/fill-rules.ts';
import { DEFAULT_TIER } from '../exchange/margin.ts';
import { emulations, SIMULATED } from '../execution/capabilities.ts';
import type { ReportCalendar } from '../report/calendar.ts';
import type { Report } from '../report/report.ts';
import { type Limits, limitsSchema } from '../risk/limits.ts';
import { formatTime } from '../vocabulary/time.ts';
import { type BacktestConfig, limitsOf } from './backtest.ts';
import { costLines } from './cost-lines.ts';
import { accountKind } from './simulated-desk.ts';

/** What was assumed, one line each: costs, fills, account, calendar and limits, in words that need no code to read. */
export function conventionLines(
  config: BacktestConfig,
  calendar: ReportCalendar,
  sources: NonNullable<Report['sources']>,
): Report['conventions'] {
  const fills = config.fills ?? DEFAULT_FILLS;
  const limits = limitsSchema.parse(limitsOf(config));
  return [
    { label: 'capital', value: `${config.cash} ${config.currency ?? ''}`.trim() },
    {
      label: 'account',
      value: `${accountKind(config)}, leverage ${config.leverage ?? 1}`,
    },
    ...marginLines(config),
    ...expiryLines(config),
    ...(config.capabilities ? [{ label: 'venue profile', value: config.capabilities.name }] : []),
    ...emulations(config.capabilities ?? SIMULATED).map((value) => ({ label: 'in place of the venue', value })),
    ...costLines(config),
    ...sourceLines(sources),
    ...config.feeds.flatMap(({ instrument, calendar }) =>
      calendar === undefined || calendar === '24x7'
        ? []
        : [{ label: 'sessions', value: `${instrument.id}: ${calendar}; higher bars close with them` }],
    ),
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
    ...limitLines(limits),
  ];
}

/** What keeps a position on margin from being liquidated: without it, nobody can tell how far away that was. */
function marginLines(config: BacktestConfig): Report['conventions'] {
  if (accountKind(config) !== 'margin' || config.liquidation === 'none') return [];
  return config.feeds.map(({ instrument }) => {
    const [tier = DEFAULT_TIER, ...more] = instrument.marginTiers ?? [];
    const larger = more.length === 0 ? '' : `, more for larger ones (${more.length + 1} tiers)`;
    return {
      label: 'maintenance margin',
      value: `${instrument.id}: ${Number((tier.maintenanceRate * 100).toFixed(4))} % of the position${larger}, else it is liquidated; at most ${tier.maxLeverage} times leverage`,
    };
  });
}

/** When instruments expire, and what becomes of what is held then. */
function expiryLines(config: BacktestConfig): Report['conventions'] {
  return config.feeds.flatMap(({ instrument: { id, expiryMs } }) =>
    expiryMs === undefined
      ? []
      : [
          {
            label: 'expiry',
            value: `${id}: ${formatTime(expiryMs)}; what is held then is settled at the last close, for the taker fee`,
          },
        ],
  );
}

/** When strategies hear of what comes from outside. */
function sourceLines(sources: NonNullable<Report['sources']>): Report['conventions'] {
  return sources.map(({ name, values, from, to }) => ({
    label: 'source',
    value: `${name}: ${values} values, ${from} to ${to}; each is told before the first bar that closes at its time or later, and ordered upon behind that`,
  }));
}

/** The limits in words; those that are off are named as such, so that nobody takes an absent number for a protection. */
function limitLines(l: Limits): Report['conventions'] {
  const percent = (value: number | null, text: string): string => (value === null ? 'off' : `${value} % ${text}`);
  const off = (Object.keys(l) as (keyof Limits)[]).filter((name) => l[name] === null);
  return [
    {
      label: 'daily loss limit',
      value: percent(l.dailyLossPct, 'of the day’s opening equity, then only reduce until the next UTC day'),
    },
    {
      label: 'drawdown limit',
      value: percent(
        l.drawdownPct,
        `from the highest equity, then only reduce ${l.drawdownPauseDays === null ? 'until re-armed' : `for ${l.drawdownPauseDays} days`}`,
      ),
    },
    {
      label: 'exposure limit',
      value: percent(
        l.grossExposurePct,
        `of equity × leverage; one instrument ${percent(l.instrumentExposurePct, '')}`.trim(),
      ),
    },
    {
      label: 'order limits',
      value: `value ${percent(l.orderValuePct, 'of equity')}, price within ${percent(l.priceCollarPct, 'of the market')}`,
    },
    {
      label: 'rate limits',
      value: `${l.messageOrders ?? 'no limit of'} orders a ${(l.messageWindowMs / 1000).toFixed(0)} s, ${l.strategyOpenOrders ?? 'no limit of'} open orders`,
    },
    { label: 'limits that are off', value: off.length === 0 ? 'none' : off.join(', ') },
  ];
}
