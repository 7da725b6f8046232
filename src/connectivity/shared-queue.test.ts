import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { InvariantError } from '../core/vocabulary/assert.ts';
import { allocateQueue, QueueReader, QueueWriter } from './shared-queue.ts';

interface Ends {
  readonly writer: QueueWriter;
  readonly reader: QueueReader;
}

function queueOf(capacity: number): Ends {
  const memory = allocateQueue(capacity);
  return { writer: new QueueWriter(memory), reader: new QueueReader(memory) };
}

/** A record of `length` bytes that differ with its number. */
function recordOf(number: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => number * 31 + i * 7);
}

/** The next record, copied; null where there is none. */
function taken(reader: QueueReader): number[] | null {
  const length = reader.next();
  return length < 0 ? null : [...reader.bytes.subarray(reader.offset, reader.offset + length)];
}

describe('shared queue: one thread', () => {
  test('any offers and takes, also across the end and of no bytes -> a plain list: in order, none lost, none twice', () => {
    const lengths = fc.oneof(fc.integer({ min: 0, max: 56 }), fc.constantFrom(0, 7, 8, 9, 56));
    const actions = fc.array(fc.oneof(fc.constant('take' as const), lengths), { maxLength: 200, size: 'max' });
    fc.assert(
      fc.property(actions, (list) => {
        const { writer, reader } = queueOf(128);
        const held: number[][] = [];
        let number = 0;
        for (const action of list) {
          if (action === 'take') {
            assert.deepEqual(taken(reader), held.shift() ?? null);
            continue;
          }
          const record = recordOf(number++, action);
          const wasEmpty = held.length === 0;
          if (wasEmpty) reader.release();
          const isTaken = writer.offer(record);
          assert.ok(isTaken || !wasEmpty, 'an empty queue takes any record that it can hold');
          if (isTaken) held.push([...record]);
        }
        while (held.length > 0) assert.deepEqual(taken(reader), held.shift());
        assert.equal(reader.next(), -1);
      }),
      { numRuns: 500 },
    );
  });

  test('full: offer -> false until a record is released, then room again', () => {
    const { writer, reader } = queueOf(64);
    assert.equal(writer.largestRecord, 24);
    for (let k = 0; k < 4; k++) assert.ok(writer.offer(recordOf(k, 8)));
    assert.equal(writer.offer(recordOf(9, 0)), false);
    assert.equal(reader.next(), 8);
    assert.equal(writer.offer(recordOf(9, 0)), false, 'the record is still being read');
    reader.release();
    assert.ok(writer.offer(recordOf(4, 8)));
    for (let k = 1; k <= 4; k++) assert.deepEqual(taken(reader), [...recordOf(k, 8)]);
    assert.equal(reader.next(), -1);
  });

  test('doubles written in place -> read in place', () => {
    const { writer, reader } = queueOf(256);
    for (let round = 0; round < 50; round++) {
      const at = writer.reserve(24) / 8;
      for (let k = 0; k < 3; k++) writer.floats[at + k] = round + k / 3;
      writer.commit();
      assert.equal(reader.next(), 24);
      assert.deepEqual(
        [...reader.floats.subarray(reader.offset / 8, reader.offset / 8 + 3)],
        [0, 1, 2].map((k) => round + k / 3),
      );
    }
  });

  test('reserved but not committed -> nothing to read; reserved anew -> the last counts', () => {
    const { writer, reader } = queueOf(64);
    writer.reserve(16);
    assert.equal(reader.next(), -1);
    writer.bytes[writer.reserve(1)] = 77;
    writer.commit();
    assert.deepEqual(taken(reader), [77]);
    assert.throws(() => writer.commit(), InvariantError);
  });

  test('closed: by the writer -> read to the end, then done; by the reader -> the writer sees it', () => {
    const { writer, reader } = queueOf(64);
    writer.offer(recordOf(1, 3));
    writer.close();
    assert.deepEqual([reader.isDone, reader.wait(0)], [false, 'ready']);
    assert.equal(reader.next(), 3);
    assert.deepEqual([reader.isDone, reader.wait(0)], [true, 'closed']);
    assert.equal(writer.isAbandoned, false);
    reader.close();
    assert.deepEqual([writer.isAbandoned, writer.wait(1, 0)], [true, 'closed']);
  });

  test('waiting without the other side -> timed out', () => {
    const { writer, reader } = queueOf(64);
    assert.equal(reader.wait(2), 'timed-out');
    while (writer.offer(recordOf(0, 8)));
    assert.equal(writer.wait(8, 2), 'timed-out');
  });

  test('ready: a record there, one that comes, none, either end closed -> told without blocking', async () => {
    const { writer, reader } = queueOf(64);
    writer.offer(recordOf(0, 8));
    assert.equal(await reader.ready(0), 'ready');
    assert.equal(reader.next(), 8);
    assert.equal(await reader.ready(2), 'timed-out');
    const coming = reader.ready(10_000);
    writer.offer(recordOf(1, 3));
    assert.deepEqual([await coming, taken(reader)], ['ready', [...recordOf(1, 3)]]);
    const ending = reader.ready(10_000);
    writer.close();
    assert.deepEqual([await ending, await reader.ready(10_000)], ['closed', 'closed']);
    const other = queueOf(64);
    const left = other.reader.ready(10_000);
    other.reader.close();
    assert.deepEqual([await left, await other.reader.ready(10_000)], ['closed', 'closed']);
  });

  test('pressure: a writer that waits -> counted, timed, and seen with what is queued', () => {
    const { writer, reader } = queueOf(64);
    assert.deepEqual(reader.pressure, { waits: 0, waitedMs: 0, isWaiting: false, queuedBytes: 0 });
    while (writer.offer(recordOf(0, 8)));
    for (let k = 0; k < 3; k++) writer.wait(8, 4);
    const { waits, waitedMs, isWaiting, queuedBytes } = reader.pressure;
    assert.deepEqual([waits, isWaiting, queuedBytes], [3, false, 64]);
    // Each wait lasts 4 ms at least; the last fraction is not told yet.
    assert.ok(waitedMs >= 11, `${waitedMs} ms`);
  });

  test('misuse: sizes that are none, records that never fit, a second end -> refused', () => {
    for (const capacity of [0, 32, 100, 2 ** 31, Number.NaN]) {
      assert.throws(() => allocateQueue(capacity), /power of 2 from 64 to 2\^30 bytes, found/);
    }
    const memory = allocateQueue(64);
    const writer = new QueueWriter(memory);
    assert.throws(() => writer.offer(new Uint8Array(25)), /record of 0 to 24 bytes, found 25/);
    assert.throws(() => new QueueWriter(memory), /one writer/);
    const reader = new QueueReader(memory);
    assert.throws(() => new QueueReader(memory), /one reader/);
    assert.equal(reader.next(), -1);
  });
});

