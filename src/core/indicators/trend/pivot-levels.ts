/** Ways to draw support and resistance from one window's open, high, low and close. */
export type PivotMethod = 'standard' | 'fibonacci' | 'camarilla' | 'woodie' | 'demark';

export const PIVOT_METHODS = ['standard', 'fibonacci', 'camarilla', 'woodie', 'demark'] as const;

const THREE = ['pp', 's1', 's2', 's3', 'r1', 'r2', 'r3'] as const;

/** Levels of each method, in the order in which {@link pivotLevels} writes them. */
export const PIVOT_OUTPUTS = {
  standard: THREE,
  fibonacci: THREE,
  woodie: THREE,
  camarilla: ['pp', 's1', 's2', 's3', 's4', 'r1', 'r2', 'r3', 'r4'],
  demark: ['pp', 's1', 'r1'],
} as const satisfies Record<PivotMethod, readonly string[]>;

export const PIVOT_FORMULAS: Readonly<Record<PivotMethod, string>> = {
  standard:
    'pp = (h + l + c)/3; s1 = 2pp − h; r1 = 2pp − l; s2, r2 = pp ∓ (h − l); s3 = l − 2(h − pp); r3 = h + 2(pp − l)',
  fibonacci: 'pp = (h + l + c)/3; s, r = pp ∓ 0.382, 0.618, 1 · (h − l)',
  camarilla: 'pp = c; s, r = c ∓ 1.1/12, 1.1/6, 1.1/4, 1.1/2 · (h − l)',
  woodie: 'pp = (h + l + 2·open of the new window)/4; levels as standard',
  demark: 'x = h + 2l + c if c < o, 2h + l + c if c > o, else h + l + 2c; pp = x/4; s1 = x/2 − h; r1 = x/2 − l',
};

export const PIVOT_SOURCES: Readonly<Record<PivotMethod, string>> = {
  standard: 'Person, A Complete Guide to Technical Trading Tactics, 2004',
  fibonacci: 'as described by StockCharts, Pivot Points',
  camarilla: 'Scott, 1989, as described by Skender Stock Indicators',
  woodie: 'Wood, as described by Skender Stock Indicators',
  demark: 'DeMark, The New Science of Technical Analysis, 1994',
};

/** Writes the levels of a finished window; `newOpen` is the open of the bar after it, which only Woodie uses. */
export function pivotLevels(
  method: PivotMethod,
  out: Float64Array,
  open: number,
  high: number,
  low: number,
  close: number,
  newOpen: number,
): void {
  const range = high - low;
  if (method === 'demark') {
    const x = close < open ? high + 2 * low + close : close > open ? 2 * high + low + close : high + low + 2 * close;
    out[0] = x / 4;
    out[1] = x / 2 - high;
    out[2] = x / 2 - low;
    return;
  }
  if (method === 'camarilla') {
    out[0] = close;
    for (let k = 0; k < 4; k++) {
      const reach = (1.1 / (k === 0 ? 12 : k === 1 ? 6 : k === 2 ? 4 : 2)) * range;
      out[1 + k] = close - reach;
      out[5 + k] = close + reach;
    }
    return;
  }
  const pivot = method === 'woodie' ? (high + low + 2 * newOpen) / 4 : (high + low + close) / 3;
  out[0] = pivot;
  if (method === 'fibonacci') {
    out[1] = pivot - 0.382 * range;
    out[2] = pivot - 0.618 * range;
    out[3] = pivot - range;
    out[4] = pivot + 0.382 * range;
    out[5] = pivot + 0.618 * range;
    out[6] = pivot + range;
    return;
  }
  out[1] = 2 * pivot - high;
  out[2] = pivot - range;
  out[3] = low - 2 * (high - pivot);
  out[4] = 2 * pivot - low;
  out[5] = pivot + range;
  out[6] = high + 2 * (pivot - low);
}
