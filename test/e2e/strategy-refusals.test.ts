import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { Scene, strategyFile, waveCsv } from './command-line.ts';

const scene = new Scene();
after(() => scene.remove());
const wave = scene.write('WAVE-USD.csv', waveCsv(300));
const refusal = scene.refused.bind(scene);

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

describe('strategies that misbehave', () => {
  const on = (name: string, text: string): readonly string[] => {
    scene.write(`${name}.ts`, text);
    return ['backtest', `./${name}.ts`, '--data', wave, '--no-checks', '--no-interval'];
  };

  test('throws -> strategy-failed with line and bar time, exit 1; the run counts as failed', async () => {
    const args = on('thrower', strategyFile('thrower', "if (c.data.main.index === 100) throw new Error('boom');"));
    const { details, message } = await refusal(args, 'strategy-failed');
    assert.match(message, /boom/);
    assert.equal(details['line'], 10);
    assert.equal(details['time'], '2024-01-05T05:00:00Z');
    const { body } = await scene.json(['runs', 'show', 'last']);
    assert.equal(body.data.status, 'failed');
    assert.equal(body.data.failure, 'strategy-failed');
  });

  test('throws while its indicators are made -> strategy-failed with the line, in backtests and checks', async () => {
    const text = `import { bars, defineStrategy } from 'tradewright';
const nothing: { length?: number } = {};
export default defineStrategy({
  id: 'hasty',
  params: {},
  data: { main: bars() },
  indicators: () => ({ n: nothing.length!.toFixed(2) as never }),
  onBar() {},
});
`;
    for (const line of [on('hasty', text), ['check', './hasty.ts', '--data', wave, '--in-process']]) {
      const { details, message } = await refusal(line, 'strategy-failed');
      assert.match(message, /toFixed/);
      assert.equal(details['line'], 7);
    }
  });

  for (const [used, code] of [
    ['Date.now()', 'if (Date.now() > 0) c.log("x");'],
    ['new Date()', 'if (new Date().getTime() > 0) c.log("x");'],
    ['performance.now', 'if (performance.now() > 0) c.log("x");'],
    ['Math.random()', 'if (Math.random() >= 0) c.log("x");'],
    ['setTimeout()', 'setTimeout(() => {}, 1);'],
    ['queueMicrotask()', 'queueMicrotask(() => {});'],
    ['fetch()', 'void fetch("http://127.0.0.1");'],
    ['crypto.randomUUID', 'c.log(crypto.randomUUID());'],
    ['process.exit()', '(globalThis as any).process.exit(0);'],
    ['Intl.DateTimeFormat.format()', 'c.log(new Intl.DateTimeFormat().format());'],
    ['process.memoryUsage()', 'c.log(String((globalThis as any).process.memoryUsage().rss));'],
    ["import('node:fs')", "void import('node:fs' as string);"],
  ] as const) {
    test(`uses ${used} in a handler -> strategy-forbidden with the line and what to use instead`, async () => {
      const { message, hint, details } = await refusal(
        on('forbidden', strategyFile('forbidden', code)),
        'strategy-forbidden',
      );
      assert.ok(message.includes(used), message);
      assert.equal(details['line'], 10);
      assert.match(hint, /c\.now|seed|onTimer|source|Throw|data alone|top of the file/);
    });
  }

  test('reads the clock while it loads -> strategy-forbidden with the line', async () => {
    const { details } = await refusal(
      on('loading', `const started = Date.now();\n${strategyFile('loading', 'c.log(String(started));')}`),
      'strategy-forbidden',
    );
    assert.equal(details['line'], 1);
  });

  test('a date of a given time -> allowed, it is arithmetic', async () => {
    const { code } = await scene.json(
      on('dates', strategyFile('dates', 'if (new Date(c.now).getUTCHours() > 24) c.log("never");')),
    );
    assert.equal(code, 0);
  });

  test('asks for the future -> strategy-failed, the future is not there', async () => {
    const { message } = await refusal(
      on('future', strategyFile('future', 'if (c.data.main.close.at(-1) > 0) c.log("x");')),
      'strategy-failed',
    );
    assert.match(message, /at\(-1\)/);
  });

  test('a rule across parameters that throws -> strategy-failed, and that it was the rule', async () => {
    const { message } = await refusal(
      on('rule', strategyFile('rule', '', "valid: () => { throw new Error('no'); },")),
      'strategy-failed',
    );
    assert.match(message, /strategy rule: valid threw Error: no/);
  });

  test('a parameter that is a plain number -> strategy-invalid with line, and no fault of the program', async () => {
    const text = strategyFile('plain', '').replace('p.int(5, { min: 2, max: 50 })', '5 as any');
    const { message, details } = await refusal(on('plain', text), 'strategy-invalid');
    assert.match(message, /params\.length: expected p\.int/);
    assert.equal(details['line'], 3);
  });

  test('the clock read for the first state or among the indicators -> strategy-forbidden with the line', async () => {
    const state = strategyFile('clocked', '', 'state: () => ({ began: Date.now() }),');
    const indicators = strategyFile('clocked-too', '').replace('ta.sma(data', '(Date.now(), ta).sma(data');
    for (const [name, text] of [
      ['clocked', state],
      ['clocked-too', indicators],
    ] as const) {
      const { hint, details, message } = await refusal(on(name, text), 'strategy-forbidden');
      assert.match(message, new RegExp(`strategy ${name}: ForbiddenError: Date\\.now\\(\\)`));
      assert.match(hint, /^Use c\.now/);
      assert.equal(typeof details['line'], 'number');
    }
  });

  test('a file that is no script, and one with nothing in it -> strategy-invalid, and what is expected', async () => {
    scene.write('notes.py', 'print(1)');
    scene.write('nothing.ts', '');
    const args = (name: string) => ['backtest', `./${name}`, '--data', wave];
    assert.match((await refusal(args('notes.py'), 'strategy-invalid')).hint, /TypeScript or JavaScript: \.ts/);
    assert.match((await refusal(args('nothing.ts'), 'strategy-invalid')).message, /found no default export/);
  });

  test('cyclic state -> strategy-failed naming the path', async () => {
    const text = strategyFile('cyclic', 'c.state.self = c.state;', 'state: (): any => ({}),');
    const { message } = await refusal(on('cyclic', text), 'strategy-failed');
    assert.match(message, /state\.self/);
  });

  test('never returns to flat -> runs; the trade stays open', async () => {
    const { code, body } = await scene.json(
      on('holder', strategyFile('holder', "if (!c.position.isOpen) c.buy({ size: { pctEquity: 0.5 }, why: 'hold' });")),
    );
    assert.equal(code, 0);
    assert.equal(body.data.fills, 1);
  });

  test('10,000 orders a bar -> stopped as a flood, with the bar and the line', async () => {
    const text = strategyFile(
      'flood',
      "for (let i = 0; i < 10_000; i++) c.buy({ size: { qty: 0.01 }, why: 'flood' });",
    );
    const { code, body } = await scene.json([...on('flood', text), '--to', '2024-01-03']);
    assert.equal(code, 1);
    assert.equal(body.error.code, 'strategy-failed');
    assert.match(body.error.message, /more than 2000 orders were asked for in one instant/);
  });

  test('never ends -> timeout, exit 124, within seconds', async () => {
    const plainMs = await timed(() => scene.run(['version']));
    const args = [...on('endless', strategyFile('endless', 'while (c.now > 0) {}')), '--timeout', '2'];
    const tookMs = await timed(() => refusal(args, 'timeout'));
    assert.ok(tookMs < Math.max(8_000, 2_000 + 10 * plainMs), `${tookMs} ms; a plain start ${plainMs} ms`);
  });

  for (const [what, name, text, line] of [
    ['a syntax error in TypeScript', 'syntax.ts', 'const a = 1;\nconst b: number = ;\n', 2],
    ['a syntax error in JavaScript', 'syntax.js', 'const a = 1;\n\nexport default {{;\n', 3],
    ['an enum', 'enum.ts', '\nenum A { b }\nexport default A;\n', 2],
    [
      'an export that is not there',
      'export.ts',
      "\nimport { nothing } from 'tradewright';\nexport default nothing;\n",
      2,
    ],
    ['an import that is not there', 'import.ts', "\nimport { x } from './nowhere.ts';\nexport default x;\n", 2],
  ] as const) {
    test(`${what} -> strategy-invalid with file and line`, async () => {
      scene.write(name, text);
      const { details } = await refusal(['backtest', `./${name}`, '--data', wave], 'strategy-invalid');
      assert.equal(details['line'], line);
      assert.ok(String(details['file']).endsWith(name));
    });
  }

  test('no strategy in the file -> strategy-invalid; no file -> strategy-unknown, exit 3', async () => {
    scene.write('nothing.ts', 'export const a = 1;\n');
    await refusal(['backtest', './nothing.ts', '--data', wave], 'strategy-invalid');
    await refusal(['backtest', './absent.ts', '--data', wave], 'strategy-unknown');
  });

  test('refused requests -> leave no run and no fault report behind', async () => {
    const own = new Scene();
    const data = own.write('WAVE-USD.csv', waveCsv(100));
    for (const args of [
      ['backtest', 'nope', '--data', data],
      ['backtest', 'sma-cross', '--data', 'gone.csv'],
      ['backtest', 'sma-cross', '--data', data, '--cash', '0'],
    ])
      await own.run(args);
    assert.ok(!existsSync(own.path('.tradewright/runs')) || readdirSync(own.path('.tradewright/runs')).length === 0);
    assert.ok(!existsSync(own.path('.tradewright/faults')));
    own.remove();
  });
});
