import { Bars } from '../../core/indicators/bars.ts';
import { catalogue, findIndicator } from '../../core/indicators/catalogue.ts';
import { checkParameters, type Indicator, type InputName } from '../../core/indicators/indicator.ts';
import { Series } from '../../core/indicators/series.ts';
import { BAR_FIELDS, type BarColumns } from '../../core/vocabulary/market-data.ts';
import { formatTime, type TimeframeSpec } from '../../core/vocabulary/time.ts';
import { closest } from '../closest.ts';
import { Failure } from '../failures.ts';
import type { Output } from '../operations/table.ts';

type Chart = Output<'session-bars'>;

/** An indicator as it was asked for: `ema:length=20,source=high`. */
export interface AskedIndicator {
  readonly text: string;
  readonly indicator: Indicator;
  readonly params: Readonly<Record<string, number>>;
  /** What it is fed where it takes any series. */
  readonly source: InputName;
}

/** Throws {@link Failure} `indicator-unknown` and `parameter-invalid`. */
export function askedIndicators(texts: readonly string[]): readonly AskedIndicator[] {
  return texts.map((text) => {
    const [name, rest = ''] = text.split(':') as [string, string?];
    const indicator = findIndicator(name);
    if (indicator === undefined) throw unknown(name);
    const given = new Map(rest === '' ? [] : rest.split(',').map((part) => part.split('=') as [string, string]));
    const source = (given.get('source') ?? 'close') as InputName;
    if (!(['open', 'high', 'low', 'close', 'volume'] as readonly string[]).includes(source))
      throw invalid(`${text}: source: expected open, high, low, close or volume, found ${source}`);
    if (indicator.inputs.includes('other'))
      throw invalid(`${text}: compares two series, and a chart has the bars of one instrument`);
    given.delete('source');
    // What is no number is left as it stands, so that the refusal can show it.
    const params = Object.fromEntries(
      [...given].map(([key, value]) => [key, Number.isNaN(Number(value)) ? (value as never) : Number(value)]),
    );
    try {
      return { text, indicator, params: checkParameters(indicator, params), source };
    } catch (error) {
      if (error instanceof RangeError) throw invalid(`${text}: ${error.message}`);
      throw error;
    }
  });
}

function unknown(name: string): Failure {
  const names = catalogue.map((each) => each.name);
  const near = closest(name, names);
  return new Failure(
    'indicator-unknown',
    `there is no indicator "${name}"${near === null ? '' : `; did you mean ${near}?`}`,
    { details: { field: 'indicator', found: name } },
  );
}

const invalid = (message: string): Failure =>
  new Failure('parameter-invalid', message, {
    hint: 'tradewright indicators <name> shows the parameters and their ranges.',
    details: { field: 'indicator' },
  });

/** Bars before the first shown one that make values the same, to 1 part in 10,000, as if the series had begun long before. */
export function settleBarsOf(asked: readonly AskedIndicator[]): number {
  return Math.max(
    0,
    ...asked.map(({ indicator, params }) => {
      const warmUp = Math.max(...[indicator.warmup(params)].flat());
      return Math.max(warmUp, indicator.settle?.(params) ?? 0);
    }),
  );
}

/** Values over all of `bars`, told of rows [from, to). */
export function indicatorLines(
  asked: readonly AskedIndicator[],
  bars: BarColumns,
  timeframe: TimeframeSpec,
  [from, to]: readonly [number, number],
): Chart['indicators'] {
  if (asked.length === 0) return [];
  const series = new Bars('', timeframe.text, { barMs: timeframe.ms as never });
  series.preload(bars);
  return asked.map(({ text, indicator, params, source }) => {
    const inputs = indicator.inputs.map((name) => series.field(name === 'value' ? source : name));
    const { outputs } = series.node(indicator, inputs, params);
    return {
      ...{ indicator: text, title: indicator.title, unit: indicator.unit },
      lines: indicator.outputs.map((name, k) => ({
        name,
        values: Array.from(Series.columnOf(outputs[k]!).subarray(from, to), (value) =>
          Number.isFinite(value) ? value : null,
        ),
      })),
    };
  });
}

/** Rows [from, to) as a chart takes them. */
export function chartColumns(bars: BarColumns, [from, to]: readonly [number, number]): Chart['bars'] {
  const { openTimeMs, ...prices } = bars;
  const columns = Object.fromEntries(
    BAR_FIELDS.filter((field) => field !== 'openTimeMs').map((field) => [
      field,
      Array.from(prices[field as keyof typeof prices].subarray(from, to)),
    ]),
  );
  return { time: Array.from(openTimeMs.subarray(from, to), formatTime), ...columns } as Chart['bars'];
}
