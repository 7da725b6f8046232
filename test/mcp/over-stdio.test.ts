import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { JSONRPCMessageSchema } from '@modelcontextprotocol/sdk/types.js';
import { openLocalExchange } from '../../src/local-exchange/open.ts';
import { finish, ROOT, Scene, strategyFile } from '../e2e/command-line.ts';
import { pause } from '../stand-ins/loopback.ts';

const MAIN = join(ROOT, 'src/main.ts');
const scene = new Scene();
after(() => scene.remove());
/** Also those of tests that failed. */
const open: Client[] = [];
after(() => Promise.all(open.map((client) => client.close())));

type Told = { content: { text: string }[]; isError?: boolean; structuredContent?: { data: Record<string, unknown> } };

/** The protocol's own client, which starts the program as an assistant does. */
async function connect(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const transport = new StdioClientTransport({
    ...{ command: process.execPath, args: [MAIN, 'mcp', ...args], cwd: scene.folder, stderr: 'pipe' },
    env: { ...env },
  });
  const faults: Error[] = [];
  const client = new Client({ name: 'test', version: '1' });
  // What is on standard output and none of the protocol is told here.
  client.onerror = (error) => {
    // The client takes up an answer before the progress that stood before it in the same breath: on a busy machine breaths are long.
    if (!/progress notification for an unknown token/.test(error.message)) faults.push(error);
  };
  await client.connect(transport);
  open.push(client);
  const names = (await client.listTools()).tools.map((tool) => tool.name);
  const call = async (name: string, given: object = {}, options: object = {}): Promise<Told> =>
    (await client.callTool({ name, arguments: { ...given } }, undefined, options)) as unknown as Told;
  return { client, names, call, faults };
}

const codeOf = ({ content }: Told): string => JSON.parse(content[1]!.text).code;

const line = (id: number, method: string, params: object = {}): string =>
  `${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`;
const INITIALIZE = line(1, 'initialize', {
  ...{ protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'x', version: '1' } },
});

