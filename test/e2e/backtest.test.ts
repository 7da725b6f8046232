import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { reportSchema } from '../../src/core/report/report.ts';
import { type Envelope, ROOT, Scene, strategyFile, waveCsv } from './command-line.ts';

const scene = new Scene();
after(() => scene.remove());
const wave = scene.write('WAVE-USD_1h.csv', waveCsv(600));
scene.write(
  'buyer.ts',
  strategyFile('buyer', "if (!c.position.isOpen) c.buy({ size: { pctEquity: 0.5 }, why: 'hold' });"),
);

const metric = (body: Envelope, name: string): number =>
  body.data.metrics.find((m: { name: string }) => m.name === name).value;

describe('backtest', () => {
  test('reports: written where the result says -> a JSON document of its schema and a page of its own', async () => {
    const { body } = await scene.json([
      'backtest',
      'sma-cross',
      '--data',
      wave,
      '--report',
      'html,json,csv,md',
      '--out',
      'results',
    ]);
    const files: readonly { format: string; path: string }[] = body.data.files;
    for (const { path } of files) assert.ok(existsSync(scene.path(path)), path);
    assert.deepEqual([...new Set(files.map((f) => f.format))], ['html', 'json', 'csv', 'md']);
    const document = JSON.parse(readFileSync(scene.path(files.find((f) => f.format === 'json')!.path), 'utf8'));
    assert.ok(reportSchema().safeParse(document).success);
    assert.equal(document.run.id, body.data.run);
    assert.match(readFileSync(scene.path(files.find((f) => f.format === 'html')!.path), 'utf8'), /^<!doctype html>/);
  });

  test('repeat: the same request twice, and from its report -> the same events, one try', async () => {
    const args = ['backtest', 'sma-cross', '--data', wave, '--param', 'fast=7', '--no-checks'];
    const first = await scene.json(args);
    const second = await scene.json(args);
    const report = first.body.data.files.find((f: { format: string }) => f.format === 'json').path;
    const third = await scene.json(['backtest', '--from-report', report]);
    assert.equal(second.body.data.hashes.events, first.body.data.hashes.events);
    assert.equal(third.body.data.hashes.events, first.body.data.hashes.events);
    const tries = (body: Envelope): string => body.data.checks.find((c: { name: string }) => c.name === 'tries').text;
    assert.equal(tries(third.body), tries(first.body));
  });

  test('repeat: from the report of a margin account without leverage -> on margin again, and of what has changed a word', async () => {
    const data = scene.write('REPEAT-USD.csv', waveCsv(200));
    const more = ['--no-checks', '--no-interval'];
    const first = await scene.json(['backtest', 'sma-cross', '--data', data, '--account', 'margin', ...more]);
    const report = first.body.data.files.find((f: { format: string }) => f.format === 'json').path;
    const codes = (body: Envelope): string[] => body.warnings.map((w: { code: string }) => w.code);
    const account = (body: Envelope): string =>
      body.data.conventions.find((c: { label: string }) => c.label === 'account').value;
    const again = await scene.json(['backtest', '--from-report', report, ...more]);
    assert.equal(account(again.body), 'margin, leverage 1');
    assert.equal(again.body.data.hashes.events, first.body.data.hashes.events);
    assert.deepEqual(codes(again.body), codes(first.body));
    scene.write('REPEAT-USD.csv', waveCsv(201));
    const changed = await scene.json(['backtest', '--from-report', report, ...more]);
    assert.ok(codes(changed.body).includes('data-changed'), codes(changed.body).join());
    const shorter = await scene.json(['backtest', '--from-report', report, '--to', '2024-01-08', ...more]);
    assert.ok(!codes(shorter.body).includes('data-changed'));
  });

  test('repeat: from a report with another fee -> the fee costs', async () => {
    const first = await scene.json([
      'backtest',
      'sma-cross',
      '--data',
      wave,
      '--fee',
      '0%',
      '--param',
      'fast=5',
      '--param',
      'slow=20',
    ]);
    const report = first.body.data.files.find((f: { format: string }) => f.format === 'json').path;
    const dear = await scene.json(['backtest', '--from-report', report, '--fee', '0.5%']);
    assert.deepEqual(dear.body.data.strategy[0].params, first.body.data.strategy[0].params);
    assert.ok(metric(dear.body, 'totalReturn') < metric(first.body, 'totalReturn'));
  });

  test('tries: other parameters on the same data -> counted, the first stays one; asked for again -> deflated by the same', async () => {
    const own = new Scene();
    const data = own.write('TRIES-USD.csv', waveCsv(400));
    const run = async (fast: number): Promise<readonly [tries: string, deflated: number]> => {
      const { body } = await own.json([
        'backtest',
        'sma-cross',
        '--data',
        data,
        '--param',
        `fast=${fast}`,
        '--no-checks',
        '--report',
        'none',
      ]);
      const { text } = body.data.checks.find((c: { name: string }) => c.name === 'tries');
      return [text, metric(body, 'deflatedSharpe')];
    };
    assert.match((await run(5))[0], /^1 try/);
    const second = await run(6);
    assert.match(second[0], /^2 tries/);
    assert.match((await run(5))[0], /^2 tries/);
    assert.deepEqual(await run(6), second);
    own.remove();
  });

  test('cash: one coin -> what is left of it to eight places', async () => {
    const own = new Scene();
    const data = own.write('ETH-BTC.csv', waveCsv(400));
    const { body } = await own.json([
      ...[
        'backtest',
        'sma-cross',
        '--data',
        data,
        '--cash',
        '1',
        '--lot',
        '0.00001',
        '--no-checks',
        '--report',
        'none',
      ],
    ]);
    assert.match(body.data.finalEquity, /^\d\.\d{8}$/);
    assert.match(body.data.interval.worst.finalEquity, /^\d\.\d{8}$/);
    assert.ok(Math.abs(Number(body.data.finalEquity) - 1 - metric(body, 'netProfit')) < 1e-8);
    own.remove();
  });

  test('tries: the same run asked for in other words -> no further try; at another fee -> one', async () => {
    const own = new Scene();
    const data = own.write('TRIES-USD.csv', waveCsv(400));
    own.write('again/TRIES-USD.csv', waveCsv(400));
    const text = async (from: string, ...flags: readonly string[]): Promise<string> => {
      const args = ['backtest', 'sma-cross', '--data', from, '--no-checks', '--no-interval', '--report', 'none'];
      const { body } = await own.json([...args, ...flags]);
      return body.data.checks.find((c: { name: string }) => c.name === 'tries').text;
    };
    assert.match(await text(data), /^1 try/);
    assert.match(await text(data, '--param', 'fast=2e1', '--param', 'size=95%', '--cash', '10000'), /^1 try/);
    assert.match(await text('again/TRIES-USD.csv', '--from', '2000-01-01'), /^1 try/);
    assert.match(await text(data, '--fee', '0.2%'), /^2 tries/);
    own.remove();
  });

  test('gate: an expression that holds -> exit 10 with the figure that decided; one that does not -> 0', async () => {
    const args = ['backtest', 'sma-cross', '--data', wave, '--no-checks', '--no-interval'];
    const failed = await scene.json([...args, '--fail-if', 'trades < 100000 && !(sharpe > 1e9)']);
    assert.equal(failed.code, 10);
    assert.equal(failed.body.ok, true);
    assert.equal(failed.body.data.gate.passed, false);
    assert.match(failed.body.data.gate.because[0], /^trades \(\d+\) < 100000$/);
    const passed = await scene.json([...args, '--fail-if', 'trades > 100000']);
    assert.equal(passed.code, 0);
    assert.equal(passed.body.data.gate.passed, true);
  });

  test('gate with a metric that is none -> refused before the run: no try is counted', async () => {
    const own = new Scene();
    const refused = await own.json(['backtest', 'sma-cross', '--data', wave, '--fail-if', 'sharp < 1']);
    assert.equal(refused.code, 2);
    assert.deepEqual((await own.json(['runs', 'ls'])).body.data.runs, []);
    own.remove();
  });

  test('timeframe: coarser than the data -> the strategy sees it, fills keep the finer bars', async () => {
    const { body } = await scene.json(['backtest', './buyer.ts', '--data', wave, '--timeframe', '4h', '--no-checks']);
    assert.equal(body.data.data[0].bars, 600);
    assert.equal(body.data.data[0].timeframe, '1h');
  });

  test('several instruments: two files -> two lines of data', async () => {
    scene.write('OTHER-USD.csv', waveCsv(500));
    const { body } = await scene.json([
      'backtest',
      'buy-and-hold',
      '--data',
      wave,
      '--data',
      'OTHER-USD.csv',
      '--no-checks',
    ]);
    assert.deepEqual(
      body.data.data.map((d: { instrument: string }) => d.instrument),
      ['FILE:WAVE-USD', 'FILE:OTHER-USD'],
    );
  });

  test('home: --home, then TRADEWRIGHT_HOME -> runs and reports lie there', async () => {
    await scene.run(['backtest', 'sma-cross', '--data', wave, '--no-checks', '--home', 'flag-home'], {
      TRADEWRIGHT_HOME: 'env-home',
    });
    assert.ok(existsSync(scene.path('flag-home/runs')) && !existsSync(scene.path('env-home')));
    await scene.run(['backtest', 'sma-cross', '--data', wave, '--no-checks'], { TRADEWRIGHT_HOME: 'env-home' });
    assert.ok(existsSync(scene.path('env-home/runs')));
  });
});

