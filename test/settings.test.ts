import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { Failure } from '../src/api/failures.ts';
import { readConfig, readConfigAnyway } from '../src/config.ts';
import { fileKey, SETTINGS } from '../src/settings.ts';
import { Scene } from './e2e/command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'tradewright-settings-'));
after(() => rmSync(folder, { recursive: true }));
const FILE = join(folder, 'tradewright.json');

function withFile<T>(text: string | null, run: () => T): T {
  if (text !== null) writeFileSync(FILE, text);
  try {
    return run();
  } finally {
    rmSync(FILE, { force: true });
  }
}

describe('settings', () => {
  test('flag, environment, file, default -> the first of them that is there, and its origin is known', () => {
    const cases = [
      [{ home: 'a' }, { TRADEWRIGHT_HOME: 'b' }, '{"home":"c"}', 'a', 'flag'],
      [{}, { TRADEWRIGHT_HOME: 'b' }, '{"home":"c"}', 'b', 'environment'],
      [{}, { TRADEWRIGHT_HOME: '' }, '{"home":"c"}', 'c', 'file'],
      [{}, {}, null, '.tradewright', 'default'],
    ] as const;
    for (const [flags, env, file, home, origin] of cases) {
      const config = withFile(file, () => readConfig(flags, env, folder));
      const row = config.settings.rows.find((r) => r.setting.env === 'TRADEWRIGHT_HOME')!;
      assert.deepEqual([config.homePath, row.value, row.origin], [home, home, origin]);
    }
  });

  test('what only the file says -> in force like the environment', () => {
    const config = withFile('{"feedThread":true,"local":"http://127.0.0.1:9","tradingview":"accept-terms"}', () =>
      readConfig({}, {}, folder),
    );
    assert.deepEqual(
      [config.hasFeedThreads, config.localExchange, config.tradingView.acceptsTerms],
      [true, 'http://127.0.0.1:9', true],
    );
  });

  test('TRADEWRIGHT_CONFIG -> another file; one that is not there is an error', () => {
    writeFileSync(join(folder, 'other.json'), '{"home":"elsewhere"}');
    assert.equal(readConfig({}, { TRADEWRIGHT_CONFIG: 'other.json' }, folder).homePath, 'elsewhere');
    refuses({ TRADEWRIGHT_CONFIG: 'none.json' }, null, /none\.json cannot be read/);
  });

  for (const [what, env, file, message] of [
    ['a name that is no setting', { TRADEWRIGHT_HOEM: 'x' }, null, /TRADEWRIGHT_HOEM, which is no setting/],
    ['a key that is no setting', {}, '{"hoem":"x"}', /tradewright\.json: hoem is no setting/],
    ['a value that it cannot take', { TRADEWRIGHT_FEED_THREAD: 'yes' }, null, /expected 0 or 1, found yes/],
    ['a value of the file that it cannot take', {}, '{"feedThread":2}', /feedThread: expected 0 or 1, found 2/],
    ['a secret in the file', {}, '{"masterKey":"canary-7f"}', /masterKey may hold a secret/],
    ['the file’s own name in it', {}, '{"config":"x"}', /config is no setting/],
    ['no JSON', {}, '{', /is no JSON/],
    ['no object', {}, '[1]', /expected an object/],
    ['an object as a value', {}, '{"home":{}}', /home: expected a text, found object/],
    ['null as a value', {}, '{"home":null}', /home: expected a text, found null/],
  ] as const)
    test(`${what} -> config-invalid, with where it stands`, () => refuses(env, file, message));

  test('for who must act anyway -> what is wrong is left out and said, the rest is in force', () => {
    const env = {
      TRADEWRIGHT_HOEM: 'x',
      TRADEWRIGHT_NEVER: 'y',
      TRADEWRIGHT_FEED_THREAD: 'yes',
      TRADEWRIGHT_HOME: 'own',
    };
    const { config, objections } = withFile('{"local":"http://127.0.0.1:9"}', () => readConfigAnyway({}, env, folder));
    assert.deepEqual(
      [config.homePath, config.localExchange, config.hasFeedThreads],
      ['own', 'http://127.0.0.1:9', false],
    );
    assert.equal(objections.length, 3);
    for (const [file, expected] of [
      ['{', /is no JSON/],
      ['{"masterKey":"canary"}', /masterKey may hold a secret/],
    ] as const) {
      const read = withFile(file, () => readConfigAnyway({ home: 'here' }, { TRADEWRIGHT_X: '1' }, folder));
      assert.equal(read.config.homePath, 'here');
      assert.match(read.objections.join('; '), expected);
      assert.match(read.objections.join('; '), /TRADEWRIGHT_X.*configuration file is left out/);
    }
  });

  test('near misses -> the name that was meant', () => {
    assert.throws(
      () => readConfig({}, { TRADEWRIGHT_HOEM: 'x' }, folder),
      (error: Failure) => /Did you mean TRADEWRIGHT_HOME\?/.test(error.toDocument().hint),
    );
  });

  test('every name that the sources read -> is a setting, and every setting is read', () => {
    const sources = readdirSync(join(import.meta.dirname, '../src'), { recursive: true })
      .map(String)
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && name !== 'settings.ts')
      .map((name) => readFileSync(join(import.meta.dirname, '../src', name), 'utf8'))
      .join('\n');
    const read = new Set(sources.match(/TRADEWRIGHT_[A-Z]+(?:_[A-Z]+)*/g));
    const known = SETTINGS.map((s) => s.env);
    assert.deepEqual(
      [...read].filter((name) => !known.includes(name)),
      [],
    );
    // TradingView's are put together from the first part.
    const unread = known.filter((name) => !read.has(name) && !sources.includes(`'${name.slice(23)}'`));
    assert.deepEqual(unread, []);
  });

  test('keys of the file -> camel case, each once', () => {
    assert.equal(fileKey({ env: 'TRADEWRIGHT_MASTER_KEY_FILE' }), 'masterKeyFile');
    assert.equal(new Set(SETTINGS.map(fileKey)).size, SETTINGS.length);
  });
});

describe('tradewright config explain', () => {
  const scene = new Scene();
  after(() => scene.remove());

  test('with a file and a secret in the environment -> values with their origins, and of the secret only that it is set', async () => {
    scene.write('tradewright.json', '{"timeout":90}');
    const { body, out } = await scene.json(['config', 'explain'], { TRADEWRIGHT_VAULT: 'postgres://u:canary-3c@h/d' });
    const { file, settings } = body.data as {
      file: string;
      settings: { name: string; value: string; origin: string }[];
    };
    const found = (name: string): unknown[] => {
      const row = settings.find((s) => s.name === `TRADEWRIGHT_${name}`)!;
      return [row.value, row.origin];
    };
    assert.equal(file, 'tradewright.json');
    assert.deepEqual(found('TIMEOUT'), ['90', 'file']);
    assert.deepEqual(found('VAULT'), ['set', 'environment']);
    assert.doesNotMatch(out ?? JSON.stringify(body), /canary/);
  });

  test('a misspelt setting -> exit code 2 before anything is done', async () => {
    const { code, body } = await scene.json(['data', 'ls'], { TRADEWRIGHT_HOEM: 'x' });
    assert.deepEqual([code, body.error.code], [2, 'config-invalid']);
  });
});

function refuses(env: Readonly<Record<string, string>>, file: string | null, message: RegExp): void {
  withFile(file, () =>
    assert.throws(
      () => readConfig({}, env, folder),
      (error) => error instanceof Failure && error.code === 'config-invalid' && message.test(error.message),
    ),
  );
}
