import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, describe, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { discordNotifier } from '../../src/adapters/notify/discord.ts';
import { pagerDutyNotifier } from '../../src/adapters/notify/pagerduty.ts';
import { resendNotifier } from '../../src/adapters/notify/resend.ts';
import { slackNotifier } from '../../src/adapters/notify/slack.ts';
import { telegramNotifier } from '../../src/adapters/notify/telegram.ts';
import { webhookNotifier } from '../../src/adapters/notify/webhook.ts';
import { openHttpClient } from '../../src/adapters/system/http-client.ts';
import { Secret } from '../../src/core/vocabulary/secret.ts';
import type { AlertMessage, Channel, ChannelSecret, DeliveryOutcome, Notifier } from '../../src/ports/notifier.ts';
import type { HttpClient } from '../../src/ports/transport.ts';
import { type Received, type Scripted, type StandIn, standIn } from './service-stand-in.ts';

const CANARY = `canary${randomBytes(12).toString('hex')}`;
const OTHER = `canary${randomBytes(12).toString('hex')}`;

export const MESSAGE: AlertMessage = {
  ...{ delivery: 'msg_1', dedupKey: 'k1', alert: 7, rule: 'pages', severity: 'page', kind: 'drawdown' },
  ...{ title: 'Session btc: <drawdown> & more\nbelow', text: '@everyone fell by 12 %', session: 'btc' },
  ...{ strategy: 'sma-cross', instrument: 'X:BTC', atMs: 1_764_400_000_000, count: 3, step: 0 },
};

const channel = (kind: Channel['kind'], url: string | null, more: Partial<Channel> = {}): Channel => ({
  ...{ name: kind, kind, url, to: ['42'], from: 'desk@example.com', user: null, allow: ['127.0.0.1'], ...more },
});

/** A client; every request of a hasty one ends after a moment. */
async function client(isHasty: boolean): Promise<HttpClient> {
  const http = await openHttpClient({ allowedNetworks: ['127.0.0.1'], keptAnswerBytes: 1_024 });
  return isHasty ? { ...http, send: (request) => http.send({ ...request, timeoutMs: 300 }) } : http;
}

interface Service {
  readonly name: string;
  /** Whether a request is one that the service would take, by its documentation; why not. */
  readonly refuses: (received: Received) => string | null;
  readonly accepted: Exclude<Scripted, string>;
  readonly open: (server: StandIn, http: HttpClient) => Notifier;
  readonly limited: Exclude<Scripted, string>;
  readonly waitMs: number;
  readonly final: Exclude<Scripted, string>;
  /** 2xx that is not what the service says; null where nothing is said. */
  readonly malformed: Exclude<Scripted, string> | null;
}

const KEY = `whsec_${Buffer.from(CANARY).toString('base64')}`;
const OLD_KEY = `whsec_${Buffer.from(OTHER).toString('base64')}`;
const secret: ChannelSecret = { current: new Secret(CANARY), former: [] };
const json = (status: number, body: object, headers = {}) => ({ status, headers, body: JSON.stringify(body) });

