import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { narrate } from '../../src/core/engine/narrate.ts';
import type { DomainEvent } from '../../src/core/vocabulary/events.ts';
import { FundingBook, type FundingWord } from '../../src/session/funding-book.ts';
import { intercepted, type Life, LiveScene } from './live-scene.ts';
import { puppet } from './puppet.ts';

const why = 'test';
const EIGHT_HOURS_MS = 8 * 3_600_000;

const told = ({ core: { engine } }: Life): DomainEvent[] =>
  Array.from({ length: engine.state.log.count }, (_, seq) => narrate(engine.state, ['puppet'], seq));
const funded = (life: Life) => told(life).filter((event) => event.type === 'funding-paid');
const alarms = (life: Life, level = 'page') =>
  told(life).flatMap((event) => (event.type === 'alert-raised' && event.level === level ? [event.message] : []));
const holder = puppet((bar, c) => {
  if (bar === 0) c.buy({ size: { qty: 0.1 }, why });
});

/** Until so long after the next funding. */
const untilFunded = async ({ venue }: LiveScene, afterMs = 60_000): Promise<void> => {
  const nowMs = venue.clock.nowMs();
  await venue.pass(Math.ceil(nowMs / EIGHT_HOURS_MS) * EIGHT_HOURS_MS - nowMs + afterMs);
};

describe('funding of a live session', () => {
  test('due while nobody was there -> booked once from the history, at the next start; books and venue agree', async () => {
    const scene = new LiveScene({ product: 'usdm' });
    let life = await scene.start(holder);
    await scene.bar(life, 95_000);
    await scene.bar(life, 95_000);
    for (let missed = 1; missed <= 2; missed++) {
      life.kill();
      await untilFunded(scene);
      life = await scene.start(holder);
      await scene.venue.pass(70_000);
      const events = funded(life);
      assert.equal(events.length, missed);
      assert.ok(events.every(({ at, amount }) => at % EIGHT_HOURS_MS === 0 && amount.startsWith('-')));
      assert.deepEqual(alarms(life), []);
      assert.equal(life.account.keeper.notReady, null);
    }
    life.kill();
    life = await scene.start(holder);
    await scene.venue.pass(70_000);
    assert.equal(funded(life).length, 2, 'asked for again, and known');
  });

  test('told by the stream, and by the history after it -> booked once', async () => {
    const scene = new LiveScene({ product: 'usdm' });
    let life = await scene.start(holder);
    await scene.bar(life, 95_000);
    await scene.bar(life, 95_000);
    life.kill();
    await untilFunded(scene, -60_000);
    life = await scene.start(holder);
    await untilFunded(scene);
    assert.equal(funded(life).length, 1);
    life.kill();
    life = await scene.start(holder);
    await scene.venue.pass(70_000);
    assert.equal(funded(life).length, 1);
    assert.deepEqual(alarms(life), []);
  });

  test('a venue without such a history -> said once, and the difference is an alarm', async () => {
    const wrap = (gateway: Life['gateway']) => intercepted(gateway, { fundingSince: undefined as never });
    const scene = new LiveScene({ product: 'usdm', wrap });
    let life = await scene.start(holder);
    await scene.bar(life, 95_000);
    await scene.bar(life, 95_000);
    life.kill();
    await untilFunded(scene);
    life = await scene.start(holder);
    await scene.venue.pass(70_000);
    assert.deepEqual(funded(life), []);
    assert.equal(alarms(life, 'warn').filter((each) => each.includes('no history of funding')).length, 1);
    assert.ok(alarms(life).some((each) => /USDT: the venue holds/.test(each)));
  });
});

describe('payments of funding, each once', () => {
  const word = (more: Partial<FundingWord>): FundingWord => ({
    ...{ type: 'funding-told', symbol: 'BTCUSDT', asset: 'USDT', amount: '-1.5', atMs: EIGHT_HOURS_MS, ...more },
  });

  test('stream and history, whoever is first, in other decimals and at other milliseconds -> one', () => {
    for (const words of [
      [word({ symbol: '', atMs: EIGHT_HOURS_MS + 900 }), word({ id: '7', amount: '-1.50000000' })],
      [word({ id: '7', amount: '-1.50000000' }), word({ symbol: '', atMs: EIGHT_HOURS_MS + 900 })],
    ]) {
      const book = new FundingBook();
      assert.deepEqual(
        [...words, ...words].map((each) => book.isNew(each)),
        [true, false, false, false],
      );
      const again = new FundingBook();
      again.restore(JSON.parse(JSON.stringify(book.snapshot())));
      assert.deepEqual(
        words.map((each) => again.isNew(each)),
        [false, false],
      );
    }
  });

  test('the same amount of another number, hour, symbol or asset -> another payment', () => {
    const book = new FundingBook();
    const words = [
      word({ id: '7' }),
      word({ id: '8' }),
      word({ id: '9', atMs: EIGHT_HOURS_MS + 3_600_000 }),
      word({ id: '10', symbol: 'ETHUSDT' }),
      word({ id: '11', asset: 'USDC' }),
    ];
    assert.deepEqual(
      words.map((each) => book.isNew(each)),
      [true, true, true, true, true],
    );
  });

  test('noted before histories were asked for -> the history does not book it again', () => {
    const book = new FundingBook();
    book.restore([` USDT ${EIGHT_HOURS_MS}`]);
    assert.deepEqual([book.isNew(word({ symbol: '' })), book.isNew(word({ id: '7' }))], [false, false]);
  });
});
