import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, lstatSync, readFileSync, truncateSync } from 'node:fs';
import { createServer } from 'node:net';
import { after, describe, test } from 'node:test';
import { FAILURES, type Failure, type FailureCode } from '../../src/api/failures.ts';
import { failureOf } from '../../src/api/handlers/failure-of.ts';
import { execute } from '../../src/api/handlers/handlers.ts';
import { parseCommandLine } from '../../src/cli/parse.ts';
import { compose } from '../../src/compose.ts';
import { readConfig } from '../../src/config.ts';
import { Scene, waveCsv } from './command-line.ts';
import { openPastExchange } from './past-exchange.ts';

const scene = new Scene();
after(() => scene.remove());
const wave = scene.write('WAVE-USD.csv', waveCsv(300));

/** Bars of a file with what `change` makes of its rows. */
function csvWith(name: string, change: (rows: string[]) => string[]): string {
  const [header, ...rows] = waveCsv(50).trimEnd().split('\n');
  return scene.write(name, `${[header, ...change(rows)].join('\n')}\n`);
}

/** One cell of a row. */
function cell(row: string, column: number, text: string): string {
  return row
    .split(',')
    .map((old, k) => (k === column ? text : old))
    .join(',');
}

const refusal = scene.refused.bind(scene);

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

/** As {@link refusal}, in this process: what is said is the same, and a hundred processes need not start. */
async function refusalInside(args: readonly string[], code: FailureCode): Promise<Failure> {
  const call = { progress: () => true, warn() {}, update() {}, stop: new AbortController().signal };
  const world = compose(readConfig({ home: scene.path('.tradewright') }, {}, scene.folder));
  try {
    const { id, given } = parseCommandLine(args, false);
    await execute(id, given, world, call);
  } catch (error) {
    const failure = failureOf(error);
    assert.equal(failure.code, code, failure.message);
    assert.ok(failure.hint.length > 5);
    return failure;
  }
  return assert.fail(`${args.join(' ')} was not refused`);
}

const OWN_ADDRESS = 'this key works from any address';

describe('an account', () => {
  test('no key, a wrong secret, an objection that stands -> each with what to do, exit codes of their own', async () => {
    const past = await openPastExchange();
    try {
      const told = async (env: Readonly<Record<string, string>>, ...accept: readonly string[]) => {
        const flags = accept.flatMap((words) => ['--accept', words]);
        const { code, body } = await scene.json(['account', 'check', 'local', ...flags], { ...past.env, ...env });
        return [code, body.error?.code ?? null, body.error?.hint ?? ''] as const;
      };
      const [, missing] = await told({ TRADEWRIGHT_API_KEY: '' });
      assert.equal(missing, 'key-missing');
      const secret = 'a-secret-that-is-not-the-one';
      const refused = await scene.run(['account', 'check', 'local', '--accept', OWN_ADDRESS], {
        ...past.env,
        TRADEWRIGHT_API_SECRET: secret,
      });
      assert.equal(refused.code, FAILURES['key-refused'].exit);
      assert.ok(!`${refused.out}${refused.err}`.includes(secret), 'the secret is not told');
      const [exit, unfit, hint] = await told({}, 'yes');
      assert.deepEqual([exit, unfit], [FAILURES['key-unfit'].exit, 'key-unfit']);
      assert.ok(hint.includes(`--accept "${OWN_ADDRESS}"`), hint);
      assert.deepEqual((await told({}, OWN_ADDRESS)).slice(0, 2), [0, null]);
    } finally {
      await past.close();
    }
  });
});

const onFile = (file: string): readonly string[] => [
  'backtest',
  'sma-cross',
  '--data',
  file,
  '--no-checks',
  '--no-interval',
  '--param',
  'fast=2',
  '--param',
  'slow=5',
];

