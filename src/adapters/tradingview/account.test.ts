import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import { RecordingMarketSink } from '../../../test/recording-market-sink.ts';
import type { SimulatedReply } from '../../../test/simulated-world/http.ts';
import { isCode, world } from '../../../test/stand-ins/tradingview/world.ts';
import { tradingView } from '../../tradingview-row.ts';
import { AuthToken } from './auth-token.ts';
import { TradingViewHistory } from './bar-history.ts';
import { TradingViewFeed } from './feed.ts';
import { encodeCall } from './packets.ts';
import { QuoteConversation } from './quote-conversation.ts';
import { serverMessage } from './server-message.ts';

const BTC = 'BINANCE:BTCUSDT';
/** With what a form, a query and JSON each write in their own way. */
const PASSWORD = 'c&n+ry "p\\ss" wörd/1';
const TOKEN = 'jwt.canary-of-the-token.sig';
const ACCOUNT = { username: 'me', password: PASSWORD };
const LOGGED_IN = JSON.stringify({ error: '', user: { auth_token: TOKEN } });
const SECRETS = [
  ...[TOKEN, PASSWORD, encodeURIComponent(PASSWORD), new URLSearchParams({ p: PASSWORD }).toString().slice(2)],
  ...['canary', 'n+ry', 'n%2Bry', 'p\\\\ss', 'w\\u00f6rd', 'wörd'],
];

function assertClean(what: unknown): void {
  const shown = `${inspect(what, { depth: 9 })} ${JSON.stringify(what)} ${String(what)}`;
  for (const secret of SECRETS) assert.ok(!shown.includes(secret), `${secret} in ${shown}`);
}

