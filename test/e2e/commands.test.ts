import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { schemaName } from '../../src/api/operation.ts';
import { COMMAND_IDS, type CommandId, OPERATIONS, operationOf } from '../../src/api/operations/table.ts';
import { flagsOf } from '../../src/cli/flags.ts';
import { commandHelp } from '../../src/cli/help.ts';
import { parseCommandLine } from '../../src/cli/parse.ts';
import { styleFor } from '../../src/cli/style.ts';
import { standIn } from '../notify/service-stand-in.ts';
import { providerStandIn } from '../providers/provider-stand-in.ts';
import { type RunningScene, Scene, strategyFile, waveCsv } from './command-line.ts';
import { openPastExchange } from './past-exchange.ts';
import { wireComplaints } from './wire-complaints.ts';

const scene = new Scene();
after(() => scene.remove());
const past = await openPastExchange();
after(() => past.close());
const MODELS_KEY = 'key-of-the-stand-in';
const models = await providerStandIn();
models.state.keys.add(MODELS_KEY);
after(() => models.close());
/** Takes tests of the channel, and nothing else: `delivery retry` needs what was given up. */
const receiver = await standIn(({ json }) => ({ status: json.data.rule === 'test' ? 204 : 410 }));
after(() => receiver.close());
const env: Record<string, string> = { ...past.env, TRADEWRIGHT_PROVIDER_NETWORKS: '127.0.0.1' };
const wave = scene.write('WAVE-USD_1h.csv', waveCsv(600));
scene.write(
  '.tradewright/promotion.json',
  JSON.stringify({
    ...{ backtestDays: 0, backtestTrades: 0, backtestSharpe: null, checks: false },
    ...{ testnetHours: 0, testnetRestarts: 0, testnetReconciliations: 0 },
  }),
);
scene.write(
  'buyer.ts',
  strategyFile(
    'buyer',
    "if (!c.position.isOpen) c.buy({ size: { pctEquity: 0.5 }, why: 'hold' });",
    "sources: { score: { about: 'of the day' } },",
  ),
);

scene.write('limits.json', '{"positionPct": 50}');
// `account add` comes later in the table, and `live` needs an account.
await scene.run(
  ['account', 'add', 'local', '--label', 'live-e2e', '--env', 'local', '--no-test'],
  past.env,
  `${past.env['TRADEWRIGHT_API_KEY']}\n${past.env['TRADEWRIGHT_API_SECRET']}\n`,
);
// Nothing else runs it, so that it has one set of parameters.
scene.write(
  'idea.ts',
  strategyFile('idea', "if (!c.position.isOpen) c.buy({ size: { pctEquity: 0.5 }, why: 'hold' });"),
);
/** A session that runs while others command it; ended and begun again by `stop`. */
const DESK = ['paper', './buyer.ts', '--venue', 'local', '--symbols', 'BTCUSDT', '--session', 'desk'];
let desk: RunningScene;
const startDesk = async (): Promise<void> => {
  desk = await scene.startRunning(DESK, past.env);
};
before(startDesk);
after(() => desk.end());
const RESTING = ['BTCUSDT', '--qty', '0.001', '--limit', '93000', '--session', 'desk'];