describe('data files', () => {
  test('empty file -> file-empty, exit 8', async () => {
    await refusal(onFile(scene.write('empty.csv', '')), 'file-empty');
  });

  test('header and no rows -> file-empty', async () => {
    await refusal(onFile(csvWith('norows.csv', () => [])), 'file-empty');
  });

  test('wrong columns -> columns-unknown with the headers found', async () => {
    const { message } = await refusal(onFile(scene.write('wrong.csv', 'a,b,c\n1,2,3\n')), 'columns-unknown');
    assert.match(message, /wrong\.csv:1: expected columns for time, open, high, low.*a \| b \| c/);
  });

  test('times in two units -> mixed-timestamps with line and value', async () => {
    const file = csvWith('mixed.csv', (rows) => rows.map((row, k) => (k === 7 ? cell(row, 0, '1704092400') : row)));
    const { details } = await refusal(onFile(file), 'mixed-timestamps');
    assert.equal(details['line'], 9);
  });

  test('unsorted rows -> refused with the line; with --sort -> runs and says so', async () => {
    const file = csvWith('unsorted.csv', ([a, b, c, ...rest]) => [a!, c!, b!, ...rest]);
    const { message } = await refusal(onFile(file), 'data-invalid');
    assert.match(message, /unsorted\.csv:4: bar-out-of-order/);
    const { code, body } = await scene.json([...onFile(file), '--sort']);
    assert.equal(code, 0);
    assert.ok(body.warnings.some((w) => w.code === 'bars-sorted'));
  });

  test('a row twice -> merged and said; the same time with other prices -> refused', async () => {
    const same = csvWith('same.csv', (rows) => [...rows.slice(0, 10), rows[9]!, ...rows.slice(10)]);
    const { code, body } = await scene.json(onFile(same));
    assert.equal(code, 0);
    assert.equal(body.data.data[0].bars, 50);
    assert.ok(body.warnings.some((w) => w.code === 'bar-duplicate'));
    const other = csvWith('other.csv', (rows) => [...rows.slice(0, 10), cell(rows[9]!, 5, '99'), ...rows.slice(10)]);
    const { message } = await refusal(onFile(other), 'data-invalid');
    assert.match(message, /other\.csv:12: bar-conflict/);
  });

  for (const [what, column, text, finding] of [
    ['NaN price', 4, 'NaN', 'not-a-number'],
    ['negative price', 3, '-5', 'price-not-positive'],
    ['high below low', 2, '1', 'high-below-low'],
    ['negative volume', 5, '-1', 'volume-negative'],
  ] as const) {
    test(`${what} -> data-invalid with file, line and finding`, async () => {
      const file = csvWith(`${finding}.csv`, (rows) => rows.map((row, k) => (k === 4 ? cell(row, column, text) : row)));
      const { details, message } = await refusal(onFile(file), 'data-invalid');
      assert.equal(details['line'], 6);
      assert.equal(details['finding'], finding);
      assert.match(message, new RegExp(`${finding}\\.csv:6`));
    });
  }

  test('missing bars -> runs; gaps are counted', async () => {
    const { code, body } = await scene.json(
      onFile(csvWith('gaps.csv', (rows) => rows.filter((_, k) => k < 10 || k > 14))),
    );
    assert.equal(code, 0);
    assert.equal(body.data.data[0].gaps, 1);
    assert.equal(body.data.data[0].missingBars, 5);
  });

  test('zero volume -> runs with a warning', async () => {
    const { code, body } = await scene.json(
      onFile(csvWith('zero.csv', (rows) => rows.map((row) => cell(row, 5, '0')))),
    );
    assert.equal(code, 0);
    assert.ok(body.warnings.some((w) => w.code === 'zero-volume'));
  });

  test('a first line without end -> header-too-long at once', async () => {
    const plainMs = await timed(() => refusal(onFile(scene.write('none.csv', '')), 'file-empty'));
    const tookMs = await timed(() =>
      refusal(onFile(scene.write('header.csv', 'x'.repeat(5_000_000))), 'header-too-long'),
    );
    assert.ok(tookMs < Math.max(5_000, 5 * plainMs), `${tookMs} ms; of an empty file ${plainMs} ms`);
  });

  test('no such file -> file-not-found, exit 3; no such series -> data-unknown', async () => {
    await refusal(onFile('absent.csv'), 'file-not-found');
    await refusal(onFile('BINANCE:ABSENT'), 'data-unknown');
  });

  test('import of a file with an error in it -> nothing is stored', async () => {
    const file = csvWith('bad.csv', (rows) => rows.map((row, k) => (k === 40 ? cell(row, 4, 'NaN') : row)));
    await refusal(['data', 'import', file, '--symbol', 'X:BAD'], 'data-invalid');
    assert.deepEqual((await scene.json(['data', 'ls'])).body.data.series, []);
  });

  test('import of several files of which one cannot be stored -> none is, and a dry run says the same', async () => {
    const rows = waveCsv(50).trimEnd().split('\n').slice(1);
    const good = csvWith('GOOD.csv', () => rows);
    const bad = csvWith('BAD.csv', () => rows.map((row, k) => (k === 40 ? cell(row, 4, 'NaN') : row)));
    const other = csvWith('OTHER.csv', () => rows.map((row, k) => (k === 7 ? cell(row, 5, '77') : row)));
    await refusal(['data', 'import', good, bad], 'data-invalid');
    const both = ['data', 'import', good, other, '--symbol', 'X:BOTH'];
    const conflict = await refusal(both, 'data-conflict');
    assert.match(
      conflict.message,
      /OTHER\.csv:9: the bar of X:BOTH at \S+ is stored with other values: open .*volume 77$/,
    );
    assert.equal(conflict.details['line'], 9);
    const tried = (await scene.json([...both, '--dry-run'])).body.data;
    assert.deepEqual([tried.allowed, tried.refusal.code], [false, 'data-conflict']);
    assert.deepEqual((await scene.json(['data', 'ls'])).body.data.series, []);
  });

  test('a symbol with a timeframe behind it, or too long for a folder -> refused before anything is read', async () => {
    for (const symbol of ['X:Y@1h', `X:${'Y'.repeat(300)}`, `X:${'語'.repeat(40)}`]) {
      const { details } = await refusal(['data', 'import', wave, '--symbol', symbol], 'input-invalid');
      assert.equal(details['field'], 'symbol');
    }
  });

  test('an export over a folder or a socket, even forced -> refused; it stays what it is', async () => {
    await scene.json(['data', 'import', wave, '--symbol', 'X:OUT']);
    const socket = scene.path('socket.csv');
    const server = createServer().listen(socket);
    await once(server, 'listening');
    try {
      const { details } = await refusal(['data', 'export', 'X:OUT', socket, '--force'], 'file-unreadable');
      assert.deepEqual([details['file'], details['found']], [socket, 'a device, a pipe or a socket']);
      await refusal(['data', 'export', 'X:OUT', scene.folder, '--force'], 'file-unreadable');
      assert.ok(lstatSync(socket).isSocket());
    } finally {
      server.close();
    }
    await scene.json(['data', 'rm', 'X:OUT']);
  });

  test('a damaged series -> named by the list with how to remove it, in nobody’s way, and removed', async () => {
    for (const symbol of ['X:SOUND', 'X:HURT']) await scene.json(['data', 'import', wave, '--symbol', symbol]);
    truncateSync(scene.path('.tradewright/data/X/HURT/1h/bars.tw'), 5_000);
    const { body } = await scene.json(['data', 'ls']);
    assert.deepEqual(
      body.data.series.map((each: { instrument: string }) => each.instrument),
      ['X:SOUND'],
    );
    assert.deepEqual(
      body.warnings.map(({ code, hint, message }) => [code, hint, message.endsWith('.')]),
      [['file-damaged', 'Remove it and import it again: tradewright data rm X:HURT@1h', false]],
    );
    assert.equal((await scene.json(onFile('X:SOUND'))).code, 0);
    const { hint, details } = await refusal(onFile('X:HURT'), 'file-damaged');
    assert.match(hint, /data rm X:HURT@1h$/);
    assert.match(String(details['file']), /HURT.1h.bars\.tw$/);
    assert.equal((await scene.json(['data', 'rm', 'X:HURT'])).code, 0);
    assert.equal((await scene.json(['data', 'import', wave, '--symbol', 'X:HURT'])).code, 0);
    for (const symbol of ['X:SOUND', 'X:HURT']) await scene.json(['data', 'rm', symbol]);
  });
});

