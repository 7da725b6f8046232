import { assert } from '../core/vocabulary/assert.ts';
import type { Clock } from '../ports/clock.ts';
import type { ExchangeGateway, OrderPlacement, Outcome, VenueOrder } from '../ports/exchange-gateway.ts';
import type { Journal, JournaledIntent } from '../ports/journal.ts';
import type { VenueRequest } from './venue-side.ts';
import type { VenueWord } from './venue-words.ts';

/** Right to send for an account: {@link loss} is asked in the very turn in which something leaves. */
export interface SendingRight {
  readonly epoch: number;
  /** Why nothing may leave any more; null while it may. */
  readonly loss: string | null;
}

/** When an order was sent, and until when the venue may take it: by the venue's clock. */
export interface SentOrder {
  readonly symbol: string;
  readonly sentAtMs: number;
  readonly validUntilMs: number;
}

export interface SenderWorld {
  readonly gateway: ExchangeGateway;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly right: SendingRight;
  /** How long after its time stamp the venue takes a request. */
  readonly validityMs: number;
  /** Whether orders that add risk may leave now; asked in the turn in which they would. */
  readonly mayRaise: () => string | null;
  readonly tell: (word: VenueWord) => void;
  /** The journal failed: nothing that adds risk can be sent any more. */
  readonly failed: (error: unknown) => void;
}

type Answered = VenueWord & { readonly type: 'request-answered' };

/**
 * Takes what the engine wants of an exchange, in order: makes it durable with its verdict, reservation and epoch, and sends it then, at most
 * once. Requests about one order wait for each other; a request whose right, time or readiness has passed meanwhile is not sent, and said
 * to be so.
 */
export class OrderSender {
  readonly #world: SenderWorld;
  #waiting: VenueRequest[] = [];
  /** On their way into the journal. */
  #entering: readonly VenueRequest[] = [];
  #committing = false;
  /** The last request about each order that is on its way. */
  readonly #chains = new Map<string, Promise<void>>();
  /** Orders that were sent and are not proven to be at the venue, or never to have been. */
  readonly sent = new Map<string, SentOrder>();

  constructor(world: SenderWorld) {
    this.#world = world;
  }

  get validityMs(): number {
    return this.#world.validityMs;
  }

  /** Whether nothing is on its way. */
  get isIdle(): boolean {
    return this.#waiting.length === 0 && !this.#committing && this.#chains.size === 0;
  }

  /** Whether a request about this order is on its way. */
  isBusyWith(order: string): boolean {
    const isOf = (each: VenueRequest): boolean => each.order === order;
    return this.#chains.has(order) || this.#waiting.some(isOf) || this.#entering.some(isOf);
  }

  send(requests: readonly VenueRequest[]): void {
    this.#waiting.push(...requests);
    if (!this.#committing) void this.#drain();
  }

  async #drain(): Promise<void> {
    const { journal, clock, failed } = this.#world;
    this.#committing = true;
    try {
      while (this.#waiting.length > 0) {
        const batch = this.#waiting;
        this.#waiting = [];
        const validUntilMs = this.#venueNowMs() + this.#world.validityMs;
        const allowed = batch.filter((request) => this.#mayGo(request));
        if (allowed.length === 0) continue;
        this.#entering = allowed;
        await journal.commit(
          allowed.map((request) => ({
            kind: 'intent' as const,
            atMs: clock.nowMs(),
            payload: this.#intentOf(request, validUntilMs),
          })),
        );
        this.#entering = [];
        for (let k = 0; k < allowed.length; k++) {
          const request = allowed[k]!;
          if (request.pair === null) this.#start([request], validUntilMs);
          else {
            const target = allowed[++k];
            assert(target?.order === request.pair, 'the legs of a pair are asked for one after the other');
            this.#start([request, target], validUntilMs);
          }
        }
      }
    } catch (error) {
      failed(error);
    } finally {
      this.#committing = false;
    }
  }

  #intentOf(request: VenueRequest, validUntilMs: number): JournaledIntent {
    const { kind, order, placement, pair, verdict, reservation, intent } = request;
    return {
      request: kind,
      intent,
      clientOrderId: order,
      order: placement === null ? { symbol: request.symbol } : JSON.parse(JSON.stringify(placement)),
      ...(pair === null ? {} : { pair }),
      ...{ verdict, reservation, epoch: this.#world.right.epoch, validUntilMs },
    };
  }

  /** Whether a request may leave; where it may not, the engine is told that it never will. */
  #mayGo(request: VenueRequest): boolean {
    const { right, mayRaise } = this.#world;
    const why = right.loss ?? (request.reduces ? null : mayRaise());
    if (why !== null) this.#answer(request, 'not-sent', 'not-sent', why, null);
    return why === null;
  }

