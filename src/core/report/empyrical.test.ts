/**
 * The reference cases of empyrical (Apache-2.0), driven through our own functions under empyrical's conventions: 252, 52, 12 or 1
 * periods a year; a missing return is flat where returns compound and absent where they are averaged; what empyrical calls NaN or ±∞
 * is a reason here, and so is the −1 that it calls the annual return of an account that lost everything. A missing return makes its
 * value at risk missing; ours is that of the returns there are. It also counts missing ones to the length: one return beside them
 * has a Sortino and an omega ratio, and is too short here. Cases without an `expected` argument are in `empyrical-properties.test.ts`.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dataMissing, readSharedJson } from '../../../test/shared-data.ts';
import { parseTime } from '../vocabulary/time.ts';
import {
  alpha,
  beta,
  betaFragility,
  capture,
  downCapture,
  informationRatio,
  type PairedReturns,
  upCapture,
  upDownCapture,
  whenBenchmark,
} from './benchmark.ts';
import { maxDrawdownOfReturns } from './drawdown.ts';
import { gpdTail } from './generalized-pareto.ts';
import type { Figure } from './metric.ts';
import {
  calmar,
  downsideDeviation,
  omega,
  sharpe,
  sortino,
  stability,
  thresholdOfAnnual,
  volatility,
} from './ratios.ts';
import { aggregateReturns, annualReturn, cumulativeReturns, growthOf, simpleReturns, totalReturn } from './returns.ts';
import { rolling, rollingPair } from './rolling.ts';
import { conditionalValueAtRisk, tailRatio, valueAtRisk } from './tail.ts';

const FILE = 'reference/empyrical.json.gz';
const PERIODS: Readonly<Record<string, number>> = { daily: 252, weekly: 52, monthly: 12, quarterly: 4, yearly: 1 };
const PERIOD_NAMES = { weekly: 'week', monthly: 'month', quarterly: 'quarter', yearly: 'year' } as const;

interface SeriesJson {
  readonly dates: readonly string[];
  readonly values: readonly (number | null | string)[];
}
interface FrameJson {
  readonly dates: readonly string[];
  readonly columns: Readonly<Record<string, readonly (number | null)[]>>;
}
type Json = string | number | null | readonly Json[] | SeriesJson | FrameJson;
interface Case {
  readonly class: string;
  readonly test: string;
  readonly call: string;
  readonly args: Readonly<Record<string, Json>>;
  readonly decimals: number;
}
interface File {
  readonly inputs: Readonly<Record<string, SeriesJson | FrameJson>>;
  readonly tests: readonly Case[];
}

/** A dated column; NaN where a value is missing. */
interface Series {
  readonly dates: readonly string[];
  readonly values: Float64Array;
}
type Frame = Readonly<Record<string, Series>>;
type Value = number | string | Series | Frame;
type Outcome = Figure | readonly Outcome[];

const isSeries = (v: Value | undefined): v is Series =>
  typeof v === 'object' && 'values' in v && v.values instanceof Float64Array;
const isFrame = (v: Value | undefined): v is Frame => typeof v === 'object' && !isSeries(v);
const present = (x: Float64Array): Float64Array => x.filter((r) => !Number.isNaN(r));
const flat = (x: Float64Array): Float64Array => x.map((r) => (Number.isNaN(r) ? 0 : r));

function series(json: SeriesJson): Series {
  return { dates: json.dates, values: Float64Array.from(json.values, (v) => (typeof v === 'number' ? v : Number.NaN)) };
}

function resolve(json: Json, file: File): Value {
  if (typeof json === 'string') return json in file.inputs ? resolve(file.inputs[json]!, file) : json;
  if (typeof json === 'number') return json;
  assert.ok(json !== null && !Array.isArray(json), 'an argument is a number, a name, a series or a frame');
  if ('columns' in json) {
    return Object.fromEntries(
      Object.entries(json.columns).map(([name, values]) => [name, series({ dates: json.dates, values })]),
    );
  }
  return series(json as SeriesJson);
}

/** Both columns on the union of their dates, as pandas aligns them; a number is a constant column. */
function align(a: Series, b: Value | undefined): PairedReturns {
  if (typeof b === 'number') return { returns: a.values, factor: a.values.map(() => b) };
  const other = isFrame(b) ? Object.values(b)[0] : b;
  assert.ok(isSeries(other), 'a second column');
  const dates = [...new Set([...a.dates, ...other.dates])].sort();
  const column = (s: Series): Float64Array => {
    const at = new Map(s.dates.map((date, i) => [date, s.values[i]!]));
    return Float64Array.from(dates, (date) => at.get(date) ?? Number.NaN);
  };
  return { returns: column(a), factor: column(other) };
}

