import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hmacSigner } from '../../connectivity/signing.ts';
import { queryText, signedQuery } from './access.ts';
import { marketBuyLimit } from './order-text.ts';
import { readStreamAnswer } from './stream-dialect.ts';
import { judgeAnswer } from './venue-codes.ts';

const SECRET = '45d0b3c26f2644f19bfb98b07741b2f5';
const request = { method: 'POST', path: '/api/v3/order' } as const;

function judge(status: number, body: string): string | null {
  return judgeAnswer({ status, headers: {}, body: Buffer.from(body) }, request)?.code ?? null;
}

describe('MEXC requests', () => {
  test('signature: the published sample -> the published signature, in lower case', () => {
    const parts = [
      ['symbol', 'BTCUSDT'],
      ['side', 'BUY'],
      ['type', 'LIMIT'],
      ['quantity', 1],
      ['price', 11],
    ] as const;
    const text = signedQuery(hmacSigner(SECRET), parts, 1_644_489_390_087, 5_000);
    assert.match(
      text,
      /^symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=11&recvWindow=5000&timestamp=1644489390087&/,
    );
    assert.ok(text.endsWith('&signature=fd3e4e8543c5188531eb7279d68ae7d26a573d0fc5ab0d18eb692451654d837a'));
  });

  test('query: commas and other specials -> percent-encoded in upper-case hex before signing', () => {
    assert.equal(queryText([['symbols', "MXUSDT,BTCUSDT ä!'()*"]]), 'symbols=MXUSDT%2CBTCUSDT%20%C3%A4%21%27%28%29%2A');
  });

  test('market buy: ask and reach -> a limit on tick, never below the ask', () => {
    assert.equal(marketBuyLimit('50001', '0.01', '0.01'), '50501.01');
    assert.equal(marketBuyLimit('0.0000012', '0.01', '0.0000001'), '0.0000012');
    assert.equal(marketBuyLimit('3', '0', '0.5'), '3');
  });
});

describe('MEXC answers', () => {
  test('errors: codes -> ours, whatever the status below 500', () => {
    assert.equal(judge(400, '{"code":30004,"msg":"Insufficient position"}'), 'insufficient-balance');
    assert.equal(judge(200, '{"code":30004,"msg":"Insufficient position"}'), 'insufficient-balance');
    assert.equal(judge(400, '{"code":-2011,"msg":"Unknown order sent."}'), 'unknown-order');
    assert.equal(judge(400, '{"code":700003,"msg":"recvWindow"}'), 'clock-skewed');
    assert.equal(judge(401, '{"code":700006,"msg":"IP"}'), 'ip-not-allowed');
    assert.equal(judge(400, '{"code":30002,"msg":"less than:1USDT"}'), 'filter-violated');
    assert.equal(judge(400, '{"code":730100,"msg":"sub-account"}'), 'trading-not-permitted');
    assert.equal(judge(429, '<html>'), 'rate-limited');
    assert.equal(judge(418, ''), 'banned');
  });

  test('errors: what proves nothing -> a code without proof', () => {
    assert.equal(judge(500, '{"code":30004,"msg":"Insufficient position"}'), 'unavailable');
    assert.equal(judge(504, ''), 'timeout');
    assert.equal(judge(400, '{"code":99999,"msg":"new"}'), 'answer-unreadable');
    assert.equal(judge(403, '<html>Access Denied</html>'), 'answer-unreadable');
    assert.equal(judge(400, '{"code":200,"msg":"?"}'), 'answer-unreadable');
  });

  test('successes: bodies with a code that is none of an error -> null', () => {
    for (const body of ['{}', '[]', '{"code":200,"data":[]}', '{"code":0,"data":{}}', '{"orderId":"C02__1"}'])
      assert.equal(judge(200, body), null, body);
  });

  test('stream answers: confirmations, refusals with either colon, pongs, others', () => {
    const kline = 'spot@public.kline.v3.api.pb@BTCUSDT@Min1';
    assert.deepEqual(readStreamAnswer(`{"id":0,"code":0,"msg":"${kline},spot@x"}`), {
      kind: 'confirmed',
      channels: [kline, 'spot@x'],
    });
    for (const colon of [':', '：']) {
      const text = `{"id":0,"code":0,"msg":"Not Subscribed successfully! [${kline}].  Reason${colon} Blocked! "}`;
      assert.deepEqual(readStreamAnswer(text), { kind: 'refused', channels: [kline], detail: 'Blocked!' });
    }
    assert.deepEqual(readStreamAnswer('{"id":0,"code":0,"msg":"PONG"}'), { kind: 'pong' });
    assert.equal(readStreamAnswer('Invalid listen key').kind, 'other');
    assert.equal(readStreamAnswer('{"id":0,"code":0,"msg":"something"}').kind, 'other');
  });
});
