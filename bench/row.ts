/** A figure that stands beside a row's own: the bare loop, a ratio, a peer. */
export interface BesideFigure {
  readonly name: string;
  readonly value: number | null;
  readonly unit: string;
  readonly target?: number;
  /** Higher is better: met where the value is at least the target. */
  readonly atLeast?: true;
  /** Why there is no value, or how the figure came about. */
  readonly note?: string;
}

export interface Measurement {
  /** Null where it could not be measured; `note` then says why. */
  readonly value: number | null;
  readonly note?: string;
  readonly beside?: readonly BesideFigure[];
}

/** One line of the benchmark. Lower is better unless it says `atLeast`. */
export interface BenchRow {
  readonly name: string;
  readonly unit: string;
  /** Met where the value is at most this. */
  readonly target: number;
  /** Higher is better: met where the value is at least the target. */
  readonly atLeast?: true;
  readonly measure: () => Measurement | Promise<Measurement>;
}

/** One line of the output, as `--json` prints it. */
export interface BenchResult {
  readonly name: string;
  readonly value: number | null;
  readonly unit: string;
  readonly target: number | null;
  readonly met: boolean | null;
  readonly note?: string;
}

/** A row's measurement and what stands beside it, judged against their targets. */
export function resultsOf(row: BenchRow, measurement: Measurement): BenchResult[] {
  return [{ ...measurement, ...row }, ...(measurement.beside ?? [])].map(
    ({ name, value, unit, target, atLeast, note }) => ({
      name,
      value,
      unit,
      target: target ?? null,
      met: value === null || target === undefined ? null : atLeast ? value >= target : value <= target,
      ...(note === undefined ? {} : { note }),
    }),
  );
}
