import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { type KillPlace, KillPlaceUnknown } from '../../src/kill/kill-request.ts';
import { runKill } from '../../src/kill/kill-run.ts';
import { JournalError, type JournalHeader, type JournalList } from '../../src/ports/journal.ts';
import type { KillWorld } from '../../src/ports/kill-world.ts';

const aboutOf = (id: string): JournalHeader['about'] => ({
  strategy: 'swing',
  account: { id, venue: 'LOCAL', environment: 'local' },
  feeds: [{ instrument: { id: 'LOCAL:BTCUSDT', base: 'BTC' } }],
});
const damaged = (session: string): JournalError =>
  new JournalError('damaged', { where: `journal ${session}`, found: 'other bytes', expected: 'it', hint: 'Restore.' });

const LIST: JournalList = {
  journals: [
    { session: 'whole', createdAtMs: 1, about: aboutOf('c_1'), head: { seq: 1, hash: '' } },
    { session: 'paper', createdAtMs: 1, about: {}, head: { seq: 1, hash: '' } },
  ],
  unreadable: [
    { session: 'torn', error: damaged('torn'), begun: { session: 'torn', createdAtMs: 2, about: aboutOf('c_2') } },
  ],
};
const WITH_UNREAD: JournalList = {
  ...LIST,
  unreadable: [...LIST.unreadable, { session: 'lost', error: damaged('lost'), begun: null }],
};

/** A kill that needs nothing of venues: the latches that it writes, and whose right to trade it looks at. */
async function halt(list: JournalList, place: KillPlace) {
  const asked: string[] = [];
  const world = {
    ...{ clock: systemClock(), actor: 'test', holder: 'test' },
    journals: async () => ({ list: async () => list, close: async () => {} }),
    latches: async () => ({
      raise: async (_: string, target: string, level: string) => ({ scope: 'account', target, level }),
      close: async () => {},
    }),
    leases: async () => ({
      view: async (name: string) => {
        asked.push(name);
        return { row: null, nowMs: 0 };
      },
      close: async () => {},
    }),
  } as unknown as KillWorld;
  const request = { level: 'halt', reason: 'x', place, collar: 0.02, patienceMs: 1_000 } as const;
  const report = await runKill(request, world, () => {});
  return { report, asked };
}

describe('a kill past journals that are damaged', () => {
  test('its records are, its beginning is not -> its account is meant like that of any other', async () => {
    const { report, asked } = await halt(LIST, { kind: 'system' });
    assert.deepEqual(asked.toSorted(), ['account c_1', 'account c_2']);
    assert.deepEqual([report.verified, report.faults], [true, []]);
    const named = await halt(LIST, { kind: 'sessions', names: ['torn'] });
    assert.deepEqual([named.report.verified, named.asked], [true, ['account c_2']]);
  });

  test('nobody knows its account -> the others are killed, and it is never said that all is verified', async () => {
    const { report, asked } = await halt(WITH_UNREAD, { kind: 'system' });
    assert.equal(asked.length, 2);
    assert.equal(report.verified, false);
    assert.match(report.faults.join(), /session lost: its account is not known; name it with --account/);
    const named = await halt(WITH_UNREAD, { kind: 'sessions', names: ['whole'] });
    assert.deepEqual([named.report.verified, named.report.faults], [true, []], 'it was not meant');
    await assert.rejects(halt(WITH_UNREAD, { kind: 'sessions', names: ['lost'] }), (error) => {
      assert.ok(error instanceof KillPlaceUnknown);
      assert.match(error.message, /found lost: journal lost: expected it, found other bytes.* --account/);
      return true;
    });
  });
});
