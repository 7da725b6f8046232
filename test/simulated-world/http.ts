import { Random } from '../../src/core/vocabulary/random.ts';
import {
  type HttpAnswer,
  type HttpClient,
  type HttpRequest,
  TransportError,
  type TransportFault,
} from '../../src/ports/transport.ts';
import type { SimulatedNetwork } from './dialer.ts';

/**
 * What becomes of a request. An answer; a fault before anything left (`name-unresolved`, `refused`, `certificate`) or after it did
 * (`reset`…); or silence, with the request or the answer lost on the way. `delayMs` is added to the latency.
 */
export type SimulatedReply =
  | {
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
      readonly delayMs?: number;
    }
  | { readonly fault: TransportFault; readonly delayMs?: number }
  | { readonly lost: true };

/** A server as a test writes it, asked when a request has arrived. Bodies that are no text or bytes leave as JSON. */
export type SimulatedHttpServer = (request: HttpRequest, count: number) => SimulatedReply;

const BEFORE_ANYTHING_LEFT: readonly TransportFault[] = ['name-unresolved', 'refused', 'certificate'];

/** HTTP without a network. */
export class SimulatedHttp implements HttpClient {
  /** Every request, in the order sent. */
  readonly requests: HttpRequest[] = [];
  /** When each was sent, by the clock's elapsed time. */
  readonly sentMs: number[] = [];
  server: SimulatedHttpServer;
  readonly #network: SimulatedNetwork;
  readonly #random: Random;
  #isClosed = false;

  constructor(server: SimulatedHttpServer, network: SimulatedNetwork) {
    this.server = server;
    this.#network = network;
    this.#random = new Random(network.seed ?? 1);
  }

  send(request: HttpRequest): Promise<HttpAnswer> {
    const { clock } = this.#network;
    if (this.#isClosed) return Promise.reject(new TransportError('closed', 'the client is closed', false));
    this.requests.push(request);
    this.sentMs.push(clock.elapsedMs());
    const count = this.requests.length;
    return new Promise((resolve, reject) => {
      const timer = clock.after(request.timeoutMs, () =>
        reject(new TransportError('timeout', `no answer within ${request.timeoutMs} ms`, true)),
      );
      const later = (ms: number, run: () => void): void => {
        clock.after(this.#latency() + ms, run);
      };
      later(0, () => {
        const reply = this.server(request, count);
        if ('lost' in reply) return;
        later(reply.delayMs ?? 0, () => {
          timer.cancel();
          if ('fault' in reply) {
            const mayHaveArrived = !BEFORE_ANYTHING_LEFT.includes(reply.fault);
            reject(new TransportError(reply.fault, `${reply.fault}: ${request.url}`, mayHaveArrived));
          } else resolve({ status: reply.status, headers: reply.headers ?? {}, body: bytesOf(reply.body) });
        });
      });
    });
  }

  close(): Promise<void> {
    this.#isClosed = true;
    return Promise.resolve();
  }

  #latency(): number {
    const [least, most] = this.#network.latencyMs ?? [5, 30];
    return least + this.#random.uniform() * (most - least);
  }
}

function bytesOf(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body;
  return new TextEncoder().encode(typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body));
}
