// Places orders at a server over kept-alive connections, in a process of its own. A line `seconds perSecond` on its input is answered by one of JSON: what
// was placed a second, and how long it took from when each was due, ms; with a rate of 0 each connection sends its next order as soon as it has an answer.
// Sockets as bare as can be: what is measured is the server.
import { randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

const CONNECTIONS = 16;
const [port, body = ''] = [Number(process.argv[2]), process.argv[3]];

interface Connection {
  readonly socket: Socket;
  place(): Promise<void>;
}

function open(): Promise<Connection> {
  const socket = connect(port, '127.0.0.1').setNoDelay(true);
  let text = '';
  let answered = Promise.withResolvers<void>();
  socket.on('error', (error) => answered.reject(error));
  socket.on('data', (part: Buffer) => {
    text += part.toString('latin1');
    const head = text.indexOf('\r\n\r\n');
    const length = /content-length: (\d+)/i.exec(text)?.[1];
    if (head < 0 || length === undefined || text.length < head + 4 + Number(length)) return;
    if (text.startsWith('HTTP/1.1 20')) answered.resolve();
    else answered.reject(new Error(text));
    text = '';
  });
  const connection: Connection = {
    socket,
    place() {
      answered = Promise.withResolvers();
      socket.write(
        `POST /api/orders HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\nidempotency-key: ${randomUUID()}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      );
      return answered.promise;
    },
  };
  return new Promise((resolve) => socket.on('connect', () => resolve(connection)));
}

async function run(connections: readonly Connection[], seconds: number, perSecond: number) {
  const tookMs: number[] = [];
  const startMs = performance.now();
  const endMs = startMs + seconds * 1_000;
  let sent = 0;
  const one = async (connection: Connection): Promise<void> => {
    for (;;) {
      const dueMs = perSecond === 0 ? performance.now() : startMs + (sent / perSecond) * 1_000;
      if (dueMs >= endMs) return;
      sent++;
      const waitMs = dueMs - performance.now();
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      // A timer may come late: that is this client's, and not the server's.
      const fromMs = perSecond === 0 ? dueMs : Math.max(dueMs, performance.now() - LATE_MS);
      await connection.place();
      tookMs.push(performance.now() - fromMs);
    }
  };
  await Promise.all(connections.map(one));
  const sorted = tookMs.sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
  return { rate: sorted.length / ((performance.now() - startMs) / 1_000), p50: at(0.5), p99: at(0.99) };
}
/** A timer of Node is late by up to so much without anybody being behind. */
const LATE_MS = 1;

const connections = await Promise.all(Array.from({ length: CONNECTIONS }, open));
process.stdout.write('ready\n');
const lines = createInterface({ input: process.stdin });
for await (const line of lines) {
  const [seconds = 1, perSecond = 0] = line.split(' ').map(Number);
  process.stdout.write(`${JSON.stringify(await run(connections, seconds, perSecond))}\n`);
}
for (const { socket } of connections) socket.destroy();
