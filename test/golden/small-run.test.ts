import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { causes } from '../../src/core/engine/narrate.ts';
import { EVENT_TYPES, eventSchema } from '../../src/core/vocabulary/events.ts';
import { smallRun } from './small-run.ts';

const golden = join(import.meta.dirname, 'small-run.events.jsonl');

/** Lines that are only in one of the two, in their order. */
function difference(before: readonly string[], after: readonly string[]): string {
  const rows: string[] = [];
  for (let i = 0; i < Math.max(before.length, after.length); i++) {
    if (before[i] === after[i]) continue;
    if (before[i] !== undefined) rows.push(`- ${before[i]}`);
    if (after[i] !== undefined) rows.push(`+ ${after[i]}`);
  }
  return rows.join('\n');
}

describe('golden: the events of a small run', () => {
  test('events: as kept, line by line (TRADEWRIGHT_UPDATE_GOLDEN=1 rewrites them and prints what changed)', (t) => {
    const lines = smallRun().events.map((e) => JSON.stringify(e));
    const kept = existsSync(golden) ? readFileSync(golden, 'utf8').trimEnd().split('\n') : [];
    if (process.env['TRADEWRIGHT_UPDATE_GOLDEN'] === '1') {
      t.diagnostic(`\n${difference(kept, lines) || 'nothing changed'}`);
      writeFileSync(golden, `${lines.join('\n')}\n`);
      return;
    }
    assert.equal(difference(kept, lines), '', 'events changed; if that is meant, see the name of this test');
  });

  test('events: every one -> fits the schema, numbered without gaps, times never before their cause', () => {
    const { events } = smallRun();
    for (const [i, e] of events.entries()) {
      const parsed = eventSchema.safeParse(JSON.parse(JSON.stringify(e)));
      assert.ok(parsed.success, `${JSON.stringify(e)}: ${parsed.error?.message}`);
      assert.deepEqual(parsed.data, e, 'the schema drops nothing');
      assert.equal(e.seq, i);
      if ('event' in e.causedBy) assert.ok(events[e.causedBy.event]!.at <= e.at, `event ${i} is before its cause`);
    }
  });

  test('fills: each -> came from a signal with a why, through a placed order, from an input', () => {
    const { backtest, events } = smallRun();
    const chains = events
      .filter((e) => e.type === 'order-filled')
      .map((e) =>
        causes(backtest.engine.state, e.seq).map((seq) => EVENT_TYPES[backtest.engine.state.log.column.type[seq]!]),
      );
    assert.equal(chains.length, 5);
    for (const chain of chains) assert.deepEqual(chain, ['order-filled', 'order-placed', 'signal-generated']);
  });

  test('why: of each fill -> the wish behind it, also for a stop that was moved in later', () => {
    const { backtest, events } = smallRun();
    const whys = events
      .filter((e) => e.type === 'order-filled')
      .map((e) => events[causes(backtest.engine.state, e.seq).at(-1)!])
      .map((e) => (e?.type === 'signal-generated' ? e.why : ''));
    assert.deepEqual(whys, [
      'bracket in parts',
      'bracket in parts',
      'bracket in parts',
      'too low, amended',
      'too low, amended',
    ]);
  });

  test('events: told at the end or as they happen -> the same, whatever became of the order later', () => {
    const placed = smallRun().events.find((e) => e.type === 'order-placed' && e.intent === 2);
    assert.equal(placed?.type === 'order-placed' && placed.limit, '95');
    const amended = smallRun().events.findLast((e) => e.type === 'order-amended');
    assert.equal(amended?.type === 'order-amended' && amended.price, '101');
  });

  test('the run -> has what it was made for', () => {
    const types = new Set(smallRun().events.map((e) => e.type));
    for (const type of [
      'order-refused',
      'order-rejected',
      'order-amended',
      'order-canceled',
      'order-expired',
      'order-filled',
      'position-opened',
      'position-changed',
      'position-closed',
      'message-logged',
      'alert-raised',
    ] as const)
      assert.ok(types.has(type), `no ${type} in it`);
  });
});
