// Clients of a server's WebSocket, in a process of their own, so that they have another core. They follow `events`, of whose updates each holds a number `n`
// and the time `at` at which it was told; one of them stops reading. Prints `ready`, then at the end of its input one line of JSON.
import { WebSocket } from 'ws';

const [port = 0, count = 0] = process.argv.slice(2).map(Number);
const FOLLOW = JSON.stringify({ k: 'subscribe', id: 'e', operation: 'events', input: { session: 'bench' } });

interface Told {
  readonly k: string;
  readonly data?: readonly { n: number; at: number }[];
  readonly updates?: readonly { n: number; at: number }[];
}

const received = new Uint32Array(count);
const missed = new Uint32Array(count);
const delaysMs: number[] = [];
let slowCode = 0;

function open(heard: ((told: Told) => void) | null): Promise<WebSocket> {
  return new Promise((ready, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, { perMessageDeflate: false });
    socket.once('error', reject);
    socket.on('message', (message) => {
      const told = JSON.parse((message as Buffer).toString()) as Told;
      if (told.k === 'hello') socket.send(FOLLOW);
      else if (told.k === 'subscribed') ready(socket);
      else heard?.(told);
    });
  });
}

const sockets = await Promise.all(
  Array.from({ length: count }, (_, k) =>
    open((told) => {
      const updates = told.data ?? told.updates;
      if (updates === undefined) return;
      const nowMs = performance.timeOrigin + performance.now();
      for (const { n, at } of updates) {
        if (n !== received[k]) missed[k]!++;
        received[k]!++;
        if (k === 0 && at > 0) delaysMs.push(nowMs - at);
      }
    }),
  ),
);
const slow = await open(null);
slow.pause();
slow.once('close', (code) => {
  slowCode = code;
});
process.stdout.write('ready\n');
let text = '';
process.stdin.setEncoding('utf8').on('data', (more: string) => {
  text += more;
  const asked = /^until (\d+)\n$/.exec(text);
  if (asked === null) return;
  text = '';
  const look = (): void => {
    if (received.some((n) => n < Number(asked[1]))) setTimeout(look, 1);
    else process.stdout.write('there\n');
  };
  look();
});
process.stdin.on('end', () => {
  slow.resume();
  setTimeout(() => {
    delaysMs.sort((a, b) => a - b);
    const quantile = (q: number): number => delaysMs[Math.floor((delaysMs.length - 1) * q)] ?? Number.NaN;
    const told = { missed: missed.reduce((sum, n) => sum + n, 0), slowCode, p50: quantile(0.5), p99: quantile(0.99) };
    process.stdout.write(`${JSON.stringify(told)}\n`);
    for (const socket of [...sockets, slow]) socket.terminate();
  }, 200);
});
