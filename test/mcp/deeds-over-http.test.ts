import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { ResultSchema } from '@modelcontextprotocol/sdk/types.js';
import { closeAll, connect, openWaiting, problem, type Told } from './http-agents.ts';

after(closeAll);

describe('deeds', () => {
  test('one under a key twice -> done once, the first answer again; with other input -> a conflict', async () => {
    const waiting = await openWaiting({ execute: async (_id, _given, world) => ({ actor: world.actor }) });
    let deeds = 0;
    Object.assign(waiting.scene.world, { isolate: async () => ({ deeds: ++deeds }) });
    const { client, call } = await connect(waiting.scene);
    const given = { from: '2024-01-01', to: '2024-03-01', idempotencyKey: 'k' };
    const text = async (input: object): Promise<string> =>
      (
        (await client.request(
          { method: 'tools/call', params: { name: 'data_generate', arguments: input as never } },
          ResultSchema,
        )) as unknown as Told
      ).content[0]!.text;
    assert.equal(await text(given), 'data generate: deeds 1. Next: backtest.');
    assert.match(await text(given), /^data generate: deeds 1\. It was done before under this key/);
    assert.equal(problem(await call('data_generate', { ...given, to: '2024-04-01' })).code, 'idempotency-conflict');
    assert.match(await text({ from: '2024-01-01' }), /deeds 2/, 'without a key each is its own');
    assert.match(await text({ from: '2024-01-01' }), /deeds 3/);
    const overHttp = await waiting.scene.command('/api/data/generate', { from: '2024-01-01', to: '2024-03-01' }, 'k');
    assert.deepEqual(overHttp.body.data, { deeds: 1 }, 'one store for both');
    assert.equal(deeds, 3);
    await client.close();
    await waiting.scene.close();
  });

  test('who did it -> an assistant, by the key that it came with', async () => {
    const waiting = await openWaiting();
    const { client, call } = await connect(waiting.scene);
    const answer = call('data_ls');
    await waiting.begun;
    waiting.letGo();
    await answer;
    assert.deepEqual(waiting.actors, [`local by mcp by ${waiting.scene.world.actor}`]);
    await client.close();
    await waiting.scene.close();
  });

  test('a query that is canceled -> is stopped, and the conversation goes on', async () => {
    const waiting = await openWaiting();
    const { client, call } = await connect(waiting.scene);
    const cancel = new AbortController();
    const answer = call('data_ls', {}, { signal: cancel.signal });
    await waiting.begun;
    cancel.abort('changed my mind');
    await assert.rejects(answer);
    await waiting.stopped;
    assert.ok((await call('data_ls')).structuredContent);
    await client.close();
    await waiting.scene.close();
  });

  test('a client that hangs up -> its query is stopped; its deed is finished, once', async () => {
    const waiting = await openWaiting();
    const ask = async (method: string, params: object, id: string | null, signal: AbortSignal | null = null) =>
      fetch(`${waiting.scene.url}/mcp`, {
        method: 'POST',
        headers: {
          ...{ 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
          ...(id === null ? {} : { 'mcp-session-id': id }),
        },
        body: JSON.stringify({ jsonrpc: '2.0', id: 7, method, params }),
        signal,
      });
    const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'x', version: '1' } };
    const began = await ask('initialize', params, null);
    const id = began.headers.get('mcp-session-id')!;
    await began.text();
    const hangUp = new AbortController();
    await ask('tools/call', { name: 'data_ls', arguments: {} }, id, hangUp.signal);
    await waiting.begun;
    hangUp.abort();
    await waiting.stopped;
    await waiting.scene.close();

    const deeds = await openWaiting();
    const begun = Promise.withResolvers<AbortSignal>();
    const letGo = Promise.withResolvers<void>();
    let done = 0;
    Object.assign(deeds.scene.world, {
      isolate: async (_id: string, _given: object, { stop }: { stop: AbortSignal }) => {
        begun.resolve(stop);
        await letGo.promise;
        return { done: ++done };
      },
    });
    const { client, transport, call } = await connect(deeds.scene);
    const lost = call('data_generate', { idempotencyKey: 'lost' }).catch(() => 'lost');
    const stop = await begun.promise;
    await transport.close();
    await lost;
    letGo.resolve();
    assert.equal(stop.aborted, false, 'a deed is no query');
    const again = await deeds.scene.command('/api/data/generate', {}, 'lost');
    assert.deepEqual([again.status, again.body.data, done], [200, { done: 1 }, 1]);
    await client.close();
    await deeds.scene.close();
  });

  test('a server that ends -> ends who only listens, stops queries, answers deeds', async () => {
    const ending = await openWaiting();
    const { client, call } = await connect(ending.scene);
    const query = call('data_ls');
    await ending.begun;
    const closed = ending.scene.server.close(20_000);
    const { structuredContent } = await query;
    assert.deepEqual(structuredContent!['data'], { series: [] });
    await closed;
    await client.close();
    await ending.scene.close();
  });
});