const SERVICES: readonly Service[] = [
  {
    name: 'webhook',
    refuses: ({ headers, body }) => {
      const given = headers as Record<string, string>;
      for (const key of [KEY, OLD_KEY]) new Webhook(key).verify(body, given);
      return JSON.parse(body).type === 'alert.raised' ? null : 'type';
    },
    accepted: { status: 204 },
    open: (server, http) =>
      webhookNotifier(
        channel('webhook', `${server.url}/hook`),
        { current: new Secret(KEY), former: [new Secret(OLD_KEY)] },
        http,
        Date.now,
      ),
    // When it is asked: files of tests are loaded long before.
    get limited() {
      return { status: 429, headers: { 'retry-after': new Date(Date.now() + 90_000).toUTCString() } };
    },
    waitMs: 90_000,
    final: { status: 410, body: `gone ${CANARY}` },
    malformed: null,
  },
  {
    name: 'telegram',
    refuses: ({ path, json: body }) => {
      if (path !== `/bot${CANARY}/sendMessage`) return 'path';
      return body.chat_id === '42' && body.text.length <= 4_096 && body.text.includes('drawdown') ? null : 'body';
    },
    accepted: json(200, { ok: true, result: { message_id: 1 } }),
    open: (server, http) => telegramNotifier(channel('telegram', server.url), secret, http),
    limited: json(429, { ok: false, error_code: 429, description: 'Too Many', parameters: { retry_after: 17 } }),
    waitMs: 17_000,
    final: json(401, { ok: false, error_code: 401, description: `Unauthorized bot${CANARY}` }),
    malformed: { status: 200, body: '<html>' },
  },
  {
    name: 'slack',
    refuses: ({ path, json: body }) => {
      if (path !== `/services/T0/B0/${CANARY}`) return 'path';
      return body.text.includes('&lt;drawdown&gt; &amp; more below') && body.blocks.length === 2 ? null : 'body';
    },
    accepted: { status: 200, body: 'ok' },
    open: (server, http) =>
      slackNotifier({ current: new Secret(`${server.url}/services/T0/B0/${CANARY}`), former: [] }, http),
    limited: { status: 429, headers: { 'retry-after': '30' } },
    waitMs: 30_000,
    final: { status: 403, body: `invalid_token ${CANARY}` },
    malformed: { status: 200, body: 'maybe' },
  },
  {
    name: 'discord',
    refuses: ({ path, json: body }) => {
      if (path !== `/api/webhooks/1/${CANARY}?wait=true`) return 'path';
      return body.content.length <= 2_000 && body.allowed_mentions.parse.length === 0 ? null : 'body';
    },
    accepted: json(200, { id: '99', content: 'x' }),
    open: (server, http) =>
      discordNotifier({ current: new Secret(`${server.url}/api/webhooks/1/${CANARY}`), former: [] }, http),
    limited: json(429, { message: 'You are being rate limited.', retry_after: 1.5, global: false }),
    waitMs: 1_500,
    final: json(404, { message: `Unknown Webhook ${CANARY}`, code: 10015 }),
    malformed: json(200, { ok: 1 }),
  },
  {
    name: 'pagerduty',
    refuses: ({ path, json: body }) => {
      if (path !== '/v2/enqueue') return 'path';
      if (body.routing_key !== CANARY || body.event_action !== 'trigger' || body.dedup_key !== 'k1') return 'head';
      const { summary, source, severity, timestamp } = body.payload;
      const isFit = summary.length <= 1_024 && source === 'btc' && severity === 'critical';
      return isFit && !Number.isNaN(Date.parse(timestamp)) ? null : 'payload';
    },
    accepted: json(202, { status: 'success', message: 'Event processed', dedup_key: 'k1' }),
    open: (server, http) => pagerDutyNotifier(channel('pagerduty', server.url), secret, http),
    limited: json(429, { status: 'throttle exceeded', message: 'slow' }, { 'retry-after': '5' }),
    waitMs: 5_000,
    final: json(400, { status: 'invalid event', message: `Event object is invalid ${CANARY}`, errors: [] }),
    malformed: json(202, { status: 'unknown' }),
  },
  {
    name: 'resend',
    refuses: ({ path, headers, json: body }) => {
      if (path !== '/emails' || headers.authorization !== `Bearer ${CANARY}`) return 'head';
      if (headers['idempotency-key'] !== 'msg_1' || headers['user-agent'] === undefined) return 'headers';
      return body.from === 'desk@example.com' && body.to[0] === '42' && body.subject && body.text ? null : 'body';
    },
    accepted: json(200, { id: '49a3999c-0ce1-4ea6-ab68-afcd6dc2e794' }),
    open: (server, http) => resendNotifier(channel('resend', server.url), secret, http),
    limited: json(429, { statusCode: 429, name: 'rate_limit_exceeded', message: 'x' }, { 'retry-after': '2' }),
    waitMs: 2_000,
    final: json(403, { statusCode: 403, name: `invalid_api_key ${CANARY}`, message: 'x' }),
    malformed: { status: 200, body: '{' },
  },
];