describe('TradingView account', () => {
  test('logged in once, by one form, its token used on every connection', async () => {
    const { clock, dialer, http, options, settle, venue } = world({ account: ACCOUNT }, LOGGED_IN);
    const feed = new TradingViewFeed(options);
    feed.subscribe({ channel: 'quotes', symbol: BTC }, new RecordingMarketSink());
    const [rules] = await settle(feed.instruments([BTC]), 5_000);
    assert.equal(rules!.base, 'BTC');
    for (const link of dialer.openLinks) link.reset();
    await clock.advance(10_000);
    assert.equal(http.requests.length, 1);
    const [{ url, body }] = http.requests as [(typeof http.requests)[number]];
    assert.equal(url, 'https://www.tradingview.com/accounts/signin/');
    assert.deepEqual(Object.fromEntries(new URLSearchParams(String(body))), { ...ACCOUNT, remember: 'on' });
    const tokens = venue.heard.filter((each) => each.method === 'set_auth_token').map((each) => each.parameters[0]);
    assert.deepEqual(tokens, [TOKEN, TOKEN, TOKEN, TOKEN]);
    await settle(feed.close());
  });

  test('two that ask at once -> one log-in', async () => {
    const { clock, http, options } = world({ account: ACCOUNT }, LOGGED_IN);
    const auth = new AuthToken(options);
    const both = Promise.all([auth.token(), auth.token()]);
    await clock.advance(1_000);
    assert.deepEqual(await both, [TOKEN, TOKEN]);
    assert.equal(http.requests.length, 1);
  });

  for (const error of ['Wrong password', 'captcha', 'account locked']) {
    test(`log-in refused (${error}) -> told at once, never sent again by reconnects, other questions, or another feed`, async () => {
      const { clock, http, dialer, options, settle, venue } = world({}, JSON.stringify({ error }));
      const row = tradingView({ acceptsTerms: true, allowsDelayed: false, account: ACCOUNT });
      const outside = { ...options, sharedCounters: async () => null, onLimiter() {}, onClose() {} };
      const open = async (): Promise<void> => {
        const feed = await row.feed!(outside);
        feed.subscribe({ channel: 'quotes', symbol: BTC }, new RecordingMarketSink());
        await clock.advance(1_200_000);
        assert.match(String(feed.health().connections[0]?.lastFault), new RegExp(error));
        await assert.rejects(settle(feed.instruments([BTC]), 5_000), isCode('key-invalid'));
        await settle(feed.close());
      };
      await open();
      await open();
      const history = await row.history!(outside, 'rest');
      for (let k = 0; k < 2; k++) {
        await assert.rejects(settle(history.bars(BTC, '1m', 0, clock.nowMs()), 5_000), isCode('key-invalid'));
      }
      assert.deepEqual([http.requests.length, dialer.attemptsMs.length, venue.heard.length], [1, 0, 0]);
    });
  }

  test('the site fails or asks for patience -> sent again, not before that', async () => {
    const replies: readonly SimulatedReply[] = [
      { fault: 'refused' },
      { status: 503 },
      { status: 429, headers: { 'retry-after': '600' } },
      { status: 200, body: LOGGED_IN },
    ];
    const { clock, http, options, settle } = world({ account: ACCOUNT }, (_request, count) => replies[count - 1]!);
    const feed = new TradingViewFeed(options);
    const sink = new RecordingMarketSink();
    feed.subscribe({ channel: 'quotes', symbol: BTC }, sink);
    await clock.advance(900_000);
    assert.ok(sink.quotes.length > 0);
    assert.equal(http.requests.length, 4);
    assert.ok(http.sentMs[3]! - http.sentMs[2]! >= 600_000);
    await settle(feed.close());
  });

  test('whatever the site says back -> the password is in no error, in no spelling', async () => {
    const form = new URLSearchParams({ password: PASSWORD }).toString();
    const bodies = [
      { error: `no: ${PASSWORD}` },
      { error: `no: ${encodeURIComponent(PASSWORD)}` },
      { error: `sent ${form}` },
      { error: JSON.stringify({ sent: PASSWORD }) },
      { error: JSON.stringify(JSON.stringify({ sent: PASSWORD })) },
      { error: JSON.stringify({ sent: PASSWORD }).replace('ö', '\\u00f6') },
      `<html>${PASSWORD}`,
    ];
    for (const body of bodies) {
      for (const status of [200, 403, 429, 503]) {
        const { options, settle } = world({ account: ACCOUNT }, () => ({ status, body }));
        const error = await settle(new AuthToken(options).token()).catch((each: unknown) => each);
        assert.ok(isCode('key-invalid')(error) || isCode('rate-limited')(error) || isCode('unavailable')(error));
        assertClean(error);
      }
    }
    const { options, settle, http } = world({ account: ACCOUNT });
    http.send = async () => {
      const { TransportError } = await import('../../ports/transport.ts');
      throw new TransportError('reset', `reset while sending ${form}`, true, { cause: new Error(PASSWORD) });
    };
    assertClean(await settle(new AuthToken(options).token()).catch((each: unknown) => each));
  });

  test('quotes refused in the server’s words -> without the token', () => {
    const quotes = new QuoteConversation(BTC, { listeners: () => [], countGap() {} }, false);
    const auth = new AuthToken({ ...world().options, account: { authToken: TOKEN } });
    const packet = { m: 'qsd', p: ['qs_1', { n: BTC, s: 'error', errmsg: `no ${TOKEN}` }] };
    const message = serverMessage(packet, (text) => auth.redact(text))!;
    assert.deepEqual(quotes.take(message, 0), { refused: 'no [redacted]' });
  });

  for (const [name, account, said] of [
    ['password', ACCOUNT, PASSWORD],
    ['token of a log-in', ACCOUNT, TOKEN],
    ['token given', { authToken: TOKEN }, TOKEN],
  ] as const) {
    test(`the server repeats the ${name} -> it is in no error, no anomaly, no health`, async () => {
      /** What the server answers to a call: the method, and the parameters after the session. */
      const answers: Readonly<Record<string, readonly unknown[]>> = {
        symbol_error: ['sds_sym_1', said],
        series_error: ['sds_1', 's1', { args: said }],
        critical_error: ['invalid parameters', `method: create_series. args: ${JSON.stringify([said])}`],
        qsd: [{ n: BTC, s: 'error', errmsg: `no ${said}`, v: {} }],
        symbol_resolved: ['sds_sym_1', { name: 'x', minmov: said, pricescale: 100 }],
        timescale_update: [{ sds_1: { s: [{ i: 0, v: ['x'.repeat(85), said] }] } }],
      };
      for (const [method, rest] of Object.entries(answers)) {
        const { clock, options, settle, server, venue } = world({ account }, LOGGED_IN);
        const sink = new RecordingMarketSink();
        server.received = (link, data) => {
          const session = /"((?:cs|qs)_\w+)"/.exec(String(data))?.[1];
          if (session !== undefined) link.send(encodeCall(method, [session, ...rest]));
        };
        const feed = new TradingViewFeed(options);
        feed.subscribe({ channel: 'quotes', symbol: BTC }, sink);
        feed.subscribe({ channel: 'bars', symbol: BTC, timeframe: '1m' }, sink);
        const history = new TradingViewHistory(options);
        const errors = await settle(
          Promise.all(
            [history.bars(BTC, '1m', clock.nowMs() - 600_000, clock.nowMs()), feed.instruments([BTC])].map((each) =>
              each.then(
                () => null,
                (error: unknown) => error,
              ),
            ),
          ),
        );
        if (method !== 'qsd') assert.ok(errors.some((error) => error !== null && !isCode('timeout')(error)));
        assertClean([...errors, feed.health(), sink]);
        assert.ok(venue.clients.size > 0);
        await settle(Promise.all([feed.close(), history.close()]));
      }

      const frames = [
        `~m~9~m~{"m":"${said}`,
        ...[`~m~${JSON.stringify(said)}`, `${'~m~2~m~{}'}${said.slice(1)} ${said}`],
        ...[said, JSON.stringify({ said }), `{"m":"${'x'.repeat(40)}${said}`].map(
          (each) => `~m~${each.length}~m~${each}`,
        ),
        encodeCall('protocol_error', [said]),
      ];
      for (const frame of [...frames, null]) {
        const { clock, dialer, options, settle, venue } = world({ account }, LOGGED_IN);
        const sink = new RecordingMarketSink();
        const feed = new TradingViewFeed(options);
        feed.subscribe({ channel: 'quotes', symbol: BTC }, sink);
        const asked = feed.instruments([BTC]).catch((error: unknown) => error);
        venue.fate = () => [];
        await clock.advance(2_000);
        if (frame === null) for (const link of dialer.openLinks) link.close(1008, `go away, ${said}`);
        else for (const client of venue.clients) client.raw(frame);
        await clock.advance(200);
        const { connections } = feed.health();
        assert.ok(sink.anomalies.length > 0 || connections[0]!.lastFault !== null, String(frame));
        assertClean([sink, connections, await settle(asked)]);
        await settle(feed.close());
      }
    });
  }
});
