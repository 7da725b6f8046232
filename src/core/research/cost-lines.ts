import { moneyScale } from '../engine/session-state.ts';
import { isPlain } from '../exchange/fees.ts';
import { NO_LATENCY } from '../exchange/latency.ts';
import { RATE_SCALE } from '../exchange/rate.ts';
import { NO_SLIPPAGE, type SlippageModel } from '../exchange/slippage.ts';
import type { Report } from '../report/report.ts';
import { unitsToText } from '../vocabulary/decimal.ts';
import { formatTime } from '../vocabulary/time.ts';
import type { BacktestConfig } from './backtest.ts';
import { DEFAULT_COSTS } from './fee-setup.ts';

type Lines = Report['conventions'];

export function percentText(fraction: number): string {
  return `${Number((fraction * 100).toFixed(6))} %`;
}

/** What trading was assumed to cost, one line each; models that are off have none. */
export function costLines(config: BacktestConfig): Lines {
  return [
    ...feeLines(config),
    ...slippageLines(config),
    ...delayLines(config),
    ...fundingLines(config),
    ...interestLines(config),
  ];
}

function feeLines(config: BacktestConfig): Lines {
  const { fees, feeAsset } = config.costs ?? DEFAULT_COSTS;
  const [first] = fees.tiers;
  const rate = (units: number): string => percentText(units / RATE_SCALE);
  const lines: Lines = [
    { label: 'maker fee', value: rate(first!.makerRate) },
    { label: 'taker fee', value: rate(first!.takerRate) },
  ];
  const amount = (quanta: number): string =>
    `${unitsToText(quanta, moneyScale(config.cash))} ${config.currency ?? ''}`.trim();
  for (const tier of fees.tiers.slice(1))
    lines.push({
      label: 'fee tier',
      value: `from ${amount(tier.fromTradedQuanta)} traded in 30 UTC days: maker ${rate(tier.makerRate)}, taker ${rate(tier.takerRate)}`,
    });
  if (fees.perOrderQuanta !== 0) lines.push({ label: 'fee of an order', value: amount(fees.perOrderQuanta) });
  if (fees.minimumQuanta !== 0) lines.push({ label: 'least fee of an order', value: amount(fees.minimumQuanta) });
  if (isPlain(fees) || fees.payIn === 'settle') return lines;
  if (fees.payIn === 'base')
    return [...lines, { label: 'fees paid in', value: 'the asset bought, out of what a buy receives; sells in quote' }];
  const { code, balance, price, discountRate } = feeAsset!;
  const saved = discountRate > 0 ? `, ${rate(discountRate)} cheaper` : '';
  const value = `${code}: ${balance} of the capital’s worth at ${price} each, the same throughout${saved}; in quote once they do not suffice`;
  return [...lines, { label: 'fees paid in', value }];
}

function slippageLines(config: BacktestConfig): Lines {
  const costs = config.costs ?? DEFAULT_COSTS;
  const lines: Lines = [{ label: 'slippage', value: slippageText(costs.slippage ?? NO_SLIPPAGE) }];
  const { participation = 0 } = costs;
  if (participation > 0)
    lines.push({
      label: 'participation',
      value: `at most ${percentText(participation)} of a bar’s volume; the rest waits`,
    });
  return lines;
}

function slippageText(slippage: SlippageModel): string {
  const { kind, amount } = slippage;
  if (kind === 'none') return 'none';
  if (kind === 'ticks') return `${amount} tick${amount === 1 ? '' : 's'}`;
  const percent = percentText(amount / RATE_SCALE);
  if (kind === 'square-root') return `${percent} × √(order ÷ volume of its bar)`;
  return kind === 'linear' ? `${percent} × order ÷ volume of its bar` : `${percent} (${kind})`;
}

function delayLines(config: BacktestConfig): Lines {
  const { orderMs, orderJitterMs } = (config.costs ?? DEFAULT_COSTS).latency ?? NO_LATENCY;
  if (orderMs + orderJitterMs === 0) return [];
  const value =
    orderJitterMs === 0 ? `${orderMs} ms` : `${orderMs} to ${orderMs + orderJitterMs} ms, drawn from the seed`;
  return [{ label: 'latency of orders', value }];
}

function interestLines({ costs }: BacktestConfig): Lines {
  if (!costs?.interestRate) return [];
  const value = `${percentText(costs.interestRate / RATE_SCALE)} a day on what is borrowed, by the hour at the open of bars`;
  return [{ label: 'interest', value }];
}

function fundingLines(config: BacktestConfig): Lines {
  return config.feeds.flatMap(({ instrument, funding }) => {
    if (!funding || funding.timesMs.length === 0) return [];
    const { timesMs } = funding;
    const range = `${formatTime(timesMs[0]!)} to ${formatTime(timesMs[timesMs.length - 1]!)}`;
    return [
      {
        label: 'funding',
        value: `${instrument.id}: ${timesMs.length} recorded rates, ${range}, on the value at the bar’s open`,
      },
    ];
  });
}
