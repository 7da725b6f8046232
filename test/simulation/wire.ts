import type { Answer } from '../../src/local-exchange/product.ts';
import type { HttpAnswer, HttpClient, HttpRequest } from '../../src/ports/transport.ts';
import { TransportError, type TransportFault } from '../../src/ports/transport.ts';
import type { SimulatedClock } from '../simulated-world/clock.ts';
import type { Chance } from './chance.ts';
import { type Arrival, Exchange, refusal } from './exchange.ts';
import { type FaultMix, type ReadFault, type SendFault, strike } from './fault-mix.ts';
import type { ProcessClock } from './process-clock.ts';
import type { ProcessGate } from './process-gate.ts';
import type { RareEvents } from './rare-events.ts';

const encoder = new TextEncoder();
const BEFORE_ANYTHING_LEFT: readonly TransportFault[] = ['name-unresolved', 'refused', 'certificate'];
/** A venue works at a request for so long at most (Binance: ten seconds). */
const LONGEST_WORK_MS = 9_500;
const FRONT_WAITS_MS = 1_000;
const UNKNOWN_FATE: Reply = {
  status: 408,
  body: {
    code: -1007,
    msg: 'Timeout waiting for response from backend server. Send status unknown; execution status unknown.',
  },
};
/** Where anything lags, lists do so this often. */
const LAGGING_LISTS = 0.25;

interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The way between processes and the venue, and what goes wrong on it. */
export class Wire {
  readonly exchange: Exchange;
  readonly #clock: SimulatedClock;
  readonly #chance: Chance;
  readonly #mix: FaultMix;
  readonly #rare: RareEvents;
  /** False: nothing goes wrong any more. */
  isFaulty = true;
  /** True: whatever is asked arrives, and nothing is heard of it. */
  isDeaf = false;

  constructor(exchange: Exchange, clock: SimulatedClock, chance: Chance, mix: FaultMix, rare: RareEvents) {
    this.exchange = exchange;
    this.#clock = clock;
    this.#chance = chance;
    this.#mix = mix;
    this.#rare = rare;
  }

  /** HTTP as one process has it. */
  clientOf(life: number, gate: ProcessGate, clock: ProcessClock): HttpClient {
    let isClosed = false;
    return {
      send: (request) => {
        if (isClosed) return Promise.reject(new TransportError('closed', 'the client is closed', false));
        return new Promise<HttpAnswer>((resolve, reject) => {
          const timer = clock.after(request.timeoutMs, () =>
            reject(new TransportError('timeout', `no answer within ${request.timeoutMs} ms`, true)),
          );
          gate.leave(() =>
            this.#carry(life, request, (reply) =>
              gate.enter(() => {
                timer.cancel();
                if (reply instanceof TransportError) reject(reply);
                else resolve(this.#received(life, reply));
              }),
            ),
          );
        });
      },
      close: async () => {
        isClosed = true;
      },
    };
  }