/** One working command line for every operation, in an order in which each finds what it needs. */
const LINES: { readonly [K in CommandId]: readonly string[] } = {
  demo: ['demo'],
  backtest: ['backtest', 'sma-cross', '--data', wave, '--param', 'fast=5', '--param', 'slow=20', '--no-checks'],
  check: ['check', './buyer.ts', '--data', wave],
  'new-strategy': ['new', 'strategy', 'first-idea'],
  'strategy-register': ['strategy', 'register', './idea.ts', '--param', 'length=7'],
  'strategy-versions': ['strategy', 'versions', 'idea'],
  'strategy-show': ['strategy', 'show', 'idea'],
  'strategy-approve': ['strategy', 'approve', 'idea', '--reason', 'it is understood'],
  'strategy-promote': ['strategy', 'promote', 'idea', '--to', 'testnet', '--reason', 'thresholds ask for nothing'],
  'strategy-demote': ['strategy', 'demote', 'idea', '--retire', '--reason', 'only a test'],
  'data-import': ['data', 'import', wave, '--symbol', 'X:WAVE-USD'],
  'data-ls': ['data', 'ls'],
  'data-symbols': ['data', 'symbols'],
  'data-status': ['data', 'status', '--follow', '--seconds', '0.2'],
  'data-bars': ['data', 'bars', 'x', 'wave-usd', '1h', '--limit', '5'],
  'data-check': ['data', 'check', wave],
  'data-generate': ['data', 'generate', '--from', '2024-01-01', '--to', '2024-03-11'],
  'data-export': ['data', 'export', 'X:WAVE-USD', 'out.csv'],
  'data-rm': ['data', 'rm', 'X:WAVE-USD'],
  'data-get': ['data', 'get', 'local', 'BTCUSDT', '1m', '--from', past.firstDay],
  'data-sync': ['data', 'sync', '--venue', 'local'],
  venues: ['venues'],
  watch: ['watch', 'local', 'BTCUSDT', '--seconds', '1.2'],
  listen: ['listen', '--seconds', '0.2'],
  latest: ['latest', 'local', 'BTCUSDT'],
  quote: ['quote', 'local', 'BTCUSDT'],
  paper: ['paper', 'sma-cross', '--venue', 'local', '--symbols', 'BTCUSDT', '--session', 'e2e', '--seconds', '1.2'],
  live: [
    ...[
      'live',
      'sma-cross',
      '--account',
      'live-e2e',
      '--confirm',
      'live-e2e',
      '--limits',
      'limits.json',
      '--symbols',
      'BTCUSDT',
    ],
    ...['--cash', '1000', '--accept', 'this key works from any address', '--seconds', '1.2'],
  ],
  sessions: ['sessions'],
  'session-bars': [
    'session',
    'bars',
    '--session',
    'e2e',
    '--indicator',
    'ema:length=3',
    '--follow',
    '--seconds',
    '0.2',
  ],
  'session-show': ['session', 'show', 'e2e'],
  replay: ['replay', 'e2e', '--speed', '0'],
  parity: ['parity', 'e2e'],
  status: ['status', 'desk', '--follow', '--seconds', '0.7'],
  positions: ['positions', '--session', 'desk', '--follow', '--seconds', '0.7'],
  balances: ['balances', 'desk', '--follow', '--seconds', '0.2'],
  equity: ['equity', 'desk', '--follow', '--seconds', '0.2'],
  profit: ['profit', '--session', 'desk', '--follow', '--seconds', '0.2'],
  orders: ['orders', '--session', 'desk', '--all', '--follow', '--seconds', '0.7'],
  fills: ['fills', '--session', 'desk', '--follow', '--seconds', '0.7'],
  events: ['events', '--session', 'desk', '--follow', '--seconds', '0.7'],
  why: ['why', 'last', '--session', 'desk'],
  'limits-show': ['limits', 'show', 'desk', '--follow', '--seconds', '0.2'],
  'limits-set': ['limits', 'set', 'positionPct=80', 'daily-loss-pct=9', '--session', 'desk', '--reason', 'drill'],
  'order-buy': ['order', 'buy', ...RESTING],
  'order-sell': [
    'order',
    'sell',
    'BTCUSDT',
    '--qty',
    '0.001',
    '--limit',
    '97000',
    '--reduce-only',
    '--session',
    'desk',
  ],
  'order-show': ['order', 'show', 'last', '--session', 'desk'],
  'order-place': ['order', 'place', 'buy', ...RESTING],
  'order-amend': ['order', 'amend', 'last', '--price', '92000', '--session', 'desk'],
  'order-cancel-all': ['order', 'cancel-all', '--session', 'desk'],
  'order-cancel': ['order', 'cancel', 'last', '--session', 'desk'],
  'source-give': ['source', 'give', 'score', '0.7', '--session', 'desk'],
  pause: ['pause', 'desk'],
  resume: ['resume', 'desk'],
  kill: ['kill', '--level', 'halt', '--session', 'desk', '--reason', 'drill'],
  rearm: ['rearm', '--session', 'desk', '--confirm', 'account:paper:desk', '--reason', 'over'],
  watchdog: ['watchdog', '--all', '--policy', 'nothing', '--seconds', '1.2'],
  stop: ['stop', 'desk'],
  exchange: ['exchange', '--port', '0', '--seconds', '0.3'],
  'jobs-add': ['jobs', 'add', 'backtest', '--id', 'e2e', '--input', 'strategy=sma-cross', '--input', `data=${wave}`],
  'jobs-ls': ['jobs', 'ls', '--follow', '--seconds', '0.7'],
  'jobs-show': ['jobs', 'show', 'e2e', '--follow', '--seconds', '0.7'],
  'jobs-cancel': ['jobs', 'cancel', 'e2e'],
  'jobs-retry': ['jobs', 'retry', 'e2e'],
  'schedules-ls': ['schedules', 'ls', '--follow', '--seconds', '0.2'],
  'schedules-add': ['schedules', 'add', 'nightly', 'data-sync', '--cron', '30 2 * * *', '--time-zone', 'Europe/Berlin'],
  'schedules-pause': ['schedules', 'pause', 'nightly'],
  'schedules-resume': ['schedules', 'resume', 'nightly'],
  'schedules-run': ['schedules', 'run', 'nightly'],
  'schedules-remove': ['schedules', 'remove', 'nightly'],
  serve: ['serve', '--port', '0', '--seconds', '0.3'],
  mcp: ['mcp'],
  // Elsewhere, so that no server that is started later keeps it running.
  'strategy-start': [
    ...['strategy', 'start', 'sma-cross', '--venue', 'local', '--symbols', 'BTCUSDT', '--home', 'elsewhere'],
  ],
  'deployment-add': [
    ...['deployment', 'add', 'sma-cross', '--account', 'e2e', '--limits', 'limits.json', '--symbols', 'BTCUSDT'],
    ...['--cash', '100', '--confirm', 'e2e'],
  ],
  'deployment-ls': ['deployment', 'ls', '--follow', '--seconds', '0.2'],
  'deployment-rm': ['deployment', 'rm', 'e2e-sma-cross'],
  'apikey-add': ['apikey', 'add', 'e2e', '--scope', 'read', '--ip', '127.0.0.1'],
  'apikey-ls': ['apikey', 'ls'],
  'apikey-revoke': ['apikey', 'revoke', 'e2e'],
  'users-add': ['users', 'add', 'ann', '--scope', 'read', '--scope', 'trade'],
  'users-ls': ['users', 'ls'],
  'users-set-scopes': ['users', 'set-scopes', 'ann', '--scope', 'read'],
  'users-set-password': ['users', 'set-password', 'ann'],
  'users-remove': ['users', 'remove', 'ann'],
  'journal-verify': ['journal', 'verify', 'e2e'],
  'journal-backup': ['journal', 'backup', 'e2e', 'e2e.jsonl'],
  'journal-restore': ['journal', 'restore', 'e2e.jsonl', '--home', 'restored'],
  'account-add': ['account', 'add', 'local', '--label', 'e2e', '--accept', 'this key works from any address'],
  'account-ls': ['account', 'ls'],
  'account-rotate': ['account', 'rotate', 'e2e', '--no-test'],
  'account-revoke': ['account', 'revoke', 'e2e'],
  'account-rekey': ['account', 'rekey', '--key-file', '.tradewright/other.key'],
  'provider-add': ['provider', 'add', 'xai', 'grok', '--url', `${models.url}/xai/v1`],
  'provider-ls': ['provider', 'ls'],
  'provider-check': ['provider', 'check', 'grok'],
  'provider-set': ['provider', 'set', 'grok', 'grok-4.3'],
  'provider-rotate': ['provider', 'rotate', 'grok', '--no-test'],
  'provider-rm': ['provider', 'rm', 'grok'],
  'account-check': ['account', 'check', 'local', '--accept', 'this key works from any address'],
  'runs-ls': ['runs', 'ls', '--follow', '--seconds', '0.2'],
  'runs-show': ['runs', 'show', 'last'],
  'runs-result': ['runs', 'result', 'last'],
  'runs-diff': ['runs', 'diff', 'last', 'last'],
  report: ['report', 'last', '--format', 'md'],
  'channel-add': ['channel', 'add', 'webhook', 'hook', '--url', receiver.url, '--allow', '127.0.0.1'],
  'channel-ls': ['channel', 'ls'],
  'channel-test': ['channel', 'test', 'hook'],
  'channel-rotate': ['channel', 'rotate', 'hook'],
  'alert-add': ['alert', 'add', 'pages', '--channel', 'hook', '--channel', 'hook2', '--severity', 'page'],
  'alert-ls': ['alert', 'ls', '--all', '--follow', '--seconds', '0.2'],
  'alert-test': ['alert', 'test', 'pages'],
  'alert-ack': ['alert', 'ack', '1'],
  'alert-run': ['alert', 'run', '--seconds', '1.2'],
  deliveries: ['deliveries', '--follow', '--seconds', '0.2'],
  logs: ['logs', '--follow', '--seconds', '0.2'],
  'delivery-retry': ['delivery', 'retry', 'last'],
  'alert-rm': ['alert', 'rm', 'pages'],
  'channel-rm': ['channel', 'rm', 'hook'],
  query: ['query', 'trades', '--session', 'e2e', '--follow', '--seconds', '0.2'],
  strategies: ['strategies', 'sma-cross'],
  indicators: ['indicators', 'rsi'],
  docs: ['docs'],
  'config-explain': ['config', 'explain'],
  doctor: ['doctor'],
  completion: ['completion', 'zsh'],
  version: ['version'],
  help: ['help', 'backtest'],
};

