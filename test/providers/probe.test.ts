import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { look } from '../../src/adapters/providers/probe.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { openHttpClient } from '../../src/adapters/system/http-client.ts';
import { Secret } from '../../src/core/vocabulary/secret.ts';
import type { ProviderKind, ProviderLook } from '../../src/ports/providers.ts';
import type { HttpClient } from '../../src/ports/transport.ts';
import type { Scripted } from '../notify/service-stand-in.ts';
import { json, providerStandIn } from './provider-stand-in.ts';

const KEY = `canary${randomBytes(16).toString('hex')}`;
const WRONG = `wrong${randomBytes(16).toString('hex')}`;
const LARGEST_BYTES = 65_536;

describe('what providers are asked', () => {
  let server: Awaited<ReturnType<typeof providerStandIn>>;
  let http: HttpClient;
  before(async () => {
    server = await providerStandIn();
    server.state.keys.add(KEY);
    http = await openHttpClient({ allowedNetworks: ['127.0.0.1'], largestAnswerBytes: LARGEST_BYTES });
  });
  after(async () => {
    await http.close();
    await server.close();
  });

  const at = (kind: ProviderKind, path: string, key: string | null = KEY, timeoutMs?: number): Promise<ProviderLook> =>
    look(
      kind,
      { http, url: `${server.url}${path}`, key: key === null ? null : new Secret(key) },
      systemClock(),
      timeoutMs,
    );
  const asked = (from: number): string[] => server.received.slice(from).map(({ path }) => path);

  test('xAI: its key is taken -> models, what the key may do, and how long it took', async () => {
    const from = server.received.length;
    const { latencyMs, ...seen } = await at('xai', '/xai/v1');
    assert.ok(latencyMs! >= 0);
    assert.deepEqual(seen, {
      ...{ outcome: 'ready', reason: '', isKeyAccepted: true, models: ['grok-4.3', 'grok-4.5'], quota: null },
      allows: ['api-key:endpoint:*', 'api-key:model:*'],
    });
    assert.deepEqual(asked(from), ['/xai/v1/models', '/xai/v1/api-key']);
    assert.equal(server.received[from]!.headers.authorization, `Bearer ${KEY}`);
  });

  test('xAI: a wrong key, which it refuses with 400; a blocked key, team or both -> refused, and why', async () => {
    const wrong = await at('xai', '/xai/v1', WRONG);
    assert.deepEqual([wrong.outcome, wrong.isKeyAccepted, wrong.models], ['key-refused', false, null]);
    assert.match(wrong.reason, /^status 400: Incorrect API key provided: \[secret\]/);
    const { apiKey } = server.state;
    for (const [flags, reason] of [
      [{ api_key_blocked: true }, 'the key is blocked'],
      [{ api_key_disabled: true, team_blocked: true }, 'the key is disabled, the team of the key is blocked'],
    ] as const) {
      server.state.apiKey = { ...apiKey, ...flags };
      const blocked = await at('xai', '/xai/v1');
      assert.deepEqual([blocked.outcome, blocked.isKeyAccepted, blocked.reason], ['key-refused', false, reason]);
    }
    server.state.apiKey = apiKey;
    server.script(json(200, { data: [{ id: 'grok-4.3' }] }), { status: 503 });
    const quiet = await at('xai', '/xai/v1');
    assert.deepEqual([quiet.outcome, quiet.models, quiet.allows], ['ready', ['grok-4.3'], null]);
    assert.match(quiet.reason, /did not tell what the key may do: status 503/);
  });

  test('OpenAI, OpenRouter, Tavily -> each by the path that tells of the key', async () => {
    const openai = await at('openai', '/openai/v1');
    assert.deepEqual([openai.outcome, openai.isKeyAccepted, openai.models?.length], ['ready', true, 2]);
    assert.equal((await at('openai', '/openai/v1', WRONG)).outcome, 'key-refused');
    const router = await at('openrouter', '/openrouter/api/v1');
    assert.deepEqual(router.quota, { used: 25.5, limit: 100, unit: 'USD' });
    assert.deepEqual([router.isKeyAccepted, router.models?.length], [true, 2]);
    const from = server.received.length;
    assert.equal((await at('openrouter', '/openrouter/api/v1', WRONG)).outcome, 'key-refused', 'its models are public');
    assert.deepEqual(asked(from), ['/openrouter/api/v1/key']);
    const tavily = await at('tavily', '/tavily');
    assert.deepEqual(tavily.quota, { used: 500, limit: 15_000, unit: 'credits' });
    assert.deepEqual([tavily.isKeyAccepted, tavily.models], [true, null]);
    const refused = await at('tavily', '/tavily', WRONG);
    assert.deepEqual(
      [refused.outcome, refused.reason],
      ['key-refused', 'status 401: Unauthorized: missing or invalid API key.'],
    );
  });

  test('any other server: no key, one that it asks for, one that it does not look at -> what is known of the key, and no more', async () => {
    const none = await at('compatible', '/ollama/v1', null);
    assert.deepEqual([none.outcome, none.isKeyAccepted, none.models?.length], ['ready', null, 2]);
    assert.equal(server.received.at(-1)!.headers.authorization, undefined);
    assert.equal((await at('compatible', '/ollama/v1')).isKeyAccepted, null);
    assert.equal((await at('compatible', '/vllm/v1')).isKeyAccepted, true);
    assert.equal((await at('compatible', '/vllm/v1', WRONG)).outcome, 'key-refused');
    assert.equal((await at('compatible', '/vllm/v1', null)).outcome, 'key-refused');
    server.script(json(200, { object: 'list', data: null }));
    assert.deepEqual((await at('compatible', '/ollama/v1', null)).models, []);
  });

  const ANSWERS: readonly (readonly [what: string, answer: Scripted, outcome: string, reason: RegExp])[] = [
    [
      'too much was asked',
      { status: 429, headers: { 'retry-after': '17' } },
      'limited',
      /^try again in 17 s; status 429/,
    ],
    ['the plan is used up', json(432, { detail: { error: 'plan limit' } }), 'limited', /^status 432: plan limit$/],
    ['no money is left', json(402, { error: { message: 'Insufficient credits' } }), 'limited', /Insufficient credits/],
    ['a fault', { status: 502, body: '<html>' }, 'unavailable', /^status 502$/],
    ['dropped', 'reset', 'unavailable', /^no answer: reset$/],
    ['no right', json(403, { code: 'forbidden', error: `no for ${KEY}` }), 'key-refused', /no for \[secret\]$/],
    ['withdrawn', json(410, { code: 'gone', error: 'gone' }), 'unfit', /^status 410: gone$/],
    ['no such path', { status: 404 }, 'unfit', /^status 404; .*\/v1$/],
    ['elsewhere', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }, 'unfit', /redirects are not followed/],
    ['200 with a failure', json(200, { code: 'x', error: 'Not now' }), 'unfit', /^it answered, and said: Not now$/],
    ['200 with a wrong key', json(200, { code: 'x', error: 'bad API key' }), 'key-refused', /bad API key/],
    ['another page', { status: 200, body: '<html>hello</html>' }, 'unfit', /no JSON object/],
    ['other JSON', json(200, { models: [] }), 'unfit', /not with a list of models/],
    ['a list without end', { status: 200, body: 'x'.repeat(LARGEST_BYTES + 1) }, 'unfit', /larger than/],
  ];
  for (const [what, answer, outcome, reason] of ANSWERS)
    test(`${what} -> ${outcome}`, async () => {
      const from = server.received.length;
      server.script(answer);
      const seen = await at('openai', '/openai/v1');
      assert.equal(seen.outcome, outcome);
      assert.match(seen.reason, reason);
      assert.ok(!JSON.stringify(seen).includes(KEY));
      assert.equal(asked(from).length, 1, 'asked once, and nowhere else');
    });

  test('no answer in time -> told; a server that has the key for a model -> left out', async () => {
    server.script('silent');
    const silent = await at('openai', '/openai/v1', KEY, 200);
    assert.deepEqual([silent.outcome, silent.reason, silent.latencyMs], ['unavailable', 'no answer: timeout', null]);
    server.script(json(200, { data: [{ id: KEY }, { id: 'a\u0007b' }, { id: 7 }, { id: 'm' }, { id: 'm' }] }));
    assert.deepEqual((await at('openai', '/openai/v1')).models, ['m']);
  });
});

describe('where providers are asked', () => {
  test('this machine and metadata of clouds, which nobody has opened -> not connected to', async () => {
    const server = await providerStandIn();
    const shut = await openHttpClient({ allowedNetworks: [] });
    try {
      for (const url of [server.url, server.url.replace('127.0.0.1', 'localhost'), 'http://169.254.169.254']) {
        const seen = await look('compatible', { http: shut, url: `${url}/ollama/v1`, key: null }, systemClock());
        assert.deepEqual([seen.outcome, seen.latencyMs], ['address-refused', null], url);
        assert.match(seen.reason, /^the address is not public/);
      }
      assert.equal(server.received.length, 0);
    } finally {
      await shut.close();
      await server.close();
    }
  });
});