  #received(life: number, { status, body, headers = {} }: Reply): HttpAnswer {
    if (status === 429 || status === 418)
      this.exchange.note({ what: 'blocked', life, forMs: Number(headers['retry-after']) * 1000 });
    return { status, headers, body: encoder.encode(typeof body === 'string' ? body : JSON.stringify(body)) };
  }

  #carry(life: number, request: HttpRequest, reply: (reply: Reply | TransportError) => void): void {
    const url = new URL(request.url);
    const text = [url.search.slice(1), String(request.body ?? '')].filter((part) => part !== '').join('&');
    const parameters = Object.fromEntries(new URLSearchParams(text));
    const { method } = request;
    const path = url.pathname;
    const isSend = method !== 'GET' && !path.endsWith('/listenKey');
    const fault = this.isFaulty ? this.#fault(isSend) : null;
    if (fault !== null) this.#rare.count(`wire: ${fault}`);
    if (fault === 'no-connection') {
      this.#later(5, () => reply(lost('refused')));
      return;
    }
    const leftTick = this.exchange.note({ what: 'left', life, method, path, parameters });
    const arrival: Arrival = { life, leftTick, takenTick: leftTick, method, path, parameters };
    const wayMs = this.#chance.between(3, 30) + (fault === 'late-arrival' ? this.#chance.between(500, 6_000) : 0);
    if (fault === 'lost-on-the-way') return;
    this.#later(wayMs, () => this.#arrived(arrival, fault, reply));
  }

  #fault(isSend: boolean): SendFault | ReadFault | null {
    return isSend ? strike(this.#mix.send, this.#chance) : strike(this.#mix.read, this.#chance);
  }

  #arrived(
    arrived: Arrival,
    fault: SendFault | ReadFault | null,
    reply: (reply: Reply | TransportError) => void,
  ): void {
    const back = (answer: Reply | TransportError, moreMs = 0): void =>
      this.#later(this.#chance.between(3, 30) + moreMs, () => {
        if (!this.isDeaf) reply(answer);
      });
    const wait = { 'retry-after': String(this.#chance.whole(1, 5)) };
    switch (fault) {
      case 'unavailable-before':
      case 'unavailable':
        back({ status: 503, body: '<html>Service Unavailable</html>' });
        return;
      case 'timeout-code-before':
        back(UNKNOWN_FATE);
        return;
      case 'rate-limited':
        back({ status: 429, body: { code: -1003, msg: 'Too many requests.' }, headers: wait });
        return;
      case 'banned':
        back({ status: 418, body: { code: -1003, msg: 'Way too many requests; IP banned.' }, headers: wait });
        return;
      default:
    }
    const arrival = { ...arrived, takenTick: this.exchange.tick() };
    const late = this.#tooLate(arrival);
    if (late !== null) {
      this.#rare.count('venue: refused for its time stamp');
      back(late);
      return;
    }
    if (fault === 'worked-at-for-long') {
      this.#workAt(arrival, back);
      return;
    }
    const answer = this.#ask(arrival, fault === 'lagging');
    if (fault === 'answer-lost') return;
    if (fault === 'reset-after') back(lost('reset'));
    else if (fault === 'late-answer') back(answer, this.#chance.between(500, 14_000));
    else if (fault === 'unavailable-after') back({ status: 503, body: '<html>Service Unavailable</html>' });
    else if (fault === 'timeout-code-after') back(UNKNOWN_FATE);
    else if (fault === 'unreadable-after' || fault === 'unreadable')
      back({ status: 200, body: '<html>welcome</html>' });
    else back(answer);
  }

  /** The books take long. Whoever stands in front of them waits, or says that nothing is known, while the work goes on. */
  #workAt(arrival: Arrival, back: (reply: Reply) => void): void {
    const waits = this.#chance.is(0.4);
    if (!waits) this.#later(FRONT_WAITS_MS, () => back(UNKNOWN_FATE));
    this.#later(this.#chance.between(200, LONGEST_WORK_MS), () => {
      const answer = this.exchange.answer(arrival);
      if (waits) back(answer);
      else this.#rare.count('venue: carried out late, and nobody was told');
    });
  }

  #ask(arrival: Arrival, lags: boolean): Answer {
    const { longestLagMs, read } = this.#mix;
    if (this.isFaulty && read.has('lagging') && Exchange.isLookup(arrival))
      return this.exchange.lookUp(arrival, longestLagMs);
    const isBehind = this.isFaulty && read.has('lagging') && Exchange.isList(arrival) && this.#chance.is(LAGGING_LISTS);
    return lags || isBehind ? this.exchange.laggingAnswer(arrival, longestLagMs) : this.exchange.answer(arrival);
  }

  /** The venue takes requests that are young, and not from the future. */
  #tooLate({ parameters }: Arrival): Reply | null {
    const { timestamp, recvWindow = '5000' } = parameters;
    if (timestamp === undefined) return null;
    const ageMs = this.exchange.nowMs() - Number(timestamp);
    if (ageMs <= Number(recvWindow) && ageMs >= -1000) return null;
    return refusal(-1021, 'Timestamp for this request is outside of the recvWindow.');
  }

  #later(ms: number, run: () => void): void {
    this.#clock.after(ms, run);
  }
}

function lost(fault: TransportFault): TransportError {
  return new TransportError(fault, fault, !BEFORE_ANYTHING_LEFT.includes(fault));
}
