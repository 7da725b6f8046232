import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isTerminal, ORDER_STATUSES, type OrderStatus, STATUS } from '../vocabulary/order.ts';
import { REPORT, REPORT_KINDS, type ReportKind } from '../vocabulary/report.ts';
import { ANOMALY, IGNORED, transition } from './order-transitions.ts';

function pairs(keep: (after: number, status: OrderStatus, kind: ReportKind) => boolean): string[] {
  return ORDER_STATUSES.flatMap((status) =>
    REPORT_KINDS.filter((kind) => keep(transition(STATUS[status], REPORT[kind]), status, kind)).map(
      (kind) => `${status} + ${kind}`,
    ),
  );
}

describe('order transitions', () => {
  test('every status and report -> a status, ignored, or an anomaly', () => {
    const unknown = pairs((after) => after !== ANOMALY && after !== IGNORED && ORDER_STATUSES[after] === undefined);
    assert.deepEqual(unknown, []);
  });

  test('what contradicts all that is known -> these pairs and no others', () => {
    assert.deepEqual(
      pairs((after) => after === ANOMALY),
      [
        // The venue cannot know of an order that was never sent.
        'held + accepted',
        'held + rejected',
        'held + filled',
        'held + partly-filled',
        'held + triggered',
        'held + cancel-rejected',
        'held + lost',
        // No cancel was asked for.
        'submitted + cancel-rejected',
        // Said to be taken and traded, then said never to have been taken.
        'filled + rejected',
        'canceled + rejected',
        'rejected + expired',
        'rejected + amended',
        'expired + rejected',
      ],
    );
  });

  test('an ended order -> stays ended, except for a fill in part of one that was said to be rejected', () => {
    const reopened = pairs(
      (after, status) => isTerminal(STATUS[status]) && after !== ANOMALY && after !== IGNORED && !isTerminal(after),
    );
    assert.deepEqual(reopened, ['rejected + partly-filled']);
  });

  test('a fill, whenever it comes -> is never ignored: money moved', () => {
    const lost = pairs(
      (after, status, kind) => (kind === 'filled' || kind === 'partly-filled') && status !== 'held' && after >= ANOMALY,
    );
    assert.deepEqual(lost, []);
  });

  test('a whole fill -> filled from every status that the venue knows of', () => {
    for (const status of ORDER_STATUSES)
      if (status !== 'held') assert.equal(transition(STATUS[status], REPORT.filled), STATUS.filled, status);
  });

  test('a repeated end -> ignored', () => {
    for (const [status, kind] of [
      ['canceled', 'canceled'],
      ['rejected', 'rejected'],
      ['expired', 'expired'],
    ] as const)
      assert.equal(transition(STATUS[status], REPORT[kind]), IGNORED, status);
  });
});
