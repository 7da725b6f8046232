import { Backtest, type BacktestConfig } from '../../src/core/research/backtest.ts';
import { EVENT } from '../../src/core/vocabulary/events.ts';
import type { InstrumentDefinition } from '../../src/core/vocabulary/instrument.ts';
import type { BarColumns } from '../../src/core/vocabulary/market-data.ts';
import { ORDER_ROLES } from '../../src/core/vocabulary/order.ts';
import { REFUSALS } from '../../src/core/vocabulary/refusal.ts';
import { NO_LIMITS } from '../scenario.ts';

/** A margin schedule that asks for next to nothing beyond the initial margin: none of the others knows maintenance margin. */
export const NO_MAINTENANCE: InstrumentDefinition['marginTiers'] = [
  { notionalFloor: 0, maintenanceRate: 1e-8, maxLeverage: 500 },
];

/** One fill as the tests compare it. `bar` is the index of the bar in which it happened. */
export interface ReferenceFill {
  readonly bar: number;
  readonly instrument: number;
  readonly side: 1 | -1;
  readonly quantity: number;
  readonly price: number;
  readonly fee: number;
  readonly role: string;
  readonly tag: string;
  readonly why: string;
}

/** A run with its fills, and what risk refused and the venue rejected: the reasons. */
interface ReferenceRun {
  readonly backtest: Backtest;
  readonly fills: ReferenceFill[];
  readonly refused: string[];
  readonly rejected: string[];
}

/** Runs a configuration without limits and without waiting for indicators to settle. */
export function referenceRun(config: BacktestConfig): ReferenceRun {
  const backtest = new Backtest({ limits: NO_LIMITS, warmUp: 'ready', ...config }).run();
  const { state, desk } = backtest.engine;
  const f = state.fills.column;
  const c = state.orders.column;
  const fills = Array.from({ length: state.fills.count }, (_, i): ReferenceFill => {
    const instrument = state.instruments[f.slot[i]! % state.instruments.length]!;
    const intent = c.intent[f.order[i]!]!;
    return {
      bar: barOf(config.feeds[instrument.index]!.bars, f.timeMs[i]!),
      instrument: instrument.index,
      side: f.side[i]! > 0 ? 1 : -1,
      quantity: instrument.quantity(f.lots[i]!),
      price: instrument.price(f.ticks[i]!),
      fee: instrument.money(f.fee[i]!),
      role: ORDER_ROLES[c.role[f.order[i]!]!]!,
      tag: state.intents.tags.get(intent) ?? '',
      why: state.intents.why[intent] ?? '',
    };
  });
  const refused = desk.refusals.map((code) => REFUSALS[code]!);
  const { column } = state.log;
  const rejected: string[] = [];
  for (let i = 0; i < state.log.count; i++)
    if (column.type[i] === EVENT['order-rejected']) rejected.push(state.texts[column.a[i]!]!);
  return { backtest, fills, refused, rejected };
}

/** Index of the bar that an instant belongs to; its close belongs to it and not to the next. */
function barOf(bars: BarColumns, timeMs: number): number {
  let bar = bars.openTimeMs.length - 1;
  while (bar > 0 && bars.openTimeMs[bar]! > timeMs) bar--;
  return bar;
}

/** Bars from a text of `ts,open,high,low,close,volume` lines with a heading. */
export function barsOfCsv(text: string): readonly (readonly number[])[] {
  return text
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => line.split(',').map(Number));
}