function presentPairs({ returns, factor }: PairedReturns): PairedReturns {
  const keep = (_: number, i: number): boolean => !Number.isNaN(returns[i]!) && !Number.isNaN(factor[i]!);
  return { returns: returns.filter(keep), factor: factor.filter(keep) };
}

const flatPairs = (pair: PairedReturns): PairedReturns => ({ returns: flat(pair.returns), factor: flat(pair.factor) });

interface Bound {
  readonly returns: Series;
  readonly get: (name: string) => Value | undefined;
  readonly number: (name: string, otherwise: number) => number;
  /** Returns less a constant or a column. */
  readonly less: (name: string) => Float64Array;
  readonly pair: PairedReturns;
  readonly periods: number;
  readonly window: number;
  readonly wholeWindow: number;
}

const alphaBeta = (pair: PairedReturns, b: Bound): Outcome => {
  const paired = presentPairs(pair);
  return [alpha(paired, b.periods, b.number('risk_free', 0)), beta(paired)];
};
const whenPaired = (direction: 'up' | 'down', b: Bound): Outcome => alphaBeta(whenBenchmark(direction, b.pair), b);

interface Adapter {
  readonly params: readonly string[];
  readonly run: (b: Bound) => Outcome;
}
const one = ['returns', 'period', 'annualization'];
const two = ['returns', 'factor_returns', 'risk_free', 'period', 'annualization'];
const windowed = ['returns', 'window', 'period', 'annualization'];
const windowedPair = ['returns', 'factor_returns', 'window'];

