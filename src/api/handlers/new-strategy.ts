import { dirname, join } from 'node:path';
import type { TextFiles } from '../../ports/files.ts';
import { Failure } from '../failures.ts';
import type { Input, Output } from '../operations/table.ts';
import type { World } from '../world.ts';

/** Writes a strategy that runs, and a test of it that passes. */
export function newStrategy(input: Input<'new-strategy'>, world: World): Output<'new-strategy'> {
  const { id, out, force } = input;
  const ending = moduleEnding(out, world.files);
  const files = [
    [`${out}/${id}${ending}`, strategyText(id)],
    [`${out}/${id}.test${ending}`, testText(id, ending)],
  ] as const;
  for (const [path] of files) {
    if (!world.files.exists(path) || force) continue;
    throw new Failure('file-exists', `${path} is there already`, {
      hint: 'Choose another id, or pass --force.',
      details: { file: path },
    });
  }
  for (const [path, text] of files) world.files.write(path, text);
  return { id, files: files.map(([path]) => path) };
}

/** How a file of modules ends in a folder: in a package that says CommonJS, as `npm init` makes them, `.ts` would be no module. */
function moduleEnding(folder: string, files: TextFiles): '.ts' | '.mts' {
  for (let at = files.resolve(folder); ; at = dirname(at)) {
    const text = files.read(join(at, 'package.json'));
    if (text !== null) return /"type"\s*:\s*"commonjs"/.test(text) ? '.mts' : '.ts';
    if (at === dirname(at)) return '.ts';
  }
}

const quoted = (text: string): string => `'${text}'`;
const PACKAGE = quoted('tradewright');
const TESTING = quoted('tradewright/testing');

const constantName = (id: string): string => id.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

function strategyText(id: string): string {
  return `import { bars, defineStrategy, p, ta } from ${PACKAGE};

/** Buys what has pulled back in an upward trend, with a stop below and a target above. */
export const ${constantName(id)} = defineStrategy({
  id: '${id}',
  version: '1',
  about: 'Buys pullbacks in an upward trend.',
  failsWhen: 'A trend ends without warning: the last pullback is bought and the stop takes the loss.',
  params: {
    trend: p.int(100, { min: 20, max: 400 }),
    rsi: p.int(14, { min: 2, max: 50 }),
    low: p.num(40, { min: 5, max: 60 }),
    risk: p.pct(0.01, { min: 0.001, max: 0.05 }),
    stop: p.pct(0.03, { min: 0.005, max: 0.2 }),
  },
  data: { main: bars() },
  indicators: ({ params, data }) => ({
    trend: ta.ema(data.main.close, params.trend),
    rsi: ta.rsi(data.main.close, params.rsi),
  }),
  onBar({ ind, position, params, price, buy }) {
    if (position.isOpen || !ind.rsi.ready || price < ind.trend.value || ind.rsi.value > params.low) return;
    buy({
      size: { riskPct: params.risk },
      stop: { pct: params.stop },
      target: { r: 2 },
      why: \`pullback, RSI \${ind.rsi.value.toFixed(0)}\`,
    });
  },
});

export default ${constantName(id)};
`;
}

function testText(id: string, ending: string): string {
  const name = constantName(id);
  return `import assert from ${quoted('node:assert/strict')};
import { test } from ${quoted('node:test')};
import { play } from ${TESTING};
import { ${name} } from ${quoted(`./${id}${ending}`)};

test('${id}: two runs over a mixed market -> the same events', () => {
  const first = play(${name}, { bars: 'mixed' });
  const second = play(${name}, { bars: 'mixed' });
  assert.ok(first.trades.length > 0, 'it trades');
  assert.equal(first.hash, second.hash);
});
`;
}