/** For the second time, where the first left something behind that is not overwritten. */
const LINES_AGAIN: { readonly [K in CommandId]?: readonly string[] } = {
  'new-strategy': [...LINES['new-strategy'], '--force'],
  'data-export': [...LINES['data-export'], '--force'],
  'journal-backup': ['journal', 'backup', 'e2e', 'e2e-again.jsonl'],
  'journal-restore': ['journal', 'restore', 'e2e.jsonl', '--home', 'restored-again'],
  'account-add': ['account', 'add', 'local', '--label', 'again', '--no-test'],
  'account-revoke': ['account', 'revoke', 'again'],
  'account-rekey': ['account', 'rekey', '--key-file', '.tradewright/third.key'],
  'provider-add': [
    ...['provider', 'add', 'compatible', 'again', '--keyless', '--url', `${models.url}/ollama/v1`, '--model', 'other'],
  ],
  'provider-rm': ['provider', 'rm', 'again'],
  'deployment-add': LINES['deployment-add'].map((word) => (word === 'e2e' ? 'again' : word)),
  'deployment-rm': ['deployment', 'rm', 'again-sma-cross'],
  'apikey-add': ['apikey', 'add', 'again'],
  'schedules-add': ['schedules', 'add', 'again', 'report', '--cron', '* * * * *', '--input', 'run=last'],
  'schedules-remove': ['schedules', 'remove', 'again'],
  // The newest one, which waits.
  'jobs-add': ['jobs', 'add', 'report', '--input', 'run=last'],
  'jobs-cancel': ['jobs', 'cancel', 'last'],
  'jobs-retry': ['jobs', 'retry', 'last'],
  'apikey-revoke': ['apikey', 'revoke', 'again'],
  'users-add': ['users', 'add', 'bob'],
  'users-remove': ['users', 'remove', 'bob'],
  'channel-add': ['channel', 'add', 'webhook', 'hook2', '--url', 'https://10.1.2.3/hook'],
  'channel-rm': ['channel', 'rm', 'hook2'],
  'alert-add': ['alert', 'add', 'again', '--channel', 'hook2', '--when', 'drawdown > 5%'],
  'alert-rm': ['alert', 'rm', 'again'],
  // It stands at the first stage already.
  'strategy-promote': LINES['strategy-promote'].map((word) => (word === 'testnet' ? 'paper' : word)),
};