for (const service of SERVICES)
  describe(`${service.name}, against a stand-in of it on this machine`, async () => {
    const server = await standIn((received) => {
      const wrong = service.refuses(received);
      return wrong === null ? service.accepted : { status: 422, body: wrong };
    });
    const patient = service.open(server, await client(false));
    const hasty = service.open(server, await client(true));
    after(async () => {
      await Promise.all([patient.close(), hasty.close()]);
      await server.close();
    });
    const deliver = async (answer?: Scripted): Promise<DeliveryOutcome> => {
      if (answer !== undefined) server.script(answer);
      const outcome = await (answer === 'silent' ? hasty : patient).deliver(MESSAGE);
      const told = JSON.stringify(outcome);
      for (const word of [CANARY, OTHER, KEY, OLD_KEY, server.url]) assert.ok(!told.includes(word), told);
      return outcome;
    };

    test('an alert -> delivered as the service asks', async () => {
      assert.equal((await deliver()).kind, 'delivered');
    });
    test('429 -> to be tried again, not before it says', async () => {
      const beganMs = performance.now();
      const { kind, retryAfterMs } = (await deliver(service.limited)) as DeliveryOutcome & { kind: 'retry' };
      assert.equal(kind, 'retry');
      // A date is of whole seconds, and has come nearer meanwhile.
      const leastMs = service.waitMs - 1_000 - (performance.now() - beganMs);
      assert.ok(retryAfterMs! >= leastMs && retryAfterMs! <= service.waitMs + 1_000, String(retryAfterMs));
    });
    test('500, silence, a dropped connection -> to be tried again', async () => {
      for (const answer of [{ status: 500, body: CANARY }, 'silent', 'reset'] as const)
        assert.equal((await deliver(answer)).kind, 'retry', JSON.stringify(answer));
    });
    test('a refusal -> final, with its reason and without the secret', async () => {
      const outcome = await deliver(service.final);
      assert.equal(outcome.kind, 'failed');
      assert.match(outcome.reason, /^status \d+/);
    });
    test('a redirect -> final, and not followed', async () => {
      const before = server.received.length;
      const outcome = await deliver({ status: 307, headers: { location: `${server.url}/elsewhere` } });
      assert.deepEqual([outcome.kind, server.received.length], ['failed', before + 1]);
    });
    test('200 that says something else -> not taken for delivered', async () => {
      const { malformed } = service;
      if (malformed !== null) assert.equal((await deliver(malformed)).kind, 'retry');
      else assert.equal((await deliver({ status: 200, body: 'x'.repeat(50_000) })).kind, 'delivered');
    });
  });

describe('channels', () => {
  test('one that names this machine without its network opened -> refused for good', async () => {
    const http = await openHttpClient({ allowedNetworks: [] });
    const notifier = webhookNotifier(
      channel('webhook', 'http://127.0.0.1:9/'),
      { current: new Secret(KEY), former: [] },
      http,
      Date.now,
    );
    const outcome = await notifier.deliver(MESSAGE);
    await notifier.close();
    assert.equal(outcome.kind, 'failed');
    assert.match(outcome.reason, /--allow/);
  });

  test('resend: the same mail under way in another attempt -> tried again; another mail under the key -> final', async () => {
    const server = await standIn(() => ({ status: 500 }));
    const notifier = resendNotifier(channel('resend', server.url), secret, await client(true));
    server.script(
      json(409, { name: 'concurrent_idempotent_requests' }),
      json(409, { name: 'invalid_idempotent_request' }),
    );
    assert.equal((await notifier.deliver(MESSAGE)).kind, 'retry');
    assert.equal((await notifier.deliver(MESSAGE)).kind, 'failed');
    await notifier.close();
    await server.close();
  });
});