describe('user strategies', () => {
  test('file: anywhere on the disk, with an import of its own -> runs; console.log goes to standard error', async () => {
    scene.write('lib/rule.ts', 'export const isHigh = (price: number): boolean => price > 0;\n');
    const text = strategyFile(
      'importer',
      "console.log('seen'); if (isHigh(c.price) && !c.position.isOpen) c.buy({ size: { pctEquity: 0.5 }, why: 'high' });",
    );
    scene.write('deep/er/importer.ts', `import { isHigh } from '../../lib/rule.ts';\n${text}`);
    const { code, out, err, body } = await scene.json([
      'backtest',
      'deep/er/importer.ts',
      '--data',
      wave,
      '--no-checks',
      '--no-interval',
    ]);
    assert.equal(code, 0, err);
    assert.ok(body.data.fills >= 1);
    assert.ok(err.includes('seen') && !out.includes('seen'));
  });

  test('code hash: an imported file changes -> another hash', async () => {
    const hash = async (): Promise<string> =>
      (await scene.json(['check', 'deep/er/importer.ts', '--data', wave])).body.data.strategy.codeHash;
    const before = await hash();
    scene.write('lib/rule.ts', 'export const isHigh = (price: number): boolean => price > 1;\n');
    assert.notEqual(await hash(), before);
  });

  // `npm init` makes packages of CommonJS.
  for (const [type, ending] of [
    ['module', '.ts'],
    ['commonjs', '.mts'],
  ] as const)
    test(`new strategy in a package of type ${type}: the file and its test, ${ending} -> the one runs, the other passes`, async () => {
      const own = new Scene();
      own.write('package.json', JSON.stringify({ name: 'mine', type }));
      const written = await own.run(['new', 'strategy', 'second-idea']);
      assert.match(written.out + written.err, new RegExp(`backtest ./strategies/second-idea\\${ending} `));
      const { code, err } = await own.run([
        'backtest',
        `./strategies/second-idea${ending}`,
        '--data',
        'synthetic',
        '--no-interval',
        '--no-checks',
      ]);
      assert.equal(code, 0, err);
      // Stands for the package as npm installs it: the same entries, JavaScript in front of the sources.
      own.write(
        'node_modules/tradewright/package.json',
        JSON.stringify({ type: 'module', exports: { '.': './index.js', './testing': './testing.js' } }),
      );
      own.write('node_modules/tradewright/index.js', `export * from '${ROOT}/src/index.ts';\n`);
      own.write('node_modules/tradewright/testing.js', `export * from '${ROOT}/src/testing.ts';\n`);
      const { spawn } = await import('node:child_process');
      const { finish } = await import('./command-line.ts');
      const { NODE_TEST_CONTEXT: _context, ...env } = process.env;
      const tested = await finish(
        spawn(process.execPath, ['--test', `strategies/second-idea.test${ending}`], { cwd: own.folder, env }),
      );
      assert.equal(tested.code, 0, tested.out + tested.err);
      own.remove();
    });
});