const { TRADEWRIGHT_API_KEY: apiKey, TRADEWRIGHT_API_SECRET: apiSecret } = past.env;
let rotations = 0;

/** What stands on standard input. */
function inputOf(id: CommandId): string {
  if (id === 'users-add' || id === 'users-set-password') return 'four words by chance\n';
  if (id === 'account-add') return `${apiKey}\n${apiSecret}\n`;
  if (id === 'provider-add') return `${MODELS_KEY}\n`;
  if (id === 'provider-rotate') return `another-key-${rotations++}\n`;
  return id === 'account-rotate' ? `${apiKey}\nanother-secret-${rotations++}\n` : '';
}

describe('every command', () => {
  for (const id of COMMAND_IDS) {
    test(`${operationOf(id).name}: --json -> one object of its published schema, nothing else on standard output`, async () => {
      if (operationOf(id).ownsOutput) {
        // Nobody has spoken to it, so that it says nothing, in JSON or otherwise.
        const { code, out } = await scene.run([...LINES[id], '--json']);
        assert.deepEqual([code, out], [0, '']);
        return;
      }
      const { code, body, updates } = await scene.json(LINES[id], env, inputOf(id));
      assert.equal(code, 0, JSON.stringify(body.error));
      if (id === 'account-rekey') env['TRADEWRIGHT_MASTER_KEY_FILE'] = LINES[id].at(-1)!;
      assert.equal(body.schema, schemaName(operationOf(id)));
      assert.equal(body.ok, true);
      const parsed = OPERATIONS[id].output.safeParse(body.data);
      assert.ok(parsed.success, JSON.stringify(parsed.error?.issues));
      assert.deepEqual(wireComplaints([body.data, updates]), []);
      const { kind, update } = operationOf(id);
      assert.equal(updates.length > 0, kind === 'stream', `${updates.length} updates`);
      for (const { schema: _, ...told } of updates) update!.parse(told);
    });

    test(`${operationOf(id).name}: as text without a terminal -> no colour, at most 100 columns, hints on standard error`, async () => {
      if (operationOf(id).ownsOutput) return;
      if (id === 'stop') {
        await desk.ended;
        await startDesk();
      }
      if (id === 'data-import') await scene.run(LINES['data-import']);
      const line = LINES_AGAIN[id] ?? LINES[id];
      if (id === 'data-export' || id === 'data-rm') await scene.run(LINES['data-import']);
      const { code, out, err } = await scene.run(line, env, inputOf(id));
      assert.equal(code, 0, err);
      if (id === 'account-rekey') env['TRADEWRIGHT_MASTER_KEY_FILE'] = line.at(-1)!;
      assert.ok(out.trim() !== '', 'something is printed');
      assert.ok(!out.includes('\u001b') && !err.includes('\u001b'), 'no control sequences');
      if (operationOf(id).isService === true)
        assert.match(out, / running [\s\S]*http:\/\/127\.0\.0\.1:\d+/, 'where it is');
      if (id !== 'completion')
        for (const text of out.split('\n'))
          assert.ok(Array.from(text).length <= 100, `${text.length} columns: ${text}`);
      assert.doesNotMatch(out, /^ next /m, 'the hint is no data');
    });

    test(`${operationOf(id).name}: its examples -> are read as they are written`, () => {
      for (const { command } of operationOf(id).examples) {
        const words = [...command.replace(/ >>? .*/, '').matchAll(/'([^']*)'|(\S+)/g)].map((m) => m[1] ?? m[2]!);
        assert.equal(parseCommandLine(words, false).id, id);
      }
    });

    test(`${operationOf(id).name}: its help -> usage, every example, every flag with what it does, at most 100 columns`, () => {
      const row = operationOf(id);
      const text = commandHelp(row, styleFor(false));
      for (const { command } of row.examples) assert.ok(text.includes(`tradewright ${command}`), command);
      for (const flag of flagsOf(row)) {
        assert.ok(text.includes(flag.position === null ? flag.name : flag.placeholder), flag.name);
        assert.ok(flag.description.length > 3, `${flag.name} is documented`);
      }
      for (const line of text.split('\n'))
        if (!line.includes('tradewright ')) assert.ok(Array.from(line).length <= 100, line);
    });
  }
});