const ADAPTERS: Readonly<Record<string, Adapter>> = {
  simple_returns: { params: ['returns'], run: (b) => [...simpleReturns(b.returns.values)] },
  cum_returns: {
    params: ['returns', 'starting_value'],
    run: (b) => {
      const start = b.number('starting_value', 0);
      const path = flat(b.returns.values);
      return start === 0 ? [...cumulativeReturns(path)] : [...growthOf(path)].map((growth) => growth * start);
    },
  },
  cum_returns_final: {
    params: ['returns', 'starting_value'],
    run: (b) => {
      const total = totalReturn(flat(b.returns.values));
      const start = b.number('starting_value', 0);
      return typeof total === 'number' && start !== 0 ? (1 + total) * start : total;
    },
  },
  aggregate_returns: {
    params: ['returns', 'convert_to'],
    run: (b) => {
      const days = Float64Array.from(b.returns.dates, (date) => parseTime(date)!);
      const period = PERIOD_NAMES[b.get('convert_to') as keyof typeof PERIOD_NAMES];
      return aggregateReturns(days, flat(b.returns.values), period).map((p) => p.value);
    },
  },
  max_drawdown: { params: ['returns'], run: (b) => maxDrawdownOfReturns(flat(b.returns.values)) },
  annual_return: { params: one, run: (b) => annualReturn(flat(b.returns.values), b.periods) },
  cagr: { params: one, run: (b) => annualReturn(flat(b.returns.values), b.periods) },
  annual_volatility: { params: one, run: (b) => volatility(present(b.returns.values), b.periods) },
  calmar_ratio: { params: one, run: (b) => calmar(flat(b.returns.values), b.periods) },
  omega_ratio: {
    params: ['returns', 'risk_free', 'required_return', 'annualization'],
    run: (b) => {
      const required = thresholdOfAnnual(b.number('required_return', 0), b.periods);
      if (typeof required !== 'number') return required;
      return omega(present(b.returns.values), b.number('risk_free', 0) + required);
    },
  },
  sharpe_ratio: {
    params: ['returns', 'risk_free', 'period', 'annualization'],
    run: (b) => sharpe(present(b.less('risk_free')), b.periods),
  },
  sortino_ratio: {
    params: ['returns', 'required_return', 'period', 'annualization'],
    run: (b) => sortino(present(b.less('required_return')), b.periods),
  },
  downside_risk: {
    params: ['returns', 'required_return', 'period', 'annualization'],
    run: (b) => downsideDeviation(present(b.less('required_return')), b.periods),
  },
  excess_sharpe: { params: ['returns', 'factor_returns'], run: (b) => informationRatio(presentPairs(b.pair), 1) },
  alpha: { params: two, run: (b) => alpha(presentPairs(b.pair), b.periods, b.number('risk_free', 0)) },
  beta: { params: two, run: (b) => beta(presentPairs(b.pair)) },
  alpha_beta: { params: two, run: (b) => alphaBeta(b.pair, b) },
  up_alpha_beta: { params: two, run: (b) => whenPaired('up', b) },
  down_alpha_beta: { params: two, run: (b) => whenPaired('down', b) },
  stability_of_timeseries: { params: ['returns'], run: (b) => stability(present(b.returns.values)) },
  tail_ratio: { params: ['returns'], run: (b) => tailRatio(present(b.returns.values)) },
  value_at_risk: {
    params: ['returns', 'cutoff'],
    run: (b) => valueAtRisk(present(b.returns.values), b.number('cutoff', 0.05)),
  },
  conditional_value_at_risk: {
    params: ['returns', 'cutoff'],
    run: (b) => conditionalValueAtRisk(present(b.returns.values), b.number('cutoff', 0.05)),
  },
  capture: { params: ['returns', 'factor_returns', 'period'], run: (b) => capture(flatPairs(b.pair), b.periods) },
  up_capture: { params: two, run: (b) => upCapture(presentPairs(b.pair), b.periods) },
  down_capture: { params: two, run: (b) => downCapture(presentPairs(b.pair), b.periods) },
  up_down_capture: { params: two, run: (b) => upDownCapture(presentPairs(b.pair), b.periods) },
  beta_fragility_heuristic: {
    params: ['returns', 'factor_returns'],
    run: (b) => betaFragility(presentPairs(b.pair), 'empyrical'),
  },
  gpd_risk_estimates: {
    params: ['returns', 'var_p'],
    run: (b) => {
      const tail = gpdTail(present(b.returns.values), {
        probability: b.number('var_p', 0.01),
        fit: 'losses',
        population: 'losses',
      });
      // empyrical says five zeros where we say why there is no estimate.
      if (typeof tail === 'string') return [0, 0, 0, 0, 0];
      return [tail.threshold, tail.scale, tail.shape, tail.valueAtRisk, tail.expectedShortfall];
    },
  },
  roll_max_drawdown: {
    params: windowed,
    run: (b) => rolling(flat(b.returns.values), b.wholeWindow, maxDrawdownOfReturns),
  },
  roll_sharpe_ratio: {
    params: windowed,
    run: (b) => rolling(b.returns.values, b.wholeWindow, (part) => sharpe(present(part), b.periods)),
  },
  roll_annual_volatility: {
    params: windowed,
    run: (b) => rolling(b.returns.values, b.wholeWindow, (part) => volatility(present(part), b.periods)),
  },
  roll_sortino_ratio: {
    params: windowed,
    run: (b) => rolling(b.returns.values, b.wholeWindow, (part) => sortino(present(part), b.periods)),
  },
  roll_beta: {
    params: windowedPair,
    run: (b) => rollingPair(b.pair, b.wholeWindow, (part) => beta(presentPairs(part))),
  },
  roll_alpha_beta: {
    params: windowedPair,
    run: (b) => rollingPair(b.pair, b.wholeWindow, (part) => alphaBeta(part, b)),
  },
  roll_up_capture: {
    params: windowedPair,
    run: (b) => rollingPair(b.pair, b.window, (part) => upCapture(presentPairs(part), b.periods)),
  },
  roll_down_capture: {
    params: windowedPair,
    run: (b) => rollingPair(b.pair, b.window, (part) => downCapture(presentPairs(part), b.periods)),
  },
  roll_up_down_capture: {
    params: windowedPair,
    run: (b) => rollingPair(b.pair, b.window, (part) => upDownCapture(presentPairs(part), b.periods)),
  },
};

/** `self.empyrical(…).beta_aligned(returns, factor).values.tolist()` → the function's name and its arguments' names. */
function parseCall(call: string): { readonly name: string; readonly given: readonly string[] } {
  const known = [...call.matchAll(/(\w+)\(([^()]*)\)/g)].filter((m) => adapterOf(m[1]!) !== undefined);
  assert.equal(known.length, 1, `one known function in ${call}`);
  const [, name = '', inside = ''] = known[0]!;
  return {
    name,
    given: inside
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  };
}

/** `f_aligned` differs from `f` only in that its caller has aligned the dates. */
function adapterOf(name: string): Adapter | undefined {
  return ADAPTERS[name.replace(/_aligned$/, '')];
}

