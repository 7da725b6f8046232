import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { execute } from '../../src/api/handlers/handlers.ts';
import { loadData } from '../../src/api/handlers/load-data.ts';
import { backtestConfig } from '../../src/api/handlers/run-config.ts';
import { backtest as backtestRow } from '../../src/api/operations/research.ts';
import { compose } from '../../src/compose.ts';
import { readConfig } from '../../src/config.ts';
import { eventsHash } from '../../src/core/engine/state-hash.ts';
import { type Report, reportSchema } from '../../src/core/report/report.ts';
import { Backtest } from '../../src/core/research/backtest.ts';
import { builtInStrategies } from '../../src/core/strategy/catalogue.ts';
import { type Envelope, Scene, strategyFile, waveCsv } from './command-line.ts';

const scene = new Scene();
after(() => scene.remove());
const wave = scene.write('WAVE-USD_1h.csv', waveCsv(800));
scene.write('ETH-USD_1h.csv', waveCsv(600));
scene.write(
  'mine.ts',
  strategyFile(
    'buyer',
    "if (!c.position.isOpen && c.price > c.ind.average.value) c.buy({ size: { pctEquity: 0.5 }, why: 'up' }); else if (c.position.isOpen && c.price < c.ind.average.value) c.position.close('down');",
  ),
);

const call = {
  progress: () => true,
  warn() {},
  update() {},
  stop: new AbortController().signal,
  given: {},
  askSecret: null,
};
const world = (home: string) => compose(readConfig({ home: scene.path(home) }, {}, scene.folder));

const TWO = ['sma-cross', '--with', 'dca,share=0.3', '--param', 'fast=5', '--param', 'dca.every=24'];
const QUICK = ['--no-checks', '--no-interval', '--report', 'none'];
const checkText = (body: Envelope, name: string): string =>
  body.data.checks.find((c: { name: string }) => c.name === name).text;

