import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { sqliteJournals } from '../../src/adapters/sqlite/journals.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { barsFromRows } from '../../src/core/vocabulary/market-data.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/core/vocabulary/time.ts';
import { openLocalExchange } from '../../src/local-exchange/open.ts';
import { DEFAULT_LISTING } from '../../src/local-exchange/usdm/listing.ts';
import type { FundingDue, SessionInput } from '../../src/session/session-input.ts';
import { Scene, shownFills, strategyFile } from './command-line.ts';

/** Two funding times of yesterday, 08:00 and 16:00. */
const [FIRST_MS, SECOND_DUE_MS] = [8, 16].map(
  (hours) => Math.floor(Date.now() / DAY_MS) * DAY_MS - DAY_MS + hours * HOUR_MS,
) as [number, number];
const BEGIN_MS = FIRST_MS - 30 * MINUTE_MS;
const RATE = '0.0005';
const QUANTITY = 0.5;

const scene = new Scene();
after(() => scene.remove());
const rows = Array.from({ length: 600 }, (_, i) => {
  const [open, close] = [i, i + 1].map((at) => 95_000 + 100 * Math.sin(at / 10)) as [number, number];
  return [BEGIN_MS + i * MINUTE_MS, open, Math.max(open, close) + 20, Math.min(open, close) - 20, close, 12];
});
// A clock that this test steps: what a session sees of a minute takes three seconds.
const exchange = await openLocalExchange({
  clock: { speed: 0, startMs: BEGIN_MS },
  checkTimestamps: false,
  usdm: { instruments: DEFAULT_LISTING.map((contract) => ({ ...contract, fundingRate: RATE })) },
  market: { kind: 'bars', bars: { BTCUSDT: { columns: barsFromRows(rows), barMs: MINUTE_MS } }, speed: 1 },
});
after(() => exchange.close());
const env = { TRADEWRIGHT_LOCAL: exchange.urls.usdm!.rest };

scene.write(
  'holder.ts',
  strategyFile('holder', `if (!c.position.isOpen) c.buy({ size: { qty: ${QUANTITY} }, why: 'flat' });`),
);
const ARGS = [
  ...['paper', './holder.ts', '--venue', 'local-usdm', '--symbols', 'BTCUSDT', '--timeframe', '1m'],
  ...['--param', 'length=2', '--session', 'held', '--account', 'margin', '--leverage', '5', '--cash', '50000'],
];

/** Steps the exchange's clock, twenty times as fast as it is, until something has come true. */
async function stepsUntil(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = Date.now() + 60_000;
  while (!(await isTrue())) {
    assert.ok(Date.now() < endMs, `nothing came of it in a minute; the exchange is at ${exchange.clock.nowMs()}`);
    exchange.clock.step(500);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

const isAfter = (timeMs: number) => () => exchange.clock.nowMs() >= timeMs;

/** What was received for the position, as whoever asks while the session runs is told. */
async function funding(): Promise<number> {
  const { body } = await scene.json(['profit', '--session', 'held'], env);
  return Number(body.data.instruments[0]?.funding ?? 0);
}

/** What was paid for the position at a time, by the exchange's own figures. */
async function paidAt(timeMs: number): Promise<number> {
  const url = `${exchange.urls.usdm!.rest}/fapi/v1/fundingRate?symbol=BTCUSDT&startTime=${timeMs}&endTime=${timeMs}`;
  const [row] = (await (await fetch(url)).json()) as { fundingRate: string; markPrice: string }[];
  assert.equal(Number(row!.fundingRate), Number(RATE));
  return Number((-QUANTITY * Number(row!.markPrice) * Number(RATE)).toFixed(8));
}

test('a position over two funding times, killed at the first and after -> each booked once; replay and parity agree', async (t) => {
  exchange.clock.stepTo(FIRST_MS - 3 * MINUTE_MS);
  // The exchange's time stands still while it starts.
  let session = await scene.startRunning(ARGS, env);
  t.after(() => session.end());
  let fills = 0;
  shownFills(session.child, 1).then(
    (count) => {
      fills = count;
    },
    () => {},
  );
  await stepsUntil(() => fills > 0);
  assert.ok(exchange.clock.nowMs() < FIRST_MS, 'it holds before the time');
  await stepsUntil(isAfter(FIRST_MS));
  await session.end();
  const first = await paidAt(FIRST_MS);
  session = await scene.startRunning(ARGS, env);
  let booked = 0;
  await stepsUntil(async () => {
    booked = await funding();
    return booked !== 0;
  });
  assert.equal(booked, first);
  await session.end();

  // Hours in which nobody listens, and back before the next time.
  exchange.clock.stepTo(SECOND_DUE_MS - MINUTE_MS);
  session = await scene.startRunning(ARGS, env);
  assert.equal(await funding(), first);
  await stepsUntil(isAfter(SECOND_DUE_MS));
  await stepsUntil(async () => {
    booked = await funding();
    return booked !== first;
  });
  const second = await paidAt(SECOND_DUE_MS);
  assert.equal(booked, Number((first + second).toFixed(8)));
  await session.end();
  const last = await scene.json([...ARGS, '--seconds', '2'], env);
  assert.equal(last.code, 0, JSON.stringify(last.body.error));

  const journals = sqliteJournals({
    ...{ folder: scene.path('.tradewright/sessions'), homePath: scene.path('.tradewright/home.sqlite') },
    clock: systemClock(),
  });
  const due: FundingDue[] = [];
  for await (const { kind, payload } of journals.read('held')) {
    const input = payload as unknown as SessionInput;
    if (kind === 'input' && input.type === 'funding-fell-due') due.push(input);
  }
  await journals.close();
  assert.deepEqual(
    due.map(({ timeMs }) => timeMs),
    [FIRST_MS, SECOND_DUE_MS],
  );
  assert.equal(await funding(), Number((first + second).toFixed(8)));

  const replayed = await scene.json(['replay', 'held'], env);
  assert.equal(replayed.code, 0, JSON.stringify(replayed.body.error));
  assert.equal(replayed.body.data.hashes.state, last.body.data.hashes.state);
  assert.equal(replayed.body.data.hashes.events, last.body.data.hashes.events);
  const parity = await scene.json(['parity', 'held', '--no-history'], env);
  assert.equal(parity.code, 0, JSON.stringify(parity.body));
  assert.equal(parity.body.data.profit.gap, '0');
  t.diagnostic(`${first} and ${second} USDT, ${(Date.now() - exchange.clock.nowMs()) / SECOND_MS} s behind`);
});
