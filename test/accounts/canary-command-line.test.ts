import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { type Ran, ROOT, Scene } from '../e2e/command-line.ts';
import { Canaries } from './canaries.ts';

const canaries = new Canaries();
const plant = (name: string, text?: string): string => canaries.plant(name, text);

const { privateKey } = generateKeyPairSync('ed25519');
const PEM = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
plant('pem', PEM.split('\n')[1]!.slice(-44));

/** Everything that the program may be told and must not tell. */
const KEPT = [plant('keptKey'), plant('keptSecret')] as const;
const NEW = [plant('newKey'), plant('newSecret')] as const;
const OKX = [plant('okxKey'), plant('okxSecret'), plant('okxPassphrase')] as const;
const OF_ENVIRONMENT = {
  TRADEWRIGHT_API_KEY: plant('environmentKey'),
  TRADEWRIGHT_API_SECRET: plant('environmentSecret'),
  TRADEWRIGHT_API_PASSPHRASE: plant('environmentPassphrase'),
};
const MASTER_PASSPHRASE = plant('masterPassphrase');
const PROVIDER = plant('providerKey');
const NEW_PROVIDER = plant('newProviderKey');
const NEXT_PASSPHRASE = plant('nextPassphrase');
const MASTER_KEY = plant('masterKey', 'c0ffee12d00dfeed34ab56cd78ef90a1b2c3d4e5f60718293a4b5c6d7e8f9012');
const ON_THE_LINE = plant('onTheLine');
const OUT_OF_PLACE = `${plant('outOfPlace')} with blanks`;
const DATABASE = plant('databasePassword');
const REDIS = plant('redisPassword');
const BARS = plant('barStorePassword');
const TRADINGVIEW = plant('tradingViewPassword');

/** How the exchange answers; what came in is quoted. */
const MODES: Readonly<Record<string, (quoted: string, response: ServerResponse) => void>> = {
  '401': (quoted, response) => send(response, 401, JSON.stringify({ code: -2015, msg: `Invalid key ${quoted}` })),
  '403': (quoted, response) => send(response, 403, `<html>${quoted}</html>`),
  malformed: (quoted, response) => send(response, 200, `{"echo": "${quoted}`),
  'another shape': (quoted, response) => send(response, 200, JSON.stringify({ canTrade: quoted, balances: quoted })),
};

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(body);
}

/** A strategy for errors that nobody foresees: the moment in which a secret is used fails with all that is at hand. */
const CRASH = `
import { inspect } from 'node:util';
const { Secret } = await import(${JSON.stringify(pathToFileURL(join(ROOT, 'src/core/vocabulary/secret.ts')).href)});
Secret.prototype.reveal = function () {
  throw Object.assign(new TypeError('cannot use ' + this + inspect(this) + JSON.stringify({ secret: this })), { secret: this, cause: { keys: [this] } });
};
`;

const scene = new Scene();
const outside = mkdtempSync(join(tmpdir(), 'tradewright-canary-'));
const seen: string[] = [];
let mode = '401';
let received = '';

const server = createServer((request: IncomingMessage, response: ServerResponse) => {
  const quoted = `${request.method} ${request.url} ${JSON.stringify(request.headers)}`;
  received += quoted;
  if (/\/time/.test(request.url ?? '')) send(response, 200, JSON.stringify({ serverTime: Date.now() }));
  else MODES[mode]!(quoted, response);
});

before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  writeFileSync(join(outside, 'passphrase'), `${MASTER_PASSPHRASE}\n`, { mode: 0o600 });
  writeFileSync(join(outside, 'crash.mjs'), CRASH);
});
after(() => {
  server.closeAllConnections();
  server.close();
  scene.remove();
  rmSync(outside, { recursive: true, force: true });
});

const local = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

