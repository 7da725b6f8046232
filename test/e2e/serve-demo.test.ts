import assert from 'node:assert/strict';
import { after, type TestContext, test } from 'node:test';
import { freePort } from '../servers/free-port.ts';
import { Scene } from './command-line.ts';

const scene = new Scene();
after(() => scene.remove());

test('serve --demo -> a paper session that fills, is operated over HTTP, and ends with the server', async (t: TestContext) => {
  const env = { TRADEWRIGHT_LOCAL: `http://127.0.0.1:${await freePort()}` };
  let told = { url: '', demo: '' };
  const running = await scene.startRunning(['serve', '--demo', '--port', '0'], env, (update) => {
    told = update as typeof told;
    return true;
  });
  t.after(() => running.end());
  const { url, demo } = told;
  assert.match(demo, /^demo-\d{14}$/);
  const { data } = (await (await fetch(`${url}/api/status`)).json()) as {
    data: { sessions: { session: string; running: boolean; strategy: string }[] };
  };
  assert.deepEqual(
    data.sessions.map((s) => [s.session, s.running, s.strategy]),
    [[demo, true, 'sma-cross']],
  );
  const paused = await fetch(`${url}/api/pause`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': 'p' },
    body: '{"reason":"test"}',
  });
  assert.equal(paused.status, 200, await paused.text());
  // It acts within the first minute; a test only waits until it has bars.
  const endMs = performance.now() + 15_000;
  let inputs = 0;
  while (inputs < 5 && performance.now() < endMs) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const shown = (await (await fetch(`${url}/api/session/show?session=${demo}`)).json()) as {
      data: { inputs: number };
    };
    inputs = shown.data.inputs;
  }
  assert.ok(inputs >= 5, `${inputs} inputs`);
  running.child.kill('SIGTERM');
  const { code, err } = await running.ended;
  assert.equal(code, 0, err);
  const { body } = await scene.json(['status']);
  assert.ok(
    body.data.sessions.every((s: { running: boolean }) => !s.running),
    'nothing runs on without the server',
  );
});

test('serve --demo where another program has the local exchange’s port -> says so, and nothing is left running', async () => {
  const { createServer } = await import('node:net');
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as { port: number };
  const { body, code } = await scene.json(['serve', '--demo', '--port', '0'], {
    TRADEWRIGHT_LOCAL: `http://127.0.0.1:${port}`,
  });
  other.close();
  assert.equal(body.error.code, 'port-unavailable');
  assert.match(body.error.message, /^the synthetic market of the demonstration cannot listen/);
  assert.match(body.error.hint, /TRADEWRIGHT_LOCAL=/, 'another --port would not help');
  assert.notEqual(code, 0);
});