describe('help', () => {
  test('--help after a command, help before it -> the same; without a command -> all of them', async () => {
    const [after_, before, all] = await Promise.all([
      scene.run(['data', 'import', '--help']),
      scene.run(['help', 'data', 'import']),
      scene.run([]),
    ]);
    assert.equal(after_.code, 0);
    assert.equal(after_.out, before.out);
    for (const id of COMMAND_IDS) assert.ok(all.out.includes(operationOf(id).summary));
  });

  test('unambiguous beginning of a name -> only interactively', () => {
    assert.equal(parseCommandLine(['back', 'sma-cross'], true).id, 'backtest');
    assert.throws(() => parseCommandLine(['back', 'sma-cross'], false), /did you mean backtest/);
  });
});

describe('completion', () => {
  const words = async (...line: string[]): Promise<readonly string[]> =>
    (await scene.run(['__complete', '--', ...line])).out
      .split('\n')
      .filter((l) => l !== '')
      .map((l) => l.split('\t')[0]!);

  test('candidates: commands, flags, names, values -> what may stand there', async () => {
    assert.deepEqual(await words('data', 'im'), ['import']);
    assert.ok((await words('backtest', 'sma-cross', '--fa')).includes('--fail-if'));
    assert.ok((await words('backtest', 'sma')).includes('sma-cross'));
    assert.ok((await words('backtest', 'sma-cross', '--data', 'syn')).includes('synthetic'));
    assert.ok((await words('backtest', 'sma-cross', '--param', 'fa')).includes('fast=20'));
    assert.deepEqual(await words('completion', ''), ['bash', 'zsh', 'fish', 'pwsh']);
    assert.ok((await words('runs', 'show', '')).includes('last'));
    assert.deepEqual(await words('data', 'import', ''), [], 'files are the shell’s own');
  });
});
