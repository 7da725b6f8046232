import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import type { Duplex } from 'node:stream';
import { test } from 'node:test';
import { generate } from 'selfsigned';
import { WebSocketServer } from 'ws';
import { dialerContract, httpContract } from '../../../test/contracts/transport.ts';
import { TransportError } from '../../ports/transport.ts';
import { openHttpClient } from './http-client.ts';
import { openSocketDialer } from './socket-dialer.ts';

function listening(server: {
  listen(port: number, host: string, done: () => void): unknown;
  address(): unknown;
}): Promise<number> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));
}

/** A port on which nobody listens any more. */
async function freePort(): Promise<number> {
  const server = createTcpServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Upgraded connections are not the server's any more: they are ended by hand. */
function shut(server: Server, upgraded: Iterable<Duplex> = []): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
    for (const each of upgraded) each.destroy();
  });
}

async function until(isTrue: () => boolean): Promise<void> {
  for (let k = 0; k < 4_000 && !isTrue(); k++) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.ok(isTrue(), 'it did not come true in 20 s');
}

dialerContract('system', async () => {
  const server = createServer();
  const sockets = new WebSocketServer({ noServer: true });
  const upgraded: Duplex[] = [];
  server.on('upgrade', (request, socket, head) => {
    upgraded.push(socket);
    const path = request.url;
    if (path === '/mute') return;
    sockets.handleUpgrade(request, socket, head, (peer) => {
      peer.on('message', (data, isBinary) => {
        if (path === '/echo') peer.send(data, { binary: isBinary });
        if (path === '/goodbye') peer.close(4001, 'bye');
        if (path === '/reset') peer.terminate();
      });
      if (path === '/large') peer.send(Buffer.alloc(70_000));
      if (path === '/pings') peer.ping();
    });
  });
  const port = await listening(server);
  const closedPort = await freePort();
  return {
    dialer: await openSocketDialer(),
    url: (path) => {
      if (path === 'refused') return `ws://127.0.0.1:${closedPort}/`;
      return path === 'unresolved' ? 'ws://no-such-name.invalid/' : `ws://127.0.0.1:${port}${path}`;
    },
    until,
    dispose: () => shut(server, upgraded),
  };
});

httpContract('system', async () => {
  const arrived = new Map<string, number>();
  const server = createServer((request, response) => {
    const target = request.url!;
    arrived.set(target, (arrived.get(target) ?? 0) + 1);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (target === '/silent') return;
      if (target === '/reset') {
        request.socket.destroy();
        return;
      }
      const status = /^\/status\/(\d+)$/.exec(target)?.[1];
      response.writeHead(Number(status ?? 200), { 'X-Served-By': 'test', location: '/elsewhere' });
      const body = Buffer.concat(chunks).toString();
      response.end(JSON.stringify({ method: request.method, target, note: request.headers['x-note'], body }));
    });
  });
  const port = await listening(server);
  const http = await openHttpClient();
  return {
    http,
    url: (path) => `http://127.0.0.1:${port}${path}`,
    refused: `http://127.0.0.1:${await freePort()}/`,
    unresolved: 'http://no-such-name.invalid/',
    arrived: (path) => arrived.get(path) ?? 0,
    settle: (promise) => promise,
    dispose: async () => {
      await http.close();
      await shut(server);
    },
  };
});

test('system transport: a certificate that nobody vouches for -> certificate, certainly not arrived; trusted -> answered', async () => {
  const pems = await generate([{ name: 'commonName', value: 'localhost' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
  });
  let arrived = 0;
  const server = createSecureServer({ key: pems.private, cert: pems.cert }, (_request, response) => {
    arrived++;
    response.end('yes');
  });
  const sockets = new WebSocketServer({ server });
  const port = await listening(server);
  const http = await openHttpClient();
  const trusting = await openHttpClient({ ca: pems.cert });
  try {
    const request = { method: 'POST', url: `https://localhost:${port}/`, body: 'order', timeoutMs: 5_000 } as const;
    await assert.rejects(http.send(request), (error) => {
      assert.ok(error instanceof TransportError);
      assert.equal(error.fault, 'certificate', error.message);
      return !error.mayHaveArrived;
    });
    assert.equal(arrived, 0);
    assert.equal(Buffer.from((await trusting.send(request)).body).toString(), 'yes');

    const dial = async (ca?: string): Promise<string> => {
      const dialer = await openSocketDialer(ca === undefined ? {} : { ca });
      return new Promise((resolve) => {
        const socket = dialer.open(
          `wss://localhost:${port}/`,
          { connectTimeoutMs: 5_000, largestFrameBytes: 100 },
          {
            opened: () => socket.close(),
            message: () => {},
            pong: () => {},
            closed: (code, _reason, error) => resolve(error?.fault ?? `closed ${code}`),
          },
        );
      });
    };
    assert.equal(await dial(), 'certificate');
    assert.equal(await dial(pems.cert), 'closed 1000');
  } finally {
    await http.close();
    await trusting.close();
    sockets.close();
    await shut(server);
  }
});

test('system HTTP: an answer larger than allowed -> too-large', async () => {
  const server = createServer((_request, response) => response.end(Buffer.alloc(2_000)));
  const port = await listening(server);
  const http = await openHttpClient({ largestAnswerBytes: 1_999 });
  try {
    await assert.rejects(http.send({ method: 'GET', url: `http://127.0.0.1:${port}/`, timeoutMs: 5_000 }), {
      fault: 'too-large',
    });
  } finally {
    await http.close();
    await shut(server);
  }
});

test('system HTTP: time runs out in the queue for a connection -> certainly not arrived', async () => {
  let arrived = 0;
  const server = createServer(() => {
    arrived++;
  });
  const port = await listening(server);
  const http = await openHttpClient({ connections: 1 });
  const url = `http://127.0.0.1:${port}/`;
  try {
    const first = http.send({ method: 'POST', url, body: 'a', timeoutMs: 300 });
    await assert.rejects(http.send({ method: 'POST', url, body: 'b', timeoutMs: 100 }), (error) => {
      assert.ok(error instanceof TransportError);
      assert.equal(error.fault, 'timeout');
      return !error.mayHaveArrived;
    });
    await assert.rejects(first, { fault: 'timeout', mayHaveArrived: true });
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(arrived, 1, 'what was given up is not sent later');
  } finally {
    await http.close();
    await shut(server);
  }
});

test('system socket dialer: text that is no address, an answer that is no WebSocket -> told through closed', async () => {
  const server = createServer((_request, response) => response.end('hello'));
  const port = await listening(server);
  const dialer = await openSocketDialer();
  try {
    for (const url of ['no address', `ws://127.0.0.1:${port}/`]) {
      const fault = await new Promise((resolve) => {
        dialer.open(
          url,
          { connectTimeoutMs: 2_000, largestFrameBytes: 100 },
          {
            opened: () => {},
            message: () => {},
            pong: () => {},
            closed: (_code, _reason, error) => resolve(error?.fault),
          },
        );
      });
      assert.equal(fault, 'protocol', url);
    }
  } finally {
    await shut(server);
  }
});
