/** The reference cases of empyrical (Apache-2.0) that state no number: what must hold, by the name of their test. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dataMissing, readSharedJson } from '../../../test/shared-data.ts';
import { Random } from '../vocabulary/random.ts';
import { alpha, beta, informationRatio } from './benchmark.ts';
import { maxDrawdownOfReturns } from './drawdown.ts';
import type { Figure } from './metric.ts';
import { downsideDeviation, omega, sharpe, sortino, thresholdOfAnnual } from './ratios.ts';
import { annualReturn } from './returns.ts';

const YEAR = 252;

interface Arguments {
  readonly series: (name: string) => Float64Array;
  readonly number: (name: string) => number;
}

const value = (figure: Figure): number => {
  assert.equal(typeof figure, 'number', `a number, found ${figure}`);
  return figure as number;
};
const plus = (x: Float64Array, y: Float64Array | number): Float64Array =>
  x.map((r, i) => r + (typeof y === 'number' ? y : y[i]!));
const minus = (x: Float64Array, y: Float64Array | number): Float64Array =>
  x.map((r, i) => r - (typeof y === 'number' ? y : y[i]!));
/** The first `count` of one column, the rest of another. */
const splice = (head: Float64Array, tail: Float64Array, count: number): Float64Array =>
  tail.map((r, i) => (i < count ? head[i]! : r));
const normals = (count: number, centre: number, deviation: number, seed: number): Float64Array => {
  const random = new Random(seed);
  return Float64Array.from({ length: count }, () => centre + deviation * random.normal());
};
const rising = (...figures: Figure[]): void => {
  figures.forEach((figure, i) => {
    if (i > 0) assert.ok(value(figures[i - 1]!) < value(figure), `${figures.join(' < ')}`);
  });
};
const close = (a: Figure, b: Figure, relative: number): void => {
  assert.ok(Math.abs(value(a) - value(b)) <= relative * Math.abs(value(b)), `${a} ≈ ${b}`);
};
const sharpeOf = (r: Float64Array, required: number): Figure => sharpe(minus(r, required), YEAR);
const sortinoOf = (r: Float64Array, required: number): Figure => sortino(minus(r, required), YEAR);

/** Two columns of which the second moves with the first by `correlation`. */
function correlated(correlation: number, mean: number, seed: number): { returns: Float64Array; factor: Float64Array } {
  const factor = normals(1000, mean, 0.01, seed);
  const own = normals(1000, 0, 0.01, seed + 1);
  const rest = Math.sqrt(1 - correlation * correlation);
  return { factor, returns: factor.map((f, i) => correlation * f + rest * own[i]!) };
}