  /** One request, or the two legs of a pair: about each order one after the other. */
  #start(requests: readonly VenueRequest[], validUntilMs: number): void {
    const before = requests.map(({ order }) => this.#chains.get(order) ?? Promise.resolve());
    const done = Promise.all(before).then(() => this.#carryOut(requests, validUntilMs));
    for (const { order } of requests) this.#chains.set(order, done);
    void done.finally(() => {
      for (const { order } of requests) if (this.#chains.get(order) === done) this.#chains.delete(order);
    });
  }

  async #carryOut(requests: readonly VenueRequest[], validUntilMs: number): Promise<void> {
    const isPlacement = requests[0]!.kind === 'place';
    // What was decided long ago is not sent now: a pause of the machine, or a slow disk.
    if (isPlacement && this.#venueNowMs() > validUntilMs) {
      for (const request of requests)
        this.#answer(request, 'not-sent', 'not-sent', 'its time was over before it could be sent', null);
      return;
    }
    if (requests.filter((request) => !this.#mayGo(request)).length > 0) return;
    const sentAtMs = this.#venueNowMs();
    if (isPlacement)
      for (const { order, symbol } of requests)
        this.sent.set(order, { symbol, sentAtMs, validUntilMs: sentAtMs + this.#world.validityMs });
    const outcome = await this.#ask(requests, validUntilMs);
    for (const [k, request] of requests.entries()) this.#conclude(request, outcome, k);
  }

  /** What became of the `k`-th of what was asked for as one. */
  #conclude(request: VenueRequest, outcome: Outcome<readonly VenueOrder[]>, k: number): void {
    // The venue has an order of this id: ours, as nobody else makes such ids. What became of it is to be asked.
    const isOurs = request.kind === 'place' && outcome.outcome === 'rejected' && outcome.code === 'duplicate-order';
    const isUnknown = isOurs || outcome.outcome === 'unknown';
    if (request.kind === 'place' && !isUnknown) this.sent.delete(request.order);
    if (outcome.outcome === 'accepted') this.#answer(request, 'accepted', null, '', outcome.value[k]!);
    else {
      const { code, message } = outcome;
      const fate = isUnknown ? 'unknown' : code === 'not-sent' ? 'not-sent' : 'rejected';
      this.#answer(request, fate, code, message, null);
    }
  }

  async #ask(requests: readonly VenueRequest[], validUntilMs: number): Promise<Outcome<readonly VenueOrder[]>> {
    const { gateway } = this.#world;
    const [{ kind, placement, symbol, order }, target] = requests as [VenueRequest, VenueRequest?];
    const timed = (order: OrderPlacement): OrderPlacement => ({ ...order, validUntilMs });
    if (target !== undefined) return gateway.placePair(timed(placement!), timed(target.placement!));
    const outcome =
      kind === 'place'
        ? await gateway.place(timed(placement!))
        : kind === 'cancel'
          ? await gateway.cancel(symbol, order)
          : ({ outcome: 'rejected', code: 'unsupported', message: 'orders are replaced', venueCode: null } as const);
    return outcome.outcome === 'accepted' ? { outcome: 'accepted', value: [outcome.value] } : outcome;
  }

  #answer(
    request: VenueRequest,
    outcome: Answered['outcome'],
    code: string | null,
    message: string,
    told: VenueOrder | null,
  ): void {
    const { kind, order } = request;
    this.#world.tell({
      ...{ type: 'request-answered', request: kind, order, outcome, code, message, told },
      atMs: this.#venueNowMs(),
    });
  }

  #venueNowMs(): number {
    return this.#world.clock.nowMs() + (this.#world.gateway.clockSkew?.skewMs ?? 0);
  }
}
