/** Prices of the stand-in: a pure function of symbol and time, so that past and present always agree. */

/** Bars are made of so many equal parts at most. */
const PARTS = 240;
export const TICK_MS = 250;

export interface StandInBar {
  readonly openMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

function spread(n: number): number {
  let x = Math.imul(n ^ (n >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return ((x ^ (x >>> 15)) >>> 0) / 2 ** 32;
}

/** In hundredths, then in units: an exact decimal. */
export function priceAt(symbol: string, timeMs: number): number {
  const tick = Math.floor(timeMs / TICK_MS);
  const slow = Math.sin(tick / 10_000) * 100_000 + Math.sin(tick / 400) * 2_000;
  return Math.round(5_000_000 + symbol.length * 1_000 + slow + spread(tick) * 300) / 100;
}

/** The bar that opened at `openMs`, as far as it has come at `nowMs`. */
export function barAt(symbol: string, openMs: number, stepMs: number, nowMs: number): StandInBar {
  const partMs = Math.max(TICK_MS, stepMs / PARTS);
  const open = priceAt(symbol, openMs);
  const endMs = Math.min(nowMs, openMs + stepMs - TICK_MS);
  let [high, low, close, parts] = [open, open, open, 1];
  for (let at = openMs + partMs; at <= endMs; at += partMs) {
    close = priceAt(symbol, at);
    high = Math.max(high, close);
    low = Math.min(low, close);
    parts++;
  }
  return { openMs, open, high, low, close, volume: parts / 4 };
}