const PROPERTIES: Readonly<Record<string, (args: Arguments) => void>> = {
  test_max_drawdown_translation({ series, number }) {
    const [down, same, up] = [-number('constant'), 0, number('constant')].map((c) =>
      value(maxDrawdownOfReturns(plus(series('returns'), c))),
    );
    assert.ok(down! <= same! && same! <= up!);
  },
  test_omega_returns({ series, number }) {
    const at = (name: string): Figure => omega(series('returns'), value(thresholdOfAnnual(number(name), YEAR)));
    rising(at('required_return_more'), at('required_return_less'));
  },
  test_sharpe_translation_same({ series, number }) {
    const [r, required, t] = [series('returns'), number('required_return'), number('translation')];
    for (const shift of [t, -t]) close(sharpeOf(plus(r, shift), required + shift), sharpeOf(r, required), 1e-9);
  },
  test_sharpe_translation_diff({ series, number }) {
    const [r, required] = [series('returns'), number('required_return')];
    for (const sign of [1, -1]) {
      const moved = sharpeOf(
        plus(r, sign * number('translation_returns')),
        required + sign * number('translation_required'),
      );
      assert.ok(Math.abs(value(moved) - value(sharpeOf(r, required))) > 1e-6);
    }
  },
  test_sharpe_translation_1({ series, number }) {
    const [r, required, t] = [series('returns'), number('required_return'), number('translation')];
    rising(sharpeOf(minus(r, t), required), sharpeOf(r, required), sharpeOf(plus(r, t), required));
  },
  test_sharpe_noise({ number }) {
    const at = (deviation: number): Figure => sharpeOf(normals(1000, 0.01, deviation, 7), 0.001);
    rising(at(number('large')), at(number('small')));
  },
  test_downside_risk_noisy({ series }) {
    const [noise, line] = [series('noise'), series('flat_line')];
    rising(...[250, 500, 750].map((n) => downsideDeviation(minus(splice(noise, line, n), line), YEAR)));
  },
  test_downside_risk_trans({ series, number }) {
    const required = number('required_return');
    rising(...[-required, 0, required].map((target) => downsideDeviation(series('returns'), YEAR, target)));
  },
  test_downside_risk_std({ number }) {
    const at = (deviation: number): Figure => downsideDeviation(normals(1000, 0, deviation, 7), YEAR);
    rising(at(number('smaller_std')), at(number('larger_std')));
  },
  test_sortino_add_noise({ series, number }) {
    const r = Float64Array.from(series('returns'));
    const required = number('required_return');
    const figures = [sortinoOf(r, required)];
    const random = new Random(11);
    for (let n = 0; n < 2; n++) {
      const gains = [...r.keys()].filter((i) => r[i]! > required);
      r[gains[random.integer(gains.length)]!] = -0.01;
      figures.push(sortinoOf(r, required));
    }
    rising(...figures.reverse());
  },
  test_sortino_sub_noise({ series, number }) {
    const r = Float64Array.from(series('returns'));
    const required = number('required_return');
    const figures = [sortinoOf(r, required)];
    const random = new Random(11);
    for (let n = 0; n < 2; n++) {
      const losses = [...r.keys()].filter((i) => r[i]! < required);
      r[losses[random.integer(losses.length)]!] = required;
      figures.push(sortinoOf(r, required));
    }
    rising(...figures);
  },
  test_sortino_translation_same({ series, number }) {
    const [r, required, t] = [series('returns'), number('required_return'), number('translation')];
    for (const shift of [t, -t]) close(sortinoOf(plus(r, shift), required + shift), sortinoOf(r, required), 1e-9);
  },
  test_sortino_translation_diff({ series, number }) {
    const [r, required] = [series('returns'), number('required_return')];
    for (const sign of [1, -1]) {
      const moved = sortinoOf(
        plus(r, sign * number('translation_returns')),
        required + sign * number('translation_required'),
      );
      assert.ok(Math.abs(value(moved) - value(sortinoOf(r, required))) > 1e-6);
    }
  },
  test_excess_sharpe_noisy({ series }) {
    const [noise, factor] = [series('noise_line'), series('benchmark')];
    rising(
      ...[250, 500, 750].map((n) =>
        Math.abs(value(informationRatio({ returns: splice(noise, factor, n), factor }, 1))),
      ),
    );
  },
  test_excess_sharpe_trans({ series }) {
    const factor = series('returns');
    const noisy = plus(factor, series('add_noise'));
    const shift = series('translation');
    rising(
      ...[minus(noisy, shift), noisy, plus(noisy, shift)].map((returns) => informationRatio({ returns, factor }, 1)),
    );
  },
  test_alpha_beta_translation({ number }) {
    const { returns, factor } = correlated(0.5, number('mean_returns'), 3);
    const t = number('translation');
    const of = (r: Float64Array, f: Float64Array): { a: Figure; b: Figure } => {
      const pair = { returns: r, factor: f };
      return { a: alpha(pair, YEAR), b: beta(pair) };
    };
    const plain = of(returns, factor);
    for (const sign of [1, -1]) {
      const both = of(plus(returns, sign * t), factor);
      close(both.b, plain.b, 1e-9);
      const market = of(returns, plus(factor, sign * t));
      close(market.b, plain.b, 1e-9);
      if (sign > 0) rising(market.a, plain.a, both.a);
      else rising(both.a, plain.a, market.a);
    }
  },
  test_alpha_beta_correlation({ number }) {
    const less = correlated(number('corr_less'), 0.001, 5);
    const more = correlated(number('corr_more'), 0.001, 5);
    rising(beta(less), beta(more));
  },
  test_cagr_translation({ series, number }) {
    const at = (shift: number): Figure => annualReturn(plus(series('returns'), shift), YEAR);
    rising(at(-number('constant')), at(0), at(number('constant')));
  },
  test_cagr_noisy({ series }) {
    const r = series('returns');
    const plain = annualReturn(r, YEAR);
    const noise = series('add_noise');
    // Equal to one significant digit, as numpy's assert_approx_equal counts it.
    for (const noisy of [plus(r, noise), minus(r, noise)]) {
      const scale = Number(`1e${Math.floor(Math.log10(Math.abs(value(plain))))}`);
      assert.ok(Math.abs(value(annualReturn(noisy, YEAR)) - value(plain)) / scale < 1);
    }
  },
};

const FILE = 'reference/empyrical.json.gz';

interface Column {
  readonly values?: readonly (number | null)[];
}
interface File {
  readonly inputs: Readonly<Record<string, Column>>;
  readonly tests: readonly {
    readonly test: string;
    readonly args: Readonly<Record<string, string | number | Column>>;
  }[];
}

describe('empyrical: cases that state a property', { skip: dataMissing(FILE) }, () => {
  const file: File = dataMissing(FILE) ? { inputs: {}, tests: [] } : readSharedJson<File>(FILE);
  // That alpha_beta gives what alpha and beta give is checked beside its valued cases.
  const stated = file.tests.filter((c) => c.args['expected'] === undefined && c.test !== 'test_alpha_beta_equality');
  stated.forEach(({ test: name, args }, i) => {
    test(`${name}: case ${i} -> holds`, () => {
      const property = PROPERTIES[name];
      assert.ok(property, `a property named ${name}`);
      property({
        number: (key) => Number(args[key]),
        series(key) {
          const given = args[key];
          const column = typeof given === 'string' ? file.inputs[given] : given;
          assert.ok(typeof column === 'object' && column.values !== undefined, `${key} is a column`);
          return Float64Array.from(column.values, (v) => v ?? Number.NaN);
        },
      });
    });
  });
});