describe('tradewright mcp', () => {
  test('each tier -> its tools; a backtest with progress and resources; nothing else on standard output', async () => {
    const [reader, researcher] = await Promise.all([connect([]), connect(['--tier', 'research'])]);
    assert.ok(reader.names.includes('data_ls') && !reader.names.includes('backtest') && !reader.names.includes('kill'));
    assert.equal(codeOf(await reader.call('backtest', { strategy: 'sma-cross' })), 'scope-missing');
    assert.ok(researcher.names.includes('backtest') && !researcher.names.includes('order_buy'));
    let progress = 0;
    const { structuredContent, content } = await researcher.call(
      'backtest',
      { strategy: 'sma-cross', data: ['synthetic'], report: 'none', checks: false, interval: false },
      { onprogress: () => void progress++ },
    );
    assert.equal(structuredContent?.data['status'], 'finished', content[0]!.text);
    assert.ok(progress > 0);
    const seen = await reader.call('runs_show', { run: 'last' });
    assert.equal(seen.structuredContent?.data['id'], structuredContent!.data['run'], 'one home for both');
    assert.ok((await reader.client.listResources()).resources.length > 20);
    for (const each of [reader, researcher]) {
      await each.client.close();
      assert.deepEqual(each.faults, []);
    }
  });

  test('a backtest that is canceled -> ends, what there is is kept, and the conversation goes on', async () => {
    // Thirty years of three instruments, so that it is still under way when the word comes, on a busy machine, too.
    await scene.run(['data', 'generate', '--from', '1996-01-02', '--to', '2026-01-01']);
    const data = ['ALPHA', 'BETA', 'GAMMA'].map((name) => `SYNTH:${name}-USD@1h`);
    const { client, call, faults } = await connect(['--tier', 'research']);
    const cancel = new AbortController();
    const long = { strategy: 'momentum-rotation', data, report: 'none', idempotencyKey: 'long' };
    const answer = call('backtest', long, { signal: cancel.signal, onprogress: () => cancel.abort('enough') });
    await assert.rejects(answer);
    // The same deed: its answer comes once it has ended.
    const again = await call('backtest', long);
    assert.match(again.content[0]!.text, /status partial, .*It was done before under this key/);
    await client.close();
    assert.deepEqual(faults, []);
  });

  test('lines that are no protocol, then good ones, then the end -> each line of the answer is the protocol; exit code 0', async () => {
    const child = scene.start(['mcp', '--json', '--tier', 'research']);
    const ended = finish(child);
    child.stdin!.write('hello\n{"a":1}\n[]\n\n\u0000\n{"jsonrpc":"2.0","id":{},"method":"x"}\n');
    child.stdin!.write(INITIALIZE);
    child.stdin!.write(line(2, 'tools/call', { name: 'version', arguments: { nothing: 1 } }));
    child.stdin!.write(line(3, 'tools/call', { name: 'strategies', arguments: { strategy: 'sma-cross' } }));
    child.stdin!.write(line(4, 'no/such/method'));
    const done = new Promise<void>((resolve) => {
      let heard = '';
      child.stdout!.on('data', (text: string) => {
        heard += text;
        if (heard.includes('"id":5')) resolve();
      });
    });
    child.stdin!.write(line(5, 'tools/call', { name: 'demo', arguments: { report: 'none', seed: 3 } }));
    await Promise.race([done, ended]);
    // What is under way at the end has ten seconds.
    child.stdin!.end(line(6, 'tools/call', { name: 'version', arguments: {} }));
    const { out, code, err } = await ended;
    const told = out
      .trim()
      .split('\n')
      .map((each) => JSONRPCMessageSchema.parse(JSON.parse(each)));
    const ids = told.flatMap((each) => ('id' in each && typeof each.id === 'number' ? [each.id] : []));
    assert.deepEqual([code, ids.sort((a, b) => a - b)], [0, [1, 2, 3, 4, 5, 6]], err);
  });

  test('a client that is gone, or SIGTERM -> the program ends', async () => {
    const gone = scene.start(['mcp', '--tier', 'research']);
    const goneEnded = finish(gone);
    gone.stdin!.write(INITIALIZE);
    await new Promise((resolve) => void gone.stdout!.once('data', resolve));
    gone.stdin!.write(
      line(2, 'tools/call', { name: 'backtest', arguments: { strategy: 'sma-cross', data: ['synthetic'] } }),
    );
    gone.stdout!.destroy();
    gone.stdin!.destroy();
    const told = scene.start(['mcp']);
    const toldEnded = finish(told);
    told.stdin!.write(INITIALIZE);
    await new Promise((resolve) => void told.stdout!.once('data', resolve));
    told.kill('SIGTERM');
    assert.equal((await toldEnded).code, 0);
    assert.equal((await goneEnded).code, 0);
  });

  test('a paper session -> ordered, asked why, killed and re-armed by an assistant, in its name', async () => {
    const exchange = await openLocalExchange({
      market: { kind: 'synthetic', speed: 60, tradesEachBar: 40 },
      limits: 'none',
    });
    const env = { TRADEWRIGHT_LOCAL: exchange.urls.spot!.rest };
    scene.write('idle.ts', strategyFile('idle', 'void c.ind.average.value;'));
    const session = await scene.startRunning(
      [
        ...['paper', './idle.ts', '--venue', 'local', '--symbols', 'BTCUSDT', '--timeframe', '1s'],
        ...['--param', 'length=2', '--session', 'desk'],
      ],
      env,
      (update) => update['settled'] === true,
    );
    const { client, call, faults } = await connect(['--tier', 'paper'], env);
    let bought = await call('order_buy', { symbol: 'BTCUSDT', qty: '0.01', stop: '5%', reason: 'an idea' });
    // Settled is said with the last bar that is needed, and orders pass from the next one on.
    const endMs = performance.now() + 60_000;
    for (; bought.isError && performance.now() < endMs; await pause(50))
      bought = await call('order_buy', { symbol: 'BTCUSDT', qty: '0.01', stop: '5%', reason: 'an idea' });
    assert.ok(!bought.isError, bought.content[0]!.text);
    let why = await call('why', { fill: 'last', session: 'desk' });
    for (; why.isError && performance.now() < endMs; await pause(50))
      why = await call('why', { fill: 'last', session: 'desk' });
    const { command } = why.structuredContent!.data['input'] as { command: { actor: string; reason: string } };
    assert.match(command.actor, /^agent by mcp by \S/);
    assert.equal(command.reason, 'an idea');
    const stricter = await call('limits_set', { values: { positionPct: 50 }, session: 'desk', reason: 'careful' });
    assert.ok(!stricter.isError, stricter.content[0]!.text);
    const laxer = { values: { positionPct: 90 }, session: 'desk', reason: 'bold' };
    assert.equal(codeOf(await call('limits_set', laxer)), 'not-confirmed');
    assert.equal(codeOf(await call('limits_set', { ...laxer, confirm: 'account:paper:desk' })), 'agent-refused');
    const shown = await call('limits_show', { session: 'desk' });
    const [change] = shown.structuredContent!.data['changes'] as { actor: string; reason: string }[];
    assert.match(change!.actor, /^agent by mcp by \S/);
    const killed = await call('kill', { level: 'halt', session: 'desk', reason: 'drill' });
    assert.match((killed.structuredContent!.data['latch'] as { actor: string }).actor, /^agent by mcp by /);
    const refused = await call('order_buy', { symbol: 'BTCUSDT', qty: '0.01', session: 'desk' });
    assert.ok(refused.isError);
    const rearm = { session: 'desk', confirm: 'account:paper:desk', reason: 'over' };
    assert.ok(!(await call('rearm', rearm)).isError);
    assert.equal(codeOf(await call('rearm', { confirm: 'system', reason: 'over' })), 'agent-refused');
    assert.ok(!(await call('stop', { session: 'desk' })).isError);
    await session.ended;
    await client.close();
    await exchange.close();
    assert.deepEqual(faults, []);
  });
});
