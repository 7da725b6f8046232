/** Places behind the point that a market's numbers use; what a tick and a lot can be guessed from. */
export interface DecimalsSeen {
  readonly price: number;
  readonly quantity: number;
}

/**
 * Significant decimals of one number: 0.0410 → 3. A double that carries 16 or 17 digits is taken for the rubble of binary
 * arithmetic (0.04088000000000001) and read at 15 digits, which every decimal of up to 15 digits survives.
 */
export function decimalsOf(value: number): number {
  if (!Number.isFinite(value)) return 0;
  const match = /^-?(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(Number(value.toPrecision(15))));
  if (match === null) return 0;
  return Math.max(0, (match[2] ?? '').length - Number(match[3] ?? 0));
}

/** Most decimals in a column, looking at up to `sample` values spread over it (all by default). */
export function columnDecimals(values: Float64Array, sample = values.length): number {
  const step = Math.max(1, Math.floor(values.length / Math.max(1, sample)));
  let most = 0;
  let scale = 1;
  for (let i = 0; i < values.length; i += step) {
    const scaled = values[i]! * scale;
    // Most values need no more places than those before them, which a whole product proves cheaply.
    if (scaled === Math.floor(scaled)) continue;
    const places = decimalsOf(values[i]!);
    if (places > most) {
      most = places;
      scale = Number(`1e${most}`);
    }
  }
  return most;
}

/**
 * The decimal with the fewest places that single precision stores as `value`: 99.33999633789062 was 99.34. Taken as they are such prices
 * would have thirteen places, and a tick of that size.
 */
export function decimalOfFloat32(value: number): number {
  for (let places = 0, scale = 1; places <= 22; places++, scale *= 10) {
    const near = Math.round(value * scale) / scale;
    if (Math.fround(near) === value) return near;
  }
  return value;
}
