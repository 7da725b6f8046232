import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { makerTakerFees } from '../../src/core/exchange/fees.ts';
import type { CostModel } from '../../src/core/exchange/fill-costs.ts';
import { toRate } from '../../src/core/exchange/rate.ts';
import { ta } from '../../src/core/indicators/ta.ts';
import { bars } from '../../src/core/strategy/data.ts';
import { defineStrategy } from '../../src/core/strategy/define-strategy.ts';
import { MINUTE_MS } from '../../src/core/vocabulary/time.ts';
import { certify } from '../../src/session/parity/certificate.ts';
import { compareWithModel } from '../../src/session/parity/ladder.ts';
import { MarketReader, type MarketRecord } from '../../src/session/parity/market-record.ts';
import { asJson, replayJournal } from '../../src/session/replay-journal.ts';
import { SessionCore } from '../../src/session/session-core.ts';
import { LiveScene } from './live-scene.ts';

const swinging = defineStrategy({
  id: 'swinging',
  params: {},
  data: { main: bars('1m') },
  indicators: ({ data }) => ({ average: ta.sma(data.main.close, 2) }),
  state: () => ({ bar: 0 }),
  onBar(c) {
    const n = c.state.bar++;
    if (n % 4 === 1 && !c.position.isOpen) c.buy({ size: { qty: '0.02' }, why: 'first of four' });
    if (n % 4 === 3) c.position.close('last of four');
  },
});

/** How far the scene's best prices are from the middle. */
const HALF_SPREAD = 1;
const sealed = <T>(body: () => T): T => body();

describe('parity of a live session', () => {
  test('orders by a real exchange’s protocol -> the same decisions, and a gap that is spread, slippage or fees', async () => {
    const scene = new LiveScene();
    const life = await scene.start(swinging as never);
    const reader = new MarketReader();
    let price = 95_000;
    let openMs = Math.floor(scene.venue.clock.nowMs() / MINUTE_MS) * MINUTE_MS;
    const quotes: number[] = [];
    const fromMs = openMs;
    for (let k = 0; k < 24; k++) {
      const open = price;
      price += k % 3 === 0 ? 40 : -25;
      scene.venue.moveTo(String(price));
      await scene.venue.pass(openMs + MINUTE_MS - scene.venue.clock.nowMs());
      life.feed.bar(openMs, open, price);
      openMs += MINUTE_MS;
      quotes.push(0, openMs - fromMs, price - HALF_SPREAD, price + HALF_SPREAD);
      await scene.venue.pass(200);
    }
    await scene.venue.run(life.session.stop('over'));
    const { config } = life.core;
    const recorded = new SessionCore(config, 'live');
    await scene.venue.run(
      replayJournal(recorded, scene.journals.read('live'), sealed, {
        goesOn: (record) => {
          reader.take(record);
          return true;
        },
      }),
    );
    const { state } = recorded.engine;
    const fills = Array.from({ length: state.fills.count }, (_, fill) => fill);
    assert.ok(fills.length >= 12, `${fills.length} fills`);
    const certified = (more: { readonly model?: CostModel; readonly market?: MarketRecord }) => {
      const ladder = compareWithModel({
        ...{ recorded, market: reader.record, config, session: 'live', sealed },
        ...more,
      });
      assert.equal(ladder.divergence, null);
      const { causes, holds } = certify(ladder, state.instruments, state.account.cash, 0.01);
      assert.ok(holds);
      return Object.fromEntries(causes.map(({ cause, amount }) => [cause, Number(amount)])) as Record<string, number>;
    };
    const near = (found: number, truth: number, what: string): void =>
      assert.ok(Math.abs(found - truth) <= 0.05 * Math.abs(truth), `${what}: ${found}, true ${truth}`);

    // Every order took, and paid half the spread.
    const instrument = state.instruments[0]!;
    const crossed = fills.reduce(
      (sum, fill) => sum - HALF_SPREAD * instrument.quantity(state.fills.column.lots[fill]!),
      0,
    );
    const blind = certified({});
    near(blind['slippage']!, crossed, 'slippage, where no quotes were kept');
    assert.equal(blind['spread'], 0);
    assert.equal(blind['unexplained'], 0);

    reader.take({ kind: 'note', payload: asJson({ type: 'market', fromMs, trades: [], quotes }) });
    const told = certified({});
    near(told['spread']!, crossed, 'spread');
    assert.ok(Math.abs(told['slippage']!) < 0.05 * Math.abs(crossed), `slippage ${told['slippage']}`);

    // A model that reckons with half the fee.
    const rate = toRate(0.0005);
    const paid = fills.reduce((sum, fill) => sum + instrument.money(state.fills.feeWorth(fill)), 0);
    const cheap = certified({ model: { ...config.costs!, fees: { ...makerTakerFees(rate, rate), payIn: 'base' } } });
    near(cheap['fees']!, -paid / 2, 'fees');
    near(cheap['spread']!, crossed, 'spread beside fees');
    assert.ok(Math.abs(cheap['unexplained']!) < 0.01 * paid, `unexplained ${cheap['unexplained']}`);
  });
});