describe('requests', () => {
  const run = (...more: string[]): readonly string[] => [
    'backtest',
    'sma-cross',
    '--data',
    scene.path(wave),
    '--no-checks',
    '--no-interval',
    ...more,
  ];
  for (const [what, args, code, says] of [
    [
      'parameter out of range',
      run('--param', 'fast=900'),
      'parameter-invalid',
      /fast: expected a whole number from 2 to 200, found "900"/,
    ],
    ['unknown parameter', run('--param', 'fsat=9'), 'parameter-invalid', /no parameter "fsat"; it has fast, slow/],
    [
      'parameters that do not go together',
      run('--param', 'fast=60', '--param', 'slow=50'),
      'parameter-invalid',
      /fast must be less than slow/,
    ],
    ['parameter without a value', run('--param', 'fast'), 'input-invalid', /expected name=value, found "fast"/],
    ['fee of 100 %', run('--fee', '100%'), 'input-invalid', /fee: expected .* 5 %/],
    ['fee of 0.1 meant as percent', run('--fee', '0.1'), 'input-invalid', /this is 10 %.*0\.1% or 0\.001/],
    ['zero cash', run('--cash', '0'), 'input-invalid', /cash: expected capital above 0, found 0/],
    ['cash that is no number', run('--cash', 'much'), 'input-invalid', /^cash: expected a number, found "much"$/],
    ['leverage 0', run('--leverage', '0'), 'input-invalid', /leverage: expected 1 or more, found 0/],
    [
      'leverage of a cash account',
      run('--account', 'cash', '--leverage', '2'),
      'input-invalid',
      /leverage: a cash account borrows nothing, found leverage 2/,
    ],
    [
      'leverage beyond the instrument’s',
      run('--leverage', '50'),
      'input-invalid',
      /leverage: FILE:WAVE-USD gives at most 20 times, found leverage 50/,
    ],
    [
      'fill rules that exclude each other',
      run('--fills', 'close,next-open'),
      'input-invalid',
      /one of close and next-open/,
    ],
    ['a tick of 0', run('--tick', '0.0'), 'input-invalid', /tick: expected a positive step such as 0.01, found "0.0"/],
    [
      'an end before the beginning',
      run('--from', '2024-01-05', '--to', '2024-01-04'),
      'input-invalid',
      /to: expected a time after --from 2024-01-05T00:00:00Z, found 2024-01-04T00:00:00Z/,
    ],
    [
      'unknown strategy',
      ['backtest', 'sma-crss', '--data', scene.path(wave)],
      'strategy-unknown',
      /did you mean sma-cross\?/,
    ],
    [
      'schedule of an unknown strategy',
      ['schedules', 'add', 'nightly', 'backtest', '--cron', '30 2 * * *', '--input', 'strategy=sma-crss'],
      'strategy-unknown',
      /did you mean sma-cross\?/,
    ],
    [
      'the synthetic market where only the catalogue counts',
      ['data', 'check', 'synthetic'],
      'data-unknown',
      /the catalogue has no synthetic$/,
    ],
    ['unknown flag', run('--slipage', '1tick'), 'flag-unknown', /no flag --slipage; did you mean --slippage\?/],
    ['unknown command', ['bactest', 'sma-cross'], 'command-unknown', /did you mean backtest\?/],
    [
      'unknown symbol',
      ['backtest', 'sma-cross', '--data', 'synthetic', '--symbol', 'ALPHA-USDT'],
      'symbol-unknown',
      /did you mean SYNTH:ALPHA-USD\?/,
    ],
    [
      'finer timeframe than the data',
      run('--timeframe', '5m'),
      'input-invalid',
      /5m bars cannot be built from the 1h bars/,
    ],
    [
      'a tick too fine for its prices',
      run('--tick', '0.00000000000001'),
      'input-invalid',
      /tick: expected 1e-\d+ or more/,
    ],
    [
      'a place for reports where no folder can be',
      run('--out', '/proc/reports'),
      'home-not-writable',
      /mkdir|cannot write/,
    ],
    ['no timeframe', run('--timeframe', '7x'), 'input-invalid', /expected a timeframe such as/],
    ['period without bars', run('--from', '2050-01-01'), 'data-empty', /there are bars from 2024-01-01/],
    ['gate with a metric that is none', run('--fail-if', 'sharp < 1'), 'expression-invalid', /did you mean sharpe\?/],
    ['gate that is no expression', run('--fail-if', 'sharpe < 1 +'), 'expression-invalid', /at character 12/],
    ['gate that calls something', run('--fail-if', 'process.exit(3)'), 'expression-invalid', /expected/],
    [
      'limit that is none',
      run('--limits', scene.write('limits.json', '{"drawdwnPct": 3}')),
      'limits-invalid',
      /drawdwnPct/,
    ],
    ['one word too many', ['runs', 'ls', 'all'], 'input-invalid', /one word too many/],
    [
      'an export under the name of another format',
      ['data', 'export', 'X:WAVE-USD', 'wave.parquet'],
      'format-unsupported',
      /an export is a CSV file, expected \.csv or \.csv\.gz, found \.parquet/,
    ],
    ['no data', ['backtest', 'sma-cross'], 'input-invalid', /data: expected one, found none/],
    ['unknown run', ['runs', 'show', 'bt_ZZZZZZ'], 'run-unknown', /no run bt_ZZZZZZ/],
    ['strategy id that is none', ['new', 'strategy', 'Bad_Id'], 'input-invalid', /kebab-case/],
  ] as const) {
    test(`${what} -> ${code}`, async () => {
      const { message } = await refusalInside(args, code);
      assert.match(message, says);
    });
  }

  test('refusal as text -> standard output empty, error, hint and page on standard error', async () => {
    const { code, out, err } = await scene.run(run('--cash', '0'));
    assert.equal(code, 2);
    assert.equal(out, '');
    assert.match(err, /error .*cash/);
    assert.match(err, /hint .*tradewright help backtest/);
    assert.match(err, /docs .*input-invalid/);
  });

  test('files that are there -> not overwritten without --force', async () => {
    await scene.run(['new', 'strategy', 'mine']);
    await refusal(['new', 'strategy', 'mine'], 'file-exists');
    assert.equal((await scene.run(['new', 'strategy', 'mine', '--force'])).code, 0);
  });
});

describe('failures table', () => {
  test('exit codes: every failure -> one of the published codes', () => {
    const published = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 124, 130];
    for (const [code, kind] of Object.entries(FAILURES)) {
      assert.ok(published.includes(kind.exit), code);
      assert.ok(kind.status >= 400 && kind.status < 600, code);
    }
  });

  test('pages: every failure -> a page of the documentation', { skip: missingPages() }, () => {
    for (const { docs } of Object.values(FAILURES))
      assert.ok(readFileSync(new URL(`../../docs/${docs}.md`, import.meta.url), 'utf8').length > 0);
  });
});

/** The how-to pages are written after the table. */
function missingPages(): string | false {
  const absent = [...new Set(Object.values(FAILURES).map((f) => f.docs))].filter(
    (page) => !existsSync(new URL(`../../docs/${page}.md`, import.meta.url)),
  );
  return absent.length > 0 ? `pages not written yet: ${absent.join(', ')}` : false;
}
