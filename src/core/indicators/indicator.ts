/**
 * What an indicator is: a name, typed parameters, inputs, outputs, an exact warm-up, and a kernel that can run as a stream
 * (`next`) or over a column (`fill`) with the same bits. The contract suite in `indicator-contract.ts` holds every one to it.
 */

/** What a kernel is fed, in this order: any series as `value` (twice for a pair), or fields of the bar. */
export type InputName = 'value' | 'other' | 'open' | 'high' | 'low' | 'close' | 'volume' | 'openTimeMs';

/**
 * Streaming state of one indicator. It is never fed NaN or an infinite value: the driver skips leading NaN and answers later ones
 * with NaN.
 */
export interface Kernel {
  /** Values of the last step, one per output; only where the indicator has several outputs. */
  readonly out?: Float64Array;
  /** Takes one step's inputs in the declared order, returns the first output; NaN until warmed up, finite ever after. */
  next(a: number, b: number, c: number, d: number, e: number): number;
  /**
   * Same as `next` for rows [from, to) but in one loop, for hot indicators; must give the same bits and leave the same state.
   * `inputs` and `outputs` are columns in declared order.
   */
  fill?(inputs: readonly Float64Array[], outputs: readonly Float64Array[], from: number, to: number): void;
  /**
   * Recomputes rolling sums from the window, in window order. Called before the first bar of each block of
   * {@link REBASE_BARS} absolute bars, so that two runs that started at different bars carry the same rounding afterwards.
   */
  rebase?(): void;
}

/** Rolling sums are recomputed when the absolute bar index (open time / timeframe) enters a new block of this many bars. */
export const REBASE_BARS = 1024;

export interface ParameterRange {
  readonly default: number;
  readonly min: number;
  readonly max: number;
  /** False where fractions are allowed. */
  readonly integer: boolean;
  readonly about: string;
}

export type ParameterRanges = Readonly<Record<string, ParameterRange>>;
export type ParameterValues<P extends ParameterRanges> = { readonly [K in keyof P]: number };

export type IndicatorGroup =
  | 'average'
  | 'momentum'
  | 'volatility'
  | 'trend'
  | 'volume'
  | 'statistics'
  | 'price'
  | 'pattern';

export interface Indicator<
  P extends ParameterRanges = ParameterRanges,
  O extends readonly string[] = readonly string[],
> {
  /** Kebab-case, unique: `sma`, `bollinger-bands`. */
  readonly name: string;
  readonly title: string;
  readonly group: IndicatorGroup;
  readonly inputs: readonly InputName[];
  readonly outputs: O;
  readonly params: P;
  /** Unit of the outputs: `input` (that of the input series), `price`, `percent`, `ratio`, `volume`, `bars`, `flag` … */
  readonly unit: string;
  /** The formula in one line of plain text. */
  readonly formula: string;
  /** Book, paper or library whose convention is followed. */
  readonly source: string;
  /** Index of the first finite value, counted from the first finite input; one number, or one per output. */
  readonly warmup: (p: ParameterValues<P>) => number | readonly number[];
  /**
   * Bars after which the value no longer depends (to 1 part in 10,000) on where the series began; the warm-up where absent.
   * Only recursive indicators declare it.
   */
  readonly settle?: (p: ParameterValues<P>) => number;
  readonly create: (p: ParameterValues<P>) => Kernel;
  /** Cross-parameter rule, e.g. fast < slow; returns a sentence where it is broken. */
  readonly invalid?: (p: ParameterValues<P>) => string | null;
}

/** Identity with inference, and the place where the names are checked. */
export function defineIndicator<const P extends ParameterRanges, const O extends readonly string[]>(
  spec: Indicator<P, O>,
): Indicator<P, O> {
  return spec;
}

/** A whole-number length parameter. */
export function length(defaultValue: number, min = 1, about = 'bars in the window'): ParameterRange {
  return { default: defaultValue, min, max: 100_000, integer: true, about };
}

/** A parameter that may have fractions. */
export function factor(defaultValue: number, min: number, max: number, about: string): ParameterRange {
  return { default: defaultValue, min, max, integer: false, about };
}

/**
 * Fills in defaults. Throws RangeError, naming indicator, parameter, found and expected, for what is out of range, no number, or
 * no parameter.
 */
export function checkParameters<P extends ParameterRanges>(
  spec: Indicator<P, readonly string[]>,
  given: Partial<ParameterValues<P>>,
): ParameterValues<P> {
  const values: Record<string, number> = {};
  if (typeof given !== 'object')
    throw new RangeError(
      `${spec.name}: parameters are given by name, as { ${Object.keys(spec.params)[0] ?? ''}: … }; found ${shown(given)}`,
    );
  for (const [name, range] of Object.entries(spec.params)) {
    const value: unknown = given[name] ?? range.default;
    const kind = range.integer ? 'a whole number' : 'a number';
    const isIn = typeof value === 'number' && value >= range.min && value <= range.max;
    if (!isIn || (range.integer && !Number.isInteger(value)))
      throw new RangeError(
        `${spec.name}: ${name} must be ${kind} from ${range.min} to ${range.max}, found ${shown(value)}`,
      );
    values[name] = value;
  }
  for (const name of Object.keys(given))
    if (!Object.hasOwn(spec.params, name))
      throw new RangeError(
        `${spec.name}: has no parameter ${name}; it has ${Object.keys(spec.params).join(', ') || 'none'}`,
      );
  const complaint = spec.invalid?.(values as ParameterValues<P>);
  if (complaint) throw new RangeError(`${spec.name}: ${complaint}`);
  return values as ParameterValues<P>;
}

/** As it stands in code: a text in quotes, so that "14" is not taken for 14. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

/** Bars until a recursion with smoothing factor `alpha` has forgotten 99.99 % of its seed. */
export function settleBars(alpha: number): number {
  return alpha >= 1 ? 0 : Math.ceil(Math.log(1e-4) / Math.log(1 - alpha));
}
