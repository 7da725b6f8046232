import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type HttpClient,
  type HttpRequest,
  type Socket,
  type SocketDialer,
  type SocketOptions,
  TransportError,
  type TransportFault,
} from '../../src/ports/transport.ts';

/**
 * A dialer, with addresses of a server that on `/echo` says everything back; on `/goodbye` closes with 4001 `bye` when asked anything;
 * on `/reset` breaks the connection when asked anything; on `/large` sends 70,000 bytes; on `/pings` pings; on `/mute` never answers the
 * handshake. `refused` and `unresolved` lead nowhere. `until` lets time pass.
 */
export interface DialerSubject {
  readonly dialer: SocketDialer;
  readonly url: (
    path: '/echo' | '/goodbye' | '/reset' | '/large' | '/pings' | '/mute' | 'refused' | 'unresolved',
  ) => string;
  readonly until: (isTrue: () => boolean) => Promise<void>;
  readonly dispose: () => Promise<void>;
}

const OPTIONS: SocketOptions = { connectTimeoutMs: 2_000, largestFrameBytes: 100_000 };

class Heard {
  readonly said: string[] = [];
  readonly faults: (TransportError | null)[] = [];
  readonly socket: Socket;

  constructor(dialer: SocketDialer, url: string, options = OPTIONS) {
    this.socket = dialer.open(url, options, {
      opened: () => this.said.push('opened'),
      message: (bytes, isText) =>
        this.said.push(`${isText ? 'text' : 'bytes'} ${Buffer.from(bytes).toString('latin1')}`),
      pong: () => this.said.push('pong'),
      closed: (code, reason, error) => {
        this.said.push(`closed ${code} ${reason}`);
        this.faults.push(error);
      },
    });
    assert.deepEqual(this.said, [], 'nothing is told in the turn of opening');
  }

  has(text: string): boolean {
    return this.said.some((each) => each.startsWith(text));
  }
}

/** What every {@link SocketDialer} must do. */
export function dialerContract(name: string, create: () => Promise<DialerSubject>): void {
  const check = (title: string, body: (subject: DialerSubject) => Promise<void>): void => {
    test(`socket dialer (${name}): ${title}`, async () => {
      const subject = await create();
      try {
        await body(subject);
      } finally {
        await subject.dispose();
      }
    });
  };

  check('text and bytes -> there and back, in order, told apart', async ({ dialer, url, until }) => {
    const heard = new Heard(dialer, url('/echo'));
    assert.equal(heard.socket.send('too early'), false);
    await until(() => heard.has('opened'));
    assert.equal(heard.socket.send('one'), true);
    assert.equal(heard.socket.send(new Uint8Array([0x74, 0x77, 0x6f])), true);
    assert.equal(heard.socket.send('three'), true);
    await until(() => heard.has('text three'));
    assert.deepEqual(heard.said, ['opened', 'text one', 'bytes two', 'text three']);
    heard.socket.close();
    await until(() => heard.has('closed'));
  });

  check('bytes changed after they were handed over -> what was handed over arrives', async ({ dialer, url, until }) => {
    const heard = new Heard(dialer, url('/echo'));
    await until(() => heard.has('opened'));
    const bytes = new Uint8Array([0x61]);
    heard.socket.send(bytes);
    bytes[0] = 0x62;
    await until(() => heard.has('bytes'));
    assert.equal(heard.said[1], 'bytes a');
    heard.socket.kill();
    await until(() => heard.has('closed'));
  });

  check('closed by us -> orderly, told once, no error, nothing sent after', async ({ dialer, url, until }) => {
    const heard = new Heard(dialer, url('/echo'));
    await until(() => heard.has('opened'));
    heard.socket.close(1000, 'enough');
    assert.equal(heard.socket.send('late'), false);
    await until(() => heard.has('closed'));
    heard.socket.close();
    heard.socket.kill();
    heard.socket.ping();
    assert.deepEqual(heard.faults, [null]);
    assert.match(heard.said.at(-1)!, /^closed 1000/);
  });

  check('closed by the peer -> its code and reason, no error', async ({ dialer, url, until }) => {
    const heard = new Heard(dialer, url('/goodbye'));
    await until(() => heard.has('opened'));
    heard.socket.send('anything');
    await until(() => heard.has('closed'));
    assert.deepEqual(heard.said, ['opened', 'closed 4001 bye']);
    assert.deepEqual(heard.faults, [null]);
  });

  check('killed -> told once, after the turn, with a fault', async ({ dialer, url, until }) => {
    const heard = new Heard(dialer, url('/echo'));
    await until(() => heard.has('opened'));
    heard.socket.kill();
    assert.equal(heard.has('closed'), false);
    heard.socket.kill();
    await until(() => heard.has('closed'));
    assert.equal(heard.faults.length, 1);
    assert.equal(heard.faults[0]?.fault, 'reset');
  });

  check('killed before it opened -> closed, never opened', async ({ dialer, url, until }) => {
    const heard = new Heard(dialer, url('/echo'));
    heard.socket.kill();
    await until(() => heard.has('closed'));
    assert.equal(heard.has('opened'), false);
  });

  check('broken by the peer -> reset', async ({ dialer, url, until }) => {
    const heard = new Heard(dialer, url('/reset'));
    await until(() => heard.has('opened'));
    heard.socket.send('anything');
    await until(() => heard.has('closed'));
    assert.equal(heard.faults[0]?.fault, 'reset');
  });

  check('pings -> answered by the peer; its own are told as well', async ({ dialer, url, until }) => {
    const heard = new Heard(dialer, url('/echo'));
    await until(() => heard.has('opened'));
    heard.socket.ping();
    await until(() => heard.has('pong'));
    heard.socket.kill();
    const pinged = new Heard(dialer, url('/pings'));
    await until(() => pinged.has('pong'));
    pinged.socket.kill();
    await until(() => heard.has('closed') && pinged.has('closed'));
  });

  check('a frame as large as allowed -> taken; a larger one -> too-large', async ({ dialer, url, until }) => {
    const heard = new Heard(dialer, url('/large'));
    await until(() => heard.has('bytes') || heard.has('text'));
    heard.socket.kill();
    const small = new Heard(dialer, url('/large'), { ...OPTIONS, largestFrameBytes: 69_999 });
    await until(() => small.has('closed') && heard.has('closed'));
    assert.equal(small.faults[0]?.fault, 'too-large');
    assert.equal(small.has('bytes') || small.has('text'), false);
  });

  const unreachable: readonly [where: 'refused' | 'unresolved' | '/mute', fault: TransportFault][] = [
    ['refused', 'refused'],
    ['unresolved', 'name-unresolved'],
    ['/mute', 'timeout'],
  ];
  for (const [where, fault] of unreachable) {
    check(`${where} -> ${fault}, told through closed, certainly nothing arrived`, async ({ dialer, url, until }) => {
      const heard = new Heard(dialer, url(where), { ...OPTIONS, connectTimeoutMs: where === '/mute' ? 100 : 20_000 });
      await until(() => heard.has('closed'));
      assert.equal(heard.has('opened'), false);
      assert.equal(heard.faults[0]?.fault, fault);
      assert.equal(heard.faults[0]?.mayHaveArrived, false);
    });
  }
}