describe('backtest of several strategies', () => {
  let run: Envelope['data'];
  const jsonPath = (): string => run.files.find((f: { format: string }) => f.format === 'json').path;

  test('two -> the events of the same configuration by the engine itself, and of the same request to the API', async () => {
    const { body } = await scene.json(['backtest', ...TWO, '--data', wave, '--report', 'json,html,md']);
    run = body.data;
    const at = world('.tradewright');
    try {
      const request = {
        strategy: 'sma-cross',
        data: [scene.path(wave)],
        interval: false,
        checks: false,
        report: 'none',
      };
      const feeds = await loadData(backtestRow.input.parse(request), at, call);
      const of = (id: string) => builtInStrategies.find(({ def }) => def.id === id)!;
      const strategies = [
        { strategy: of('sma-cross'), params: { fast: 5 }, allocation: 0.7 },
        { strategy: of('dca'), params: { every: 24 }, allocation: 0.3 },
      ];
      const config = backtestConfig(backtestRow.input.parse(request), strategies, feeds, at);
      assert.equal(eventsHash(new Backtest(config).run().engine), run.hashes.events);
      const given = { ...request, with: ['dca,share=0.3'], param: { fast: 5, 'dca.every': 24 } };
      const asked = await execute('backtest', given, at, call);
      assert.deepEqual((asked as typeof run).hashes.events, run.hashes.events);
    } finally {
      await at.close();
    }
  });

  test('two -> told apart everywhere: summary, report, page, Markdown, runs', async () => {
    const ids = (rows: readonly { readonly id: string }[]): string[] => rows.map(({ id }) => id);
    assert.deepEqual(ids(run.strategy), ['sma-cross', 'dca']);
    assert.equal(run.strategy[0].params.fast, 5);
    assert.equal(run.strategy[1].params.every, 24);
    const report = reportSchema().parse(JSON.parse(readFileSync(scene.path(jsonPath()), 'utf8'))) as Report;
    const rows = report.byStrategy!;
    assert.deepEqual(run.byStrategy, rows);
    assert.deepEqual(
      rows.map(({ strategy, share }) => [strategy, share]),
      [
        ['sma-cross', 0.7],
        ['dca', 0.3],
      ],
    );
    const sum = (name: 'profit' | 'fees' | 'trades' | 'open'): number => rows.reduce((all, row) => all + row[name], 0);
    const cost = (label: string): number => report.costs.find((line) => line.label === label)!.amount;
    assert.ok(Math.abs(sum('profit') - cost('net profit')) < 1e-6);
    assert.ok(Math.abs(sum('fees') + cost('fees')) < 1e-6);
    assert.equal(sum('trades') + sum('open'), report.trades.length);
    for (const { trades, open } of rows) assert.ok(trades + open > 0);
    const text = (format: string): string =>
      readFileSync(scene.path(run.files.find((f: { format: string }) => f.format === format).path), 'utf8');
    assert.match(text('html'), /<section id="strategies">.*sma-cross.*dca.*<\/section>/s);
    assert.match(text('html'), /dca\.every = 24/);
    assert.match(text('md'), /\| dca \| 30\.00/);
    const list = await scene.run(['runs', 'ls']);
    assert.match(list.out, /sma-cross \+/);
    const shown = await scene.run(['runs', 'show', run.run]);
    assert.match(shown.out, /strategy {2}sma-cross@1 .*\n(?:.*\n)? *strategy {2}dca@1 /);
  });

  test('the terminal -> a line for each, with its share, and no word of checking only one', async () => {
    const { out } = await scene.run(['backtest', ...TWO, '--data', wave, '--report', 'none']);
    assert.match(out, /by strategy +share +trades +open +profit USD +fees USD\n sma-cross +70\.00.%/);
    assert.match(out, /\n dca +30\.00.%/);
    assert.doesNotMatch(out, /tradewright check/);
    for (const name of ['no look-ahead', 'replay hash equal', 'deterministic']) assert.ok(out.includes(name), name);
  });

  test('from its report -> the same events, one try; with another strategy beside it -> another run', async () => {
    const again = await scene.json(['backtest', '--from-report', jsonPath(), ...QUICK]);
    assert.equal(again.body.data.hashes.events, run.hashes.events);
    assert.match(checkText(again.body, 'tries'), /^1 try of these strategies together/);
    const other = await scene.json([
      'backtest',
      '--from-report',
      jsonPath(),
      '--with',
      './mine.ts,as=dca',
      ...QUICK,
      '--param',
      'length=5',
    ]);
    assert.equal(other.body.error.code, 'parameter-invalid');
    const diff = await scene.json(['runs', 'diff', run.run, again.body.data.run]);
    assert.deepEqual([diff.body.data.sameEvents, diff.body.data.sameInputs], [true, true]);
  });

  test('from its report, the code of the second has changed since -> said, with its name', async () => {
    const text = (size: string): string =>
      strategyFile('changing', `c.buy({ size: { pctEquity: ${size} }, why: 'in' });`);
    const quick = ['--no-checks', '--no-interval'];
    scene.write('changing.ts', text('0.1'));
    const args = ['backtest', 'sma-cross', '--with', './changing.ts', '--data', wave, '--report', 'json', ...quick];
    const { body } = await scene.json(args);
    scene.write('changing.ts', text('0.2'));
    const again = await scene.json(['backtest', '--from-report', body.data.files[0].path, ...quick]);
    assert.deepEqual(
      again.body.warnings.map(({ code, message }) => [code, message.split(':')[0]]),
      [['code-changed', 'changing']],
    );
  });

  test('stored table and registry of strategies -> the row names both; it is evidence for neither', async () => {
    const { body } = await scene.json(['query', 'backtests']);
    const row = body.data.rows.find((each: { id: string }) => each.id === run.run);
    assert.equal(row.strategy, 'sma-cross + dca');
    assert.deepEqual(Object.keys(JSON.parse(row.params)), ['sma-cross', 'dca']);
    assert.equal(row.code_hash.split(' ').length, 2);
    const { body: registered } = await scene.json(['strategy', 'show', 'sma-cross']);
    assert.equal(registered.error.code, 'strategy-unregistered');
  });

  test('tries -> of just these strategies together, by their own names; not of one alone, and the reverse', async () => {
    const own = new Scene();
    const data = own.write('TRIES-USD.csv', waveCsv(400));
    const tries = async (...args: string[]): Promise<string> =>
      checkText((await own.json(['backtest', ...args, '--data', data, ...QUICK])).body, 'tries').split(' on ')[0]!;
    try {
      assert.equal(await tries('sma-cross', '--with', 'dca'), '1 try of these strategies together');
      assert.equal(await tries('sma-cross', '--with', 'dca,as=weekly'), '1 try of these strategies together');
      assert.equal(
        await tries('sma-cross', '--with', 'dca,as=weekly', '--param', 'weekly.every=30'),
        '2 tries of these strategies together',
      );
      assert.equal(await tries('sma-cross', '--with', 'dca,share=0.4'), '3 tries of these strategies together');
      assert.equal(await tries('dca', '--with', 'sma-cross'), '4 tries of these strategies together');
      assert.equal(await tries('sma-cross'), '1 try of this strategy');
      assert.equal(await tries('sma-cross', '--with', 'sma-cross,as=slow'), '1 try of these strategies together');
    } finally {
      own.remove();
    }
  });

  test('one twice, a file, instruments of their own -> each under its id on its own bars', async () => {
    const args = ['--with', './mine.ts,as=mine,on=eth-usd', '--with', 'sma-cross,as=slow,on=ETH-USD+WAVE-USD'];
    const { body } = await scene.json([
      ...['backtest', 'sma-cross', ...args, '--data', wave, '--data', 'ETH-USD_1h.csv', '--no-checks', '--no-interval'],
      ...['--param', 'mine.length=9', '--param', 'slow.slow=60', '--param', 'sma-cross.fast=4'],
    ]);
    assert.deepEqual(
      body.data.strategy.map(({ id, of }: { id: string; of?: string }) => [id, of]),
      [
        ['sma-cross', undefined],
        ['mine', 'buyer'],
        ['slow', 'sma-cross'],
      ],
    );
    assert.deepEqual(
      [body.data.strategy[0].params.fast, body.data.strategy[1].params.length, body.data.strategy[2].params.slow],
      [4, 9, 60],
    );
    const path = body.data.files.find((f: { format: string }) => f.format === 'json').path;
    const { trades } = JSON.parse(readFileSync(scene.path(path), 'utf8')) as Report;
    const traded = (id: string): string[] => [
      ...new Set(trades.filter(({ strategy }) => strategy === id).map(({ instrument }) => instrument)),
    ];
    assert.deepEqual(['sma-cross', 'mine', 'slow'].map(traded), [
      ['FILE:WAVE-USD'],
      ['FILE:ETH-USD'],
      ['FILE:ETH-USD'],
    ]);
  });

  test('the second fails, or sees the future by a file -> it is named, with its line', async () => {
    scene.write('thrower.ts', strategyFile('thrower', "throw new Error('no more');"));
    const failed = await scene.json(['backtest', 'sma-cross', '--with', './thrower.ts', '--data', wave, ...QUICK]);
    assert.equal(failed.body.error.code, 'strategy-failed');
    assert.match(failed.body.error.message, /^strategy thrower: onBar threw .*thrower\.ts:\d+/);
    scene.write('unfit.ts', strategyFile('unfit', '').replace('bars()', "bars('5m')"));
    const unfit = await scene.json(['backtest', 'sma-cross', '--with', './unfit.ts', '--data', wave, ...QUICK]);
    assert.equal(unfit.body.error.details['strategy'], 'unfit', JSON.stringify(unfit.body.error));
    scene.write('reader.ts', `import { existsSync } from 'node:fs';\n${strategyFile('reader', 'existsSync("/");')}`);
    const reader = await scene.json([
      'backtest',
      'sma-cross',
      '--with',
      './reader.ts',
      '--data',
      wave,
      '--report',
      'none',
    ]);
    assert.equal(checkText(reader.body, 'look-ahead'), 'look-ahead not certain: reader imports node:fs');
  });

  for (const [what, args, code, message, hint] of [
    [
      'one id twice',
      ['--with', 'sma-cross'],
      'input-invalid',
      /found sma-cross twice/,
      /--with sma-cross,as=sma-cross-2/,
    ],
    ['an id that another has', ['--with', 'dca,as=sma-cross'], 'input-invalid', /found sma-cross twice/, /,as=/],
    ['unknown strategy', ['--with', 'dcaa'], 'strategy-unknown', /"dcaa"; did you mean dca\?/, /./],
    ['unknown option', ['--with', 'dca,size=3'], 'input-invalid', /with.*instead of "size=3"/, /./],
    [
      'more than the whole',
      ['--with', 'dca,share=0.6', '--with', 'grid,share=0.4'],
      'input-invalid',
      /less than 1 together, found 1$/,
      /Leave something for sma-cross/,
    ],
    ['unknown instrument', ['--with', 'dca,on=XRP'], 'input-invalid', /no instrument XRP.*FILE:WAVE-USD/, /--data/],
    [
      'parameter of an unknown id',
      ['--with', 'dca', '--param', 'dcb.every=3'],
      'parameter-invalid',
      /"dcb".*which has sma-cross, dca; did you mean dca\?/,
      /<id>\.<name>/,
    ],
    [
      'unknown parameter of an id',
      ['--with', 'dca', '--param', 'dca.evry=3'],
      'parameter-invalid',
      /dca has no parameter "evry"; it has .*every/,
      /./,
    ],
    [
      'parameter of another',
      ['--with', 'dca', '--param', 'every=3'],
      'parameter-invalid',
      /sma-cross has no parameter "every"/,
      /--param dca\.every=/,
    ],
    [
      'one parameter twice',
      ['--param', 'fast=3', '--param', 'sma-cross.fast=4'],
      'parameter-invalid',
      /fast: expected once, found twice/,
      /./,
    ],
  ] as const)
    test(`${what} -> refused with what there is and what to do`, async () => {
      const { body } = await scene.json(['backtest', 'sma-cross', ...args, '--data', wave, ...QUICK]);
      assert.equal(body.error.code, code, body.error.message);
      assert.match(body.error.message, message);
      assert.match(body.error.hint, hint);
    });

  test('a schedule with a further strategy that there is not, or whose file is not here -> said now', async () => {
    const add = (name: string, further: string) =>
      scene.json([
        ...['schedules', 'add', name, 'backtest', '--cron', '0 3 * * *'],
        ...['--input', 'strategy=sma-cross', '--input', 'data=synthetic', '--input', `with=${further}`],
      ]);
    const unknown = await add('unknown', 'grid; dcaa,share=0.3');
    assert.equal(unknown.body.error.code, 'strategy-unknown');
    assert.match(unknown.body.error.message, /"dcaa"/);
    const absent = await add('absent', './absent.ts,as=mine; dca,share=0.3');
    assert.deepEqual(absent.body.data.schedule.input.with, ['./absent.ts,as=mine', 'dca,share=0.3']);
    assert.deepEqual(
      absent.body.warnings.map(({ code }) => code),
      ['strategy-file-absent'],
    );
  });

  test('the shell completes --with, and the parameters of all', async () => {
    const words = async (...line: string[]): Promise<readonly string[]> =>
      (await scene.run(['__complete', '--', 'backtest', 'sma-cross', ...line])).out
        .split('\n')
        .map((l) => l.split('\t')[0]!);
    assert.ok((await words('--wi')).includes('--with'));
    assert.ok((await words('--with', 'rsi')).includes('rsi2-reversion'));
    const offered = await words('--with', 'dca', '--with', 'sma-cross,as=slow', '--param', '');
    for (const word of ['fast=20', 'dca.every=', 'slow.slow=50'])
      assert.ok(
        offered.some((each) => each.startsWith(word)),
        `${word} in ${offered.join(' ')}`,
      );
  });
});