describe('shared queue: two threads', () => {
  for (const [name, capacity, records] of [
    ['small queues that are full most of the time', 256, 20_000],
    ['large queues', 1 << 16, 60_000],
  ] as const) {
    test(`${name}: records there and back -> each once, in order, to the byte; both ends close`, async () => {
      const there = allocateQueue(capacity);
      const back = allocateQueue(capacity);
      const writer = new QueueWriter(there);
      const reader = new QueueReader(back);
      const worker = new Worker(new URL('../../test/fixtures/queue-echo.ts', import.meta.url), {
        workerData: { there, back },
      });
      try {
        await once(worker, 'online');
        const lengthOf = (number: number): number => 4 + ((number * 37) % 100);
        let sent = 0;
        let received = 0;
        let wasFull = 0;
        while (received < records) {
          const before = sent + received;
          while (sent < records) {
            const length = lengthOf(sent);
            const at = writer.reserve(length);
            if (at < 0) {
              wasFull++;
              break;
            }
            for (let i = 0; i < length; i++) writer.bytes[at + i] = sent >> (8 * (i & 3));
            writer.commit();
            sent++;
          }
          for (let length = reader.next(); length >= 0; length = reader.next()) {
            assert.equal(length, lengthOf(received));
            for (let i = 0; i < length; i++) {
              if (reader.bytes[reader.offset + i] !== ((received >> (8 * (i & 3))) & 255)) {
                assert.fail(`byte ${i} of record ${received} is another`);
              }
            }
            received++;
          }
          if (sent + received === before) assert.equal(reader.wait(10_000), 'ready');
        }
        assert.ok(wasFull > 0, 'the queue was never full, so that nothing was shown about it');
        writer.close();
        assert.equal(reader.wait(10_000), 'closed');
        assert.deepEqual(await once(worker, 'exit'), [0]);
      } finally {
        await worker.terminate();
      }
    });
  }
});