/** Runs a line with everything planted in its environment that has a place there, and keeps all that it printed. */
async function run(
  line: string,
  input: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const ran = await scene.run(
    line.split(' '),
    { TRADEWRIGHT_LOCAL: local(), TRADEWRIGHT_MASTER_KEY: MASTER_KEY, ...env },
    input.map((text) => `${text}\n`).join(''),
  );
  seen.push(`${line}\n${ran.out}\n${ran.err}`);
  return ran;
}

async function failed(
  code: string,
  line: string,
  input: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { out, err } = await run(line, input, env);
  assert.ok(`${out}${err}`.includes(code), `${line}: expected ${code}, found\n${out}${err}`);
}

/** Files under the working folder, the databases' bytes with them. */
function files(): readonly (readonly [path: string, bytes: string])[] {
  return readdirSync(scene.folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(scene.folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => [path, readFileSync(path, 'latin1')] as const);
}

describe('canary secrets on the command line', () => {
  test('kept, tried, refused, rotated, crashed, locked anew -> in nothing that is printed or written', async () => {
    assert.ok(canaries.size >= 20, `${canaries.size} canaries`);
    assert.equal((await run('account add local --label kept --no-test', KEPT)).code, 0);
    assert.equal((await run('account add local --label pem --no-test --json', [plant('pemKey'), PEM])).code, 0);
    assert.equal((await run('account add ccxt:okx --label okx --env testnet --no-test', OKX)).code, 0);
    await run('account ls');
    await run('account ls --json');
    // Every way in which a request fails is gone through with the gateways themselves; here are those whose answer is quoted.
    for (mode of ['403', 'malformed']) await run('account check kept');
    for (mode of ['401', 'another shape']) await run('account check pem --json');
    mode = '401';
    assert.notDeepEqual(
      canaries.hits(received),
      [],
      'the exchange was sent a key, so that there was something to quote',
    );
    await failed('key-refused', 'account add local --label again', NEW);
    await failed('key-refused', 'account rotate kept --json', NEW);
    await failed('key-refused', 'account check local', [], OF_ENVIRONMENT);
    await failed('key-refused', 'account check local --json', [], OF_ENVIRONMENT);
    await failed('venue-unavailable', 'account check kept', [], { TRADEWRIGHT_LOCAL: 'https://nowhere.invalid' });
    await failed('venue-refused', 'account check kept', [], { TRADEWRIGHT_LOCAL: `http://user:${ON_THE_LINE}@` });
    await failed('key-unfit', 'account add local --label x --no-test', [OUT_OF_PLACE, 'secret']);
    await failed('secret-exposed', `account add local --label x --api-secret ${ON_THE_LINE}`);
    await failed('secret-exposed', `account add local ${ON_THE_LINE} --label x --json`);
    await failed('input-invalid', `account add local --label ${ON_THE_LINE} --json`);
    await failed('secret-exposed', `account rekey --passphrase ${ON_THE_LINE}`);
  });

  test('of a provider: kept, asked, refused, rotated -> the same', async () => {
    const networks = { TRADEWRIGHT_PROVIDER_NETWORKS: '127.0.0.1' };
    const add = `provider add xai grok --url ${local()}`;
    for (mode of ['403', 'another shape'])
      await failed(mode === '403' ? 'key-refused' : 'provider-refused', add, [PROVIDER], networks);
    assert.ok(received.includes(PROVIDER), 'it was sent, so that there was something to quote');
    assert.equal((await run(`${add} --no-test --json`, [PROVIDER])).code, 0);
    mode = '401';
    await failed('key-refused', 'provider check grok --json', [], networks);
    await failed('key-refused', 'provider rotate grok', [NEW_PROVIDER], networks);
    assert.equal((await run('provider rotate grok --no-test', [NEW_PROVIDER])).code, 0);
    await run('provider ls --json');
    await failed('input-invalid', `provider add xai x --url https://me:${ON_THE_LINE}@a --json`);
  });

  test('master key: wrong, invalid, several, a passphrase -> the same', async () => {
    const none = { TRADEWRIGHT_MASTER_KEY: '' };
    const file = { TRADEWRIGHT_MASTER_PASSPHRASE_FILE: join(outside, 'passphrase') };
    const other = plant('otherMasterKey', MASTER_KEY.split('').reverse().join(''));
    await failed('master-key-wrong', 'account check kept', [], { TRADEWRIGHT_MASTER_KEY: other });
    await failed('master-key-wrong', 'account check kept', [], { ...none, ...file });
    await failed('master-key-invalid', 'account check kept --json', [], { TRADEWRIGHT_MASTER_KEY: MASTER_PASSPHRASE });
    await failed('master-key-invalid', 'account check kept', [], file);
    assert.equal((await run('account revoke okx', [], none)).code, 0);
    assert.equal((await run('account rekey --passphrase', [NEXT_PASSPHRASE])).code, 0);
    await failed('master-key-wrong', 'account check kept --json');
    await failed('secret-missing', 'account check kept', [], none);
    await failed('master-key-wrong', 'account check kept', [MASTER_PASSPHRASE], none);
  });

  test('an error that nobody foresaw -> its report is written, without them', async () => {
    const none = { TRADEWRIGHT_MASTER_KEY: '' };
    const crash = { ...none, NODE_OPTIONS: `--import=${pathToFileURL(join(outside, 'crash.mjs')).href}` };
    await failed('unexpected', 'account check kept', [NEXT_PASSPHRASE], crash);
    await failed('unexpected', 'account add local --label y --json', KEPT, {
      ...crash,
      TRADEWRIGHT_MASTER_KEY: MASTER_KEY,
      TRADEWRIGHT_HOME: 'other',
    });
    await failed('unexpected', 'account check local', [], { ...crash, ...OF_ENVIRONMENT });
    await failed('unexpected', 'provider check grok', [NEXT_PASSPHRASE], crash);
    const reports = files().filter(([path]) => path.includes('/faults/'));
    assert.ok(reports.length >= 3, `${reports.length} reports`);
    for (const [path, text] of reports) assert.match(text, /cannot use \[secret\]/, path);
  });

  test('passwords of servers -> the same', async () => {
    const unreachable = (user: string): string => `postgres://trader:${user}@127.0.0.1:1/db`;
    await failed('vault-unavailable', 'account ls', [], { TRADEWRIGHT_VAULT: unreachable(DATABASE) });
    await run('account ls --json', [], { TRADEWRIGHT_VAULT: `postgres://trader:${DATABASE}@127.0.0.1:port/db` });
    await run('account ls', [], { TRADEWRIGHT_VAULT: `nonsense://${DATABASE}@x` });
    await failed('store-unavailable', 'data ls', [], { TRADEWRIGHT_BAR_STORE: unreachable(BARS) });
    const redis = `redis://:${REDIS}@127.0.0.1:1`;
    await failed('redis-unavailable', 'account check binance', [], { ...OF_ENVIRONMENT, TRADEWRIGHT_REDIS: redis });
    await run('doctor', [], { ...OF_ENVIRONMENT, TRADEWRIGHT_REDIS: redis, TRADEWRIGHT_BAR_STORE: unreachable(BARS) });
    await run('venues --json', [], {
      TRADEWRIGHT_TRADINGVIEW_USER: 'me',
      TRADEWRIGHT_TRADINGVIEW_PASSWORD: TRADINGVIEW,
    });
  });

  test('all that was printed and every byte that was written -> no canary in any form', () => {
    assert.ok(seen.length > 30, `${seen.length} lines were run`);
    for (const text of seen) {
      // The line itself is what the test typed.
      const printed = text.slice(text.indexOf('\n'));
      assert.deepEqual(canaries.hits(printed), [], text);
    }
    const written = files();
    assert.ok(written.some(([path]) => path.endsWith('home.sqlite')) && written.length > 4);
    for (const [path, bytes] of written) assert.deepEqual(canaries.hits(bytes), [], path);
  });
});
