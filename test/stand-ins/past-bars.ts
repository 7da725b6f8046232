import { decimal, formatDecimal } from '../../src/core/vocabulary/decimal.ts';
import { barClose, barOpen, type TimeframeSpec } from '../../src/core/vocabulary/time.ts';
import type { FloorBar, TradingFloor } from './trading-floor.ts';

/** Bars of a timeframe out of the floor's minutes, oldest first; stretches without trades are flat bars, the last one is still forming. */
export function pastBars(floor: TradingFloor, symbol: string, spec: TimeframeSpec, nowMs: number): readonly FloorBar[] {
  const bars: FloorBar[] = [];
  for (const minute of floor.bars(symbol)) {
    const openTimeMs = barOpen(spec, minute.openTimeMs);
    fillTo(bars, spec, openTimeMs);
    const bar = bars.at(-1);
    if (bar === undefined || bar.openTimeMs !== openTimeMs) {
      bars.push({ ...minute, openTimeMs });
      continue;
    }
    if (bar.volume === '0') bar.open = minute.open;
    const isFlat = bar.volume === '0';
    bar.high = isFlat || decimal(minute.high) > decimal(bar.high) ? minute.high : bar.high;
    bar.low = isFlat || decimal(minute.low) < decimal(bar.low) ? minute.low : bar.low;
    bar.close = minute.close;
    bar.volume = formatDecimal((decimal(bar.volume) + decimal(minute.volume)) as never);
    bar.value = formatDecimal((decimal(bar.value) + decimal(minute.value)) as never);
  }
  if (bars.length > 0) {
    const nowOpenMs = barOpen(spec, nowMs);
    fillTo(bars, spec, nowOpenMs);
    if (bars.at(-1)!.openTimeMs < nowOpenMs) bars.push(flat(bars.at(-1)!, nowOpenMs));
  }
  return bars;
}

function fillTo(bars: FloorBar[], spec: TimeframeSpec, openTimeMs: number): void {
  for (let last = bars.at(-1); last !== undefined; last = bars.at(-1)) {
    const nextMs = barClose(spec, last.openTimeMs);
    if (nextMs >= openTimeMs) return;
    bars.push(flat(last, nextMs));
  }
}

function flat(last: FloorBar, openTimeMs: number): FloorBar {
  const { close } = last;
  return { openTimeMs, open: close, high: close, low: close, close, volume: '0', value: '0' };
}
