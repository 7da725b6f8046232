import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type EventColumns, EventLog, MOST_INSTRUMENTS, MOST_STRATEGIES, sourceOf } from './event-log.ts';

type Row = readonly [
  type: number,
  at: number,
  cause: number,
  input: number,
  strategy: number,
  instrument: number,
  ref: number,
  a: number,
  b: number,
];
const NAMES = ['type', 'at', 'cause', 'input', 'strategy', 'instrument', 'ref', 'a', 'b'] as const;

const ROWS: readonly Row[] = [
  [0, 0, -1, 0, -1, -1, -1, 0, 0],
  [63, 1.7e12, -2_000_000_000, 2_000_000_000, MOST_STRATEGIES - 1, MOST_INSTRUMENTS - 1, 2_147_483_647, -1e15, 0],
  [7, -62_135_596_800_000, 5, 9, 0, 0, 0, Number.NaN, 0.5],
  [12, 1, 2, 3, 3, 40_000, 6, Number.NEGATIVE_INFINITY, -1],
];

const rowsOf = (c: EventColumns, count: number): Row[] =>
  Array.from({ length: count }, (_, seq) => NAMES.map((name) => c[name][seq]!) as unknown as Row);

describe('event log', () => {
  test('rows of every extreme, beyond the first capacity -> read by column as they were written', () => {
    const log = new EventLog(2);
    const written = Array.from({ length: 300 }, (_, k) => ROWS[k % ROWS.length]!);
    for (const [k, row] of written.entries()) {
      assert.equal(log.append(...row), k);
      // Whoever reads after each sees each, and what was there before.
      assert.deepEqual(rowsOf(log.column, k + 1), written.slice(0, k + 1));
    }
  });

  test('an event with its source in one number -> the same row', () => {
    const log = new EventLog(1);
    for (const [type, at, cause, input, strategy, instrument, ref, a] of ROWS)
      log.write(type | sourceOf(strategy, instrument), at, cause, input, ref, a);
    assert.deepEqual(
      rowsOf(log.column, log.count),
      ROWS.map((row) => [...row.slice(0, 8), 0]),
    );
  });

  test('cleared -> what is written then is read, and no b of before', () => {
    const log = new EventLog(2);
    for (const row of ROWS) log.append(...row);
    assert.equal(log.column.b[3], -1);
    log.clear();
    for (const row of ROWS.toReversed()) log.append(...(row.with(8, 0) as unknown as Row));
    assert.deepEqual(
      rowsOf(log.column, log.count),
      ROWS.toReversed().map((row) => row.with(8, 0)),
    );
  });

  test('resumed -> blank up to there, numbered on; restored -> whole', () => {
    const whole = new EventLog(2);
    for (const row of ROWS) whole.append(...row);
    const log = new EventLog(2);
    for (const row of ROWS) log.append(...row);
    log.resume(ROWS.length);
    assert.equal(log.isWhole, false);
    assert.deepEqual(rowsOf(log.column, 2), [
      [0, 0, 0, 0, -1, -1, 0, 0, 0],
      [0, 0, 0, 0, -1, -1, 0, 0, 0],
    ]);
    const columns = Object.fromEntries(NAMES.map((name) => [name, whole.column[name].slice(0, ROWS.length)]));
    log.restore(columns as unknown as EventColumns);
    assert.equal(log.isWhole, true);
    assert.equal(log.append(...ROWS[1]!), ROWS.length);
    assert.deepEqual(rowsOf(log.column, log.count), [...ROWS, ROWS[1]!]);
    log.resume(3);
    assert.throws(() => log.restore(columns as unknown as EventColumns), /a history of 4 events for 3/);
  });

  test('room -> kept rows stay', () => {
    const log = new EventLog(1);
    log.append(...ROWS[1]!);
    log.makeRoom(1000);
    log.append(...ROWS[3]!);
    assert.deepEqual(rowsOf(log.column, 2), [ROWS[1], ROWS[3]]);
  });

  test('events of a type -> their numbers in order, and none from the end that is said', () => {
    const log = new EventLog(2);
    for (const type of [4, 7, 4, 4, 1]) log.append(type, 0, -1, 0, -1, -1, 0);
    assert.deepEqual([...log.seqsOf(4)], [0, 2, 3]);
    assert.deepEqual([...log.seqsOf(4, 3)], [0, 2]);
    assert.deepEqual([...log.seqsOf(9)], []);
  });
});
