import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { freePort } from '../servers/free-port.ts';
import { Scene } from './command-line.ts';

const scene = new Scene();
after(() => scene.remove());

/** The first line of JSON that a process says. */
function firstLine(stream: NodeJS.ReadableStream): Promise<{ url: string; needsKey: boolean; roles: string[] }> {
  return new Promise((resolve) => {
    let text = '';
    stream.on('data', (part: Buffer) => {
      text += String(part);
      const end = text.indexOf('\n');
      if (end >= 0) resolve(JSON.parse(text.slice(0, end)));
    });
  });
}

describe('tradewright serve', () => {
  test('started, called, ended by SIGTERM -> answers, then a clean end', async () => {
    const child = scene.start(['serve', '--port', '0', '--json', '--log']);
    let log = '';
    child.stderr!.on('data', (part: Buffer) => {
      log += String(part);
    });
    const { url, needsKey } = await firstLine(child.stdout!);
    assert.equal(needsKey, false);
    const answer = await fetch(`${url}/api/doctor`, { headers: { 'x-correlation-id': 'trace-1' } });
    const { data } = (await answer.json()) as { data: { healthy: boolean } };
    assert.equal(data.healthy, true);
    const health = (await (await fetch(`${url}/health`)).json()) as { modules: { name: string; status: string }[] };
    assert.deepEqual(
      health.modules.map((m) => `${m.name} ${m.status}`),
      ['catalogue ok', 'latches ok', 'keys ok', 'alerts ok', 'jobs ok', 'sessions ok'],
    );
    child.kill('SIGTERM');
    const code = await new Promise((resolve) => child.on('exit', resolve));
    assert.equal(code, 0, log);
    const lines = log.split('\n').filter((line) => line.startsWith('{'));
    assert.ok(
      lines.some((line) => line.includes('"correlation":"trace-1"') && line.includes('"status":200')),
      log,
    );
  });

  for (const [line, code] of [
    [['serve', '--host', '0.0.0.0', '--port', '0'], 'exposure-refused'],
    [['serve', '--host', '0.0.0.0', '--port', '0', '--behind-proxy'], 'exposure-refused'],
    [['serve', '--port', '0', '--require-key'], 'exposure-refused'],
    [['serve', '--port', '0', '--tls-cert', 'none.pem'], 'exposure-refused'],
    [['serve', '--port', '0', '--tls-cert', 'none.pem', '--tls-key', 'none.key'], 'file-not-found'],
    [['serve', '--port', '0', '--role', 'risk'], 'input-invalid'],
    [['serve', '--host', '203.0.113.1', '--port', '0', '--behind-proxy'], 'exposure-refused'],
    [['apikey', 'add', 'x', '--ip', '10.0.0.0/99'], 'input-invalid'],
    [['apikey', 'revoke', 'nobody'], 'api-key-unknown'],
    [['users', 'remove', 'nobody'], 'user-unknown'],
  ] as const)
    test(`${line.join(' ')} without a key -> ${code}`, async () => {
      const { body } = await scene.json(line);
      assert.equal(body.error.code, code);
    });

  test('port and grace of the environment -> taken where no flag says otherwise; what is no number -> told', async () => {
    const port = String(await freePort());
    const child = scene.start(['serve', '--json', '--role', 'api', '--role', 'strategy'], {
      PORT: port,
      TRADEWRIGHT_GRACE: '5',
    });
    const { url, roles } = await firstLine(child.stdout!);
    assert.deepEqual([url, roles], [`http://127.0.0.1:${port}`, ['api', 'execution']]);
    const refused = await fetch(`${url}/api/venues`);
    assert.deepEqual([refused.status, ((await refused.json()) as { code: string }).code], [421, 'role-missing']);
    assert.equal((await fetch(`${url}/health/live`)).status, 200);
    child.kill('SIGTERM');
    assert.equal(await new Promise((resolve) => child.on('exit', resolve)), 0);
    const { body } = await scene.json(['serve', '--port', '0'], { TRADEWRIGHT_GRACE: 'soon' });
    assert.equal(body.error.code, 'config-invalid');
  });

  test('a key made on the command line -> opens a server that needs one, until it is revoked', async () => {
    const { body } = await scene.json(['apikey', 'add', 'desk', '--scope', 'read']);
    const { key, about } = body.data as { key: string; about: { id: string } };
    const child = scene.start(['serve', '--port', '0', '--json', '--require-key']);
    const { url } = await firstLine(child.stdout!);
    const ask = async (): Promise<number> =>
      (await fetch(`${url}/api/version`, { headers: { authorization: `Bearer ${key}` } })).status;
    assert.equal((await fetch(`${url}/api/version`)).status, 401);
    assert.equal(await ask(), 200);
    await scene.json(['apikey', 'revoke', about.id]);
    const endMs = performance.now() + 5_000;
    while ((await ask()) !== 401 && performance.now() < endMs) await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(await ask(), 401);
    child.kill('SIGTERM');
    await new Promise((resolve) => child.on('exit', resolve));
    const { body: listed } = await scene.json(['apikey', 'ls']);
    assert.ok(!JSON.stringify(listed).includes(key.slice(12)), 'no key is shown again');
  });

  test('a user made on the command line -> signs in at a server that needs it, until the password is another one', async () => {
    const add = (name: string, typed: string) => scene.json(['users', 'add', name, '--scope', 'read'], {}, typed);
    assert.equal((await add('ann', 'changeme1234\n')).body.error.code, 'password-weak');
    const flag = await scene.json(['users', 'add', 'ann', '--password', 'four words by chance']);
    assert.equal(flag.code, 2);
    assert.ok(!JSON.stringify(flag.body).includes('by chance'), 'nothing of it is repeated');
    const { body } = await add('ann', 'four words by chance\n');
    assert.deepEqual([body.data.user.name, body.data.user.lastSignIn], ['ann', null]);
    const sample = { TRADEWRIGHT_REDIS: 'redis://:changeme@127.0.0.1:6379' };
    const refused = await scene.json(['serve', '--host', '0.0.0.0', '--behind-proxy', '--port', '0'], sample);
    assert.equal(refused.body.error.code, 'exposure-refused');
    assert.equal(refused.body.error.details['field'], 'TRADEWRIGHT_REDIS');
    const child = scene.start(['serve', '--port', '0', '--json', '--require-key']);
    const { url } = await firstLine(child.stdout!);
    const signIn = (password: string) =>
      fetch(`${url}/api/sign-in`, {
        ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
        body: JSON.stringify({ name: 'ann', password }),
      });
    const answer = await signIn('four words by chance');
    const [cookie = ''] = answer.headers.getSetCookie();
    const ask = async (): Promise<number> =>
      (await fetch(`${url}/api/version`, { headers: { cookie: cookie.split(';')[0]! } })).status;
    assert.deepEqual([answer.status, await ask()], [200, 200]);
    await scene.json(['users', 'set-password', 'ann'], {}, 'other words by chance\n');
    assert.deepEqual([await ask(), (await signIn('four words by chance')).status], [401, 401]);
    assert.equal((await signIn('other words by chance')).status, 200);
    await scene.json(['users', 'remove', 'ann']);
    assert.equal((await signIn('other words by chance')).status, 401);
    child.kill('SIGTERM');
    await new Promise((resolve) => child.on('exit', resolve));
  });
});