function bind(adapter: Adapter, given: readonly string[], args: Case['args'], file: File): Bound {
  const values = new Map<string, Value>();
  given.forEach((text, i) => {
    const [left = '', right] = text.split('=');
    const json = args[right ?? left];
    assert.ok(json !== undefined, `argument ${text} has a value`);
    values.set(right === undefined ? adapter.params[i]! : left, resolve(json, file));
  });
  const returns = values.get('returns');
  const period = values.get('period');
  const number = (name: string, otherwise: number): number => {
    const value = values.get(name);
    return typeof value === 'number' ? value : otherwise;
  };
  return {
    get returns(): Series {
      assert.ok(isSeries(returns), 'returns are a series');
      return returns;
    },
    get: (name) => values.get(name),
    number,
    less(name) {
      const other = values.get(name);
      assert.ok(isSeries(returns), 'returns are a series');
      const { returns: left, factor } = align(returns, other ?? 0);
      return left.map((r, i) => r - factor[i]!);
    },
    get pair(): PairedReturns {
      assert.ok(isSeries(returns), 'returns are a series');
      return align(returns, values.get('factor_returns'));
    },
    periods: number('annualization', PERIODS[typeof period === 'string' ? period : 'daily']!),
    window: number('window', 0),
    // A window longer than the column is one of the whole column to those of their rolling functions that are vectorised.
    wholeWindow: Math.min(number('window', 0), (isSeries(returns) && returns.values.length) || number('window', 0)),
  };
}

function evaluate(c: Case, file: File): Outcome {
  const { name, given } = parseCall(c.call);
  const adapter = adapterOf(name)!;
  const first = given[0]?.split('=').at(-1) ?? '';
  const returns = resolve(c.args[first]!, file);
  if (!isFrame(returns)) return adapter.run(bind(adapter, given, c.args, file));
  return Object.values(returns).map((column) => {
    const json = { dates: column.dates, values: [...column.values] };
    return adapter.run(bind(adapter, given, { ...c.args, [first]: json }, file));
  });
}

/** numpy's assert_almost_equal: |actual − expected| < 1.5 × 10^−decimals; NaN and ±∞ stand for any stated reason. */
function compare(actual: Outcome, expected: Json, decimals: number, where: string): void {
  if (Array.isArray(expected)) {
    assert.ok(Array.isArray(actual), `${where}: a column, found ${String(actual)}`);
    assert.equal(actual.length, expected.length, `${where}: length`);
    expected.forEach((value: Json, i) => {
      compare((actual as readonly Outcome[])[i]!, value, decimals, `${where}[${i}]`);
    });
  } else if (Array.isArray(actual)) {
    actual.forEach((value: Outcome, i) => {
      compare(value, expected, decimals, `${where}[${i}]`);
    });
  } else if (typeof expected === 'number') {
    assert.ok(typeof actual === 'number', `${where}: expected ${expected}, found ${String(actual)}`);
    const tolerance = 1.5 * Number(`1e-${decimals}`);
    assert.ok(Math.abs(actual - expected) < tolerance, `${where}: expected ${expected}, found ${actual}`);
  } else {
    assert.ok(
      expected === 'nan' || expected === 'inf' || expected === '-inf' || expected === null,
      `${where}: an expectation of a known kind, found ${JSON.stringify(expected)}`,
    );
    assert.equal(typeof actual, 'string', `${where}: expected a reason, found ${String(actual)}`);
  }
}

function expectation(json: Json, file: File): Json {
  const value = typeof json === 'string' && json in file.inputs ? file.inputs[json]! : json;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return 'columns' in value ? Object.values(value.columns) : (value as SeriesJson).values;
}

describe('empyrical: reference cases', { skip: dataMissing(FILE) }, () => {
  const file: File = dataMissing(FILE) ? { inputs: {}, tests: [] } : readSharedJson<File>(FILE);
  file.tests.forEach((c, i) => {
    const { expected, decimal_places: places } = c.args;
    if (c.test === 'test_alpha_beta_equality') {
      test(`${c.test}: case ${i}, ${c.call} -> the same as alpha and beta`, () => {
        const as = (name: string): Outcome => evaluate({ ...c, call: `${name}(returns, benchmark)` }, file);
        assert.deepEqual(as('alpha_beta'), [as('alpha'), as('beta')]);
      });
    } else if (expected !== undefined) {
      test(`${c.test}: case ${i}, ${c.call} -> the reference value`, () => {
        const decimals = typeof places === 'number' ? places : c.decimals;
        compare(evaluate(c, file), expectation(expected, file), decimals, c.test);
      });
    }
  });
});