/**
 * A client, with addresses of a server that on `/echo` answers 200 with the method, the target, the header `x-note` and the body as JSON;
 * on `/status/418` that status; on `/silent` never; on `/reset` breaks the connection. `arrived` counts requests by path.
 */
export interface HttpSubject {
  readonly http: HttpClient;
  readonly url: (path: string) => string;
  readonly refused: string;
  readonly unresolved: string;
  readonly arrived: (path: string) => number;
  /** Time passes until the promise is settled. */
  readonly settle: <T>(promise: Promise<T>) => Promise<T>;
  readonly dispose: () => Promise<void>;
}

function get(url: string, timeoutMs = 5_000): HttpRequest {
  return { method: 'GET', url, timeoutMs };
}

function fault(expected: TransportFault, mayHaveArrived: boolean) {
  return (error: unknown): boolean => {
    assert.ok(error instanceof TransportError, String(error));
    assert.equal(error.fault, expected, error.message);
    assert.equal(error.mayHaveArrived, mayHaveArrived);
    return true;
  };
}

/** What every {@link HttpClient} must do. */
export function httpContract(name: string, create: () => Promise<HttpSubject>): void {
  const check = (title: string, body: (subject: HttpSubject) => Promise<void>): void => {
    test(`HTTP client (${name}): ${title}`, async () => {
      const subject = await create();
      try {
        await body(subject);
      } finally {
        await subject.dispose();
      }
    });
  };

  check('method, target, headers and body -> arrive as they stand', async ({ http, url, settle }) => {
    const answer = await settle(
      http.send({
        method: 'POST',
        url: url('/echo?symbol=%EF%BC%91&a=%2C'),
        headers: { 'x-note': 'n1' },
        body: 'quantity=1&price=0.1',
        timeoutMs: 5_000,
      }),
    );
    assert.equal(answer.status, 200);
    assert.deepEqual(JSON.parse(Buffer.from(answer.body).toString()), {
      method: 'POST',
      target: '/echo?symbol=%EF%BC%91&a=%2C',
      note: 'n1',
      body: 'quantity=1&price=0.1',
    });
    assert.equal(answer.headers['x-served-by'], 'test');
  });

  check('any status -> an answer', async ({ http, url, settle }) => {
    for (const status of [302, 404, 418, 429, 503]) {
      assert.equal((await settle(http.send(get(url(`/status/${status}`))))).status, status);
    }
  });

  check('no answer in time -> timeout that may have arrived', async ({ http, url, settle, arrived }) => {
    await assert.rejects(settle(http.send(get(url('/silent'), 100))), fault('timeout', true));
    assert.equal(arrived('/silent'), 1);
  });

  check('connection broken after the request -> reset that may have arrived, sent once', async (subject) => {
    const { http, url, settle, arrived } = subject;
    await settle(http.send(get(url('/echo'))));
    for (const method of ['POST', 'GET', 'DELETE'] as const) {
      await assert.rejects(settle(http.send({ method, url: url('/reset'), timeoutMs: 5_000 })), fault('reset', true));
    }
    assert.equal(arrived('/reset'), 3);
  });

  check('nobody listens, no such name -> certainly not arrived', async ({ http, settle, refused, unresolved }) => {
    await assert.rejects(settle(http.send(get(refused))), fault('refused', false));
    await assert.rejects(settle(http.send(get(unresolved, 20_000))), fault('name-unresolved', false));
  });

  check('closed -> refused, certainly not arrived', async ({ http, url, settle }) => {
    await settle(http.close());
    await assert.rejects(settle(http.send(get(url('/echo')))), fault('closed', false));
  });
}
