import { systemClock } from '../../src/adapters/system/clock.ts';
import { ConnectionSupervisor } from '../../src/connectivity/supervisor.ts';
import { Random } from '../../src/core/vocabulary/random.ts';
import type { SocketHandlers } from '../../src/ports/transport.ts';
import { bestMs } from '../measure.ts';
import type { BenchRow, Measurement } from '../row.ts';

/** So few that nothing is collected while garbage is counted. */
const MESSAGES = 20_000;
const TOPICS = 100;
const BYTES = new Uint8Array(100);

/** What the supervisor adds to every message: two readings of the clock, the call of the protocol and the note of progress. */
async function measure(): Promise<Measurement> {
  const clock = systemClock();
  let handlers: SocketHandlers | null = null;
  let turn = 0;
  const supervisor = new ConnectionSupervisor({
    clock,
    random: new Random(1),
    listener: { resumed: () => {}, interrupted: () => {} },
    dialer: {
      open(_url, _options, given) {
        handlers = given;
        setImmediate(() => given.opened());
        return {
          send: () => true,
          ping: () => {},
          close: () => given.closed(1000, '', null),
          kill: () => {},
          bufferedBytes: 0,
        };
      },
    },
    protocol: {
      venue: 'bench',
      url: () => 'wss://bench.example/',
      largestTopicsPerConnection: TOPICS,
      largestTopicsPerMessage: TOPICS,
      messagesPerSecond: 5,
      keepAlive: { kind: 'none' },
      subscribe: () => ['+'],
      unsubscribe: () => ['-'],
      message: (_bytes, _isText, _receivedTimeMs, connection) => {
        connection.progressed(turn);
        turn = turn === TOPICS - 1 ? 0 : turn + 1;
      },
    },
  });
  const topics = Array.from({ length: TOPICS }, (_, k) => supervisor.subscribe(`t${k}`));
  await new Promise((resolve) => setTimeout(resolve, 50));
  const link = handlers as SocketHandlers | null;
  if (link === null) return { value: null, note: 'no connection was made' };
  const run = (): void => {
    for (let k = 0; k < MESSAGES; k++) link.message(BYTES, true);
  };
  let read = 0;
  const readClocks = (): void => {
    let sum = 0;
    for (let k = 0; k < MESSAGES; k++) sum += clock.nowMs() + clock.elapsedMs();
    read = sum;
  };
  const clockMs = bestMs(readClocks, 200, 50);
  const value = (bestMs(run, 200, 50) * 1e6) / MESSAGES;
  const counted = supervisor.topicHealth(topics[0]!.index).messages;
  const garbage = garbageOf(run) / MESSAGES;
  await supervisor.close();
  if (counted * TOPICS < MESSAGES || read === 0)
    return { value: null, note: `only ${counted} messages of a topic counted` };
  return {
    value,
    beside: [
      { name: 'supervised-message: of which reading two clocks', value: (clockMs * 1e6) / MESSAGES, unit: 'ns' },
      {
        name: 'supervised-message: garbage made',
        value: garbage,
        unit: 'bytes',
        note: 'numbers that the runtime boxes, of which Date.now itself makes 16; no object is made',
      },
    ],
  };
}

/** Bytes that the heap grew by, before anything was collected; the least of several runs, as the compiler allocates, too. */
function garbageOf(run: () => void): number {
  let least = Number.POSITIVE_INFINITY;
  for (let k = 0; k < 5; k++) {
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    run();
    least = Math.min(least, Math.max(0, process.memoryUsage().heapUsed - before));
  }
  return least;
}

export const row: BenchRow = { name: 'supervised-message', unit: 'ns', target: 250, measure };
