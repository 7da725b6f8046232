import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SIMULATED } from '../execution/capabilities.ts';
import { compileLimits } from '../risk/limits.ts';
import { bars } from '../strategy/data.ts';
import { defineStrategy } from '../strategy/define-strategy.ts';
import type { Command } from '../vocabulary/commands.ts';
import { timeframe } from '../vocabulary/time.ts';
import { Engine } from './engine.ts';
import { stateHash } from './state-hash.ts';

const instrument = { id: 'X:BTCUSD', base: 'BTC', quote: 'USD', tick: '0.01', lot: '0.000001' };
const quiet = defineStrategy({ id: 'quiet', params: {}, data: { main: bars() }, indicators: () => ({}) });

function engine(strategies = 1): Engine {
  return new Engine({
    session: 'test',
    instruments: [instrument],
    account: { currency: 'USD', cash: 10_000, kind: 'cash', leverage: 1, takerFeeRate: 0.001 },
    capabilities: SIMULATED,
    limits: compileLimits({}),
    feeds: [{ instrument: 'X:BTCUSD', timeframe: timeframe('1h') }],
    strategies: new Array(strategies).fill({ strategy: quiet }),
  });
}

function started(): Engine {
  const e = engine();
  e.handle({ type: 'bar-closed', feed: 0, openTimeMs: 0, open: 100, high: 101, low: 99, close: 100, volume: 1 });
  e.handle({ type: 'instant-ended', timeMs: 3_600_000 });
  return e;
}

describe('engine inputs', () => {
  test('more strategies than events can tell apart -> refused, with how many there may be', () => {
    assert.throws(
      () => engine(1024),
      /^RangeError: a session has at most 1023 strategies and 65535 instruments, found 1024 and 1$/,
    );
  });

  test('first instant: a bar and its end -> the strategy starts, caused by the bar', () => {
    const e = engine();
    e.handle({ type: 'bar-closed', feed: 0, openTimeMs: 0, open: 100, high: 101, low: 99, close: 100, volume: 1 });
    const { events } = e.handle({ type: 'instant-ended', timeMs: 3_600_000 });
    assert.deepEqual(
      events.map((x) => x.type),
      ['strategy-started'],
    );
    assert.deepEqual(events[0]!.causedBy, { input: 0 });
  });

  test('command place-order: within limits -> signal, placed, one request; its cause is the command', () => {
    const e = started();
    const { events, requests } = e.handle({
      type: 'command-given',
      command: {
        type: 'place-order',
        reason: 'by hand',
        strategy: 'quiet',
        instrument: 'X:BTCUSD',
        side: 'buy',
        entry: { size: { qty: 1 }, limit: 99, why: 'try' },
      },
    });
    assert.deepEqual(
      events.map((x) => x.type),
      ['signal-generated', 'order-placed'],
    );
    assert.equal(requests, 1);
    assert.deepEqual(events[0]!.causedBy, { input: 1 });
    assert.deepEqual(events[1]!.causedBy, { event: events[0]!.seq });
  });

  test('command place-order: more than the capital -> refused with a code, nothing sent', () => {
    const e = started();
    const { events, requests } = e.handle({
      type: 'command-given',
      command: {
        type: 'place-order',
        reason: 'by hand',
        strategy: 'quiet',
        instrument: 'X:BTCUSD',
        side: 'buy',
        entry: { size: { qty: 1000 }, why: 'try' },
      },
    });
    assert.deepEqual(
      events.map((x) => x.type),
      ['signal-generated', 'order-refused'],
    );
    assert.equal(requests, 0);
  });

  test('command set-trading-state: halted -> an event, and orders are refused until re-armed', () => {
    const e = started();
    const halt = e.handle({
      type: 'command-given',
      command: { type: 'set-trading-state', reason: 'drill', scope: 'system', state: 'halted' },
    });
    assert.deepEqual(
      halt.events.map((x) => x.type),
      ['trading-state-changed'],
    );
    const place = {
      type: 'place-order',
      reason: 'by hand',
      strategy: 'quiet',
      instrument: 'X:BTCUSD',
      side: 'buy',
      entry: { size: { qty: 1 }, why: 'try' },
    } as const;
    const refused = e.handle({ type: 'command-given', command: place }).events[1]!;
    assert.equal(refused.type === 'order-refused' && refused.code, 'trading-halted');
    e.handle({ type: 'command-given', command: { type: 'rearm', reason: 'drill over', scope: 'system' } });
    assert.equal(e.handle({ type: 'command-given', command: place }).events[1]!.type, 'order-placed');
  });

  test('command that names what is not there, or what is no number -> refused as data, nothing changed', () => {
    const e = started();
    const before = stateHash(e);
    const place = { type: 'place-order', reason: 'x', strategy: 'quiet', instrument: 'X:BTCUSD', side: 'buy' } as const;
    const commands: readonly (readonly [Command, string, RegExp])[] = [
      [
        { type: 'stop-strategy', reason: 'x', strategy: 'nobody' },
        'unknown-strategy',
        /no strategy nobody; there is quiet/,
      ],
      [{ type: 'kill', reason: 'x', level: 'halt', scope: 'strategy' }, 'unknown-strategy', /there is quiet/],
      [{ type: 'rearm', reason: 'x', scope: 'instrument', target: 'X:NO' }, 'unknown-instrument', /X:BTCUSD/],
      [{ type: 'cancel-order', reason: 'x', order: 'nothing' }, 'unknown-order', /no order nothing/],
      [{ type: 'amend-order', reason: 'x', order: 'nothing' }, 'unknown-order', /no order nothing/],
      [{ type: 'close-position', reason: 'x', strategy: 'quiet', instrument: 'X:BTCUSD' }, 'nothing-to-do', /flat/],
      [{ ...place, entry: { size: { qty: 'many' }, why: 'x' } }, 'valuation-missing', /refused by risk/],
    ];
    for (const [command, code, message] of commands) {
      const outcome = e.command(command);
      assert.ok(!outcome.done, command.type);
      assert.equal(outcome.code, code);
      assert.match(outcome.message, message);
    }
    e.state.input -= commands.length;
    assert.equal(stateHash(e), before);
  });

  test('amendment of an order that is being canceled, or of the price of one that has none -> refused, nothing changed', () => {
    const e = started();
    const place = { type: 'place-order', reason: 'x', strategy: 'quiet', instrument: 'X:BTCUSD', side: 'buy' } as const;
    const ordered = (entry: object): string => {
      const outcome = e.command({ ...place, entry: { size: { qty: 1 }, why: 'x', ...entry } });
      assert.ok(outcome.done, JSON.stringify(outcome));
      return outcome.order!;
    };
    const [limit, market] = [ordered({ limit: 90 }), ordered({})];
    assert.ok(e.command({ type: 'cancel-order', reason: 'x', order: limit }).done);
    for (const [change, code, message] of [
      [{ order: limit, price: 80 }, 'order-ended', /is being canceled/],
      [{ order: market, price: 80 }, 'invalid', /a market order: it has no price/],
    ] as const) {
      const outcome = e.command({ type: 'amend-order', reason: 'x', ...change });
      assert.ok(!outcome.done, code);
      assert.equal(outcome.code, code);
      assert.match(outcome.message, message);
    }
  });
});
