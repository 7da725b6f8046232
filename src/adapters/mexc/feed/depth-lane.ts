import { z } from 'zod';
import { backoffMs } from '../../../connectivity/backoff.ts';
import { allocateBookView, readBook } from '../../../core/market/book-view.ts';
import { DepthMessage } from '../../../core/market/depth-message.ts';
import { MEXC_SPOT_DEPTH } from '../../../core/market/depth-rules.ts';
import { DepthSync } from '../../../core/market/depth-sync.ts';
import { OrderBook } from '../../../core/market/order-book.ts';
import type { HttpAnswer } from '../../../ports/transport.ts';
import { VenueError } from '../../../ports/venue-error.ts';
import type { MexcAccess } from '../access.ts';
import type { Push } from '../push-decoder.ts';
import { jsonOf } from '../rest-answers.ts';
import { eventTimeOf, figure, type Lane, type LaneOutput, version } from './lane.ts';

const SNAPSHOT_LEVELS = 1_000;
const VIEW_LEVELS = 100;
const RETRY = { firstMs: 250, longestMs: 15_000 };

const levels = z.array(z.tuple([z.string(), z.string()], z.unknown()));
const depthAnswer = z.object({ lastUpdateId: z.number(), bids: levels, asks: levels });

/** `aggre.depth`, kept in step by its versions with a snapshot of `GET /api/v3/depth`. */
export class DepthLane implements Lane {
  readonly #output: LaneOutput;
  readonly #symbol: string;
  readonly #access: MexcAccess;
  readonly #sync = new DepthSync(new OrderBook({ tick: null }), MEXC_SPOT_DEPTH);
  readonly #message = new DepthMessage();
  readonly #view = allocateBookView(VIEW_LEVELS);
  #isAsking = false;
  #isClosed = false;
  /** Event time of the last change that the book had before it was given up; null while in step, and before the first book. */
  #lostSinceMs: number | null = null;
  #lastEventMs = 0;
  #reason = '';

  constructor(output: LaneOutput, symbol: string, access: MexcAccess) {
    this.#output = output;
    this.#symbol = symbol;
    this.#access = access;
  }

  push(push: Push, receivedTimeMs: number): void {
    const { body } = push;
    this.#message.begin(version(body.text('fromVersion')), version(body.text('toVersion')));
    for (const level of body.list('bids'))
      this.#message.add(1, figure(level.text('price')), figure(level.text('quantity')));
    for (const level of body.list('asks'))
      this.#message.add(-1, figure(level.text('price')), figure(level.text('quantity')));
    const outcome = this.#sync.update(this.#message);
    if (outcome === 'applied') this.#tell(eventTimeOf(push, receivedTimeMs), receivedTimeMs);
    else if (outcome === 'malformed') {
      this.#output.anomaly(
        'out-of-range',
        `${push.channel}: versions ${body.text('fromVersion')} to ${body.text('toVersion')} hold a level that is none`,
      );
      this.#lost('an update could not be read');
    } else if (outcome === 'crossed') {
      this.#output.anomaly(
        'crossed-book',
        `${push.channel}: best bid met best ask at version ${body.text('toVersion')}`,
      );
      this.#lost('the book was crossed');
    } else if (outcome === 'gap')
      this.#lost(`versions ${this.#sync.gapAfterId} to ${this.#sync.gapBeforeId} have nothing between them`);
    if (this.#sync.snapshotWanted) void this.#fetch();
  }

  resumed(): void {
    void this.#fetch();
  }

  interrupted(): void {
    this.#lost('the connection was lost');
    this.#sync.reset();
  }

  close(): void {
    this.#isClosed = true;
  }

  #lost(reason: string): void {
    if (this.#lastEventMs === 0) return;
    this.#lostSinceMs ??= this.#lastEventMs;
    this.#reason = reason;
  }

  #tell(eventTimeMs: number, receivedTimeMs: number): void {
    this.#lastEventMs = eventTimeMs;
    readBook(this.#sync.book, this.#view);
    for (const { id, sink } of this.#output.subscribers) sink.depth(id, eventTimeMs, receivedTimeMs, this.#view);
  }

  /** Fetches snapshots until one joins on to the updates. Never rejects; one at a time. */
  async #fetch(): Promise<void> {
    if (this.#isAsking || this.#isClosed) return;
    this.#isAsking = true;
    const { clock, random } = this.#access.options;
    let failures = 0;
    while (this.#sync.snapshotWanted && !this.#isClosed) {
      const pauseMs = backoffMs(Math.max(failures, this.#sync.failures), RETRY, random);
      if (pauseMs > 0) await new Promise<void>((resolve) => void clock.after(pauseMs, resolve));
      if (this.#isClosed || !this.#sync.snapshotWanted) break;
      if (await this.#takeSnapshot()) continue;
      failures++;
    }
    this.#isAsking = false;
  }

  async #takeSnapshot(): Promise<boolean> {
    const request = this.#access.open(
      '/api/v3/depth',
      [
        ['symbol', this.#symbol],
        ['limit', SNAPSHOT_LEVELS],
      ],
      1,
    );
    let snapshot: DepthMessage;
    try {
      snapshot = await this.#access.rest.read(request, readSnapshot);
    } catch (error) {
      if (!(error instanceof VenueError)) throw error;
      return false;
    }
    if (this.#isClosed) return true;
    const outcome = this.#sync.snapshot(snapshot);
    if (outcome === 'crossed' || outcome === 'malformed')
      this.#output.anomaly(
        outcome === 'crossed' ? 'crossed-book' : 'out-of-range',
        `depth snapshot of ${this.#symbol} at ${snapshot.finalId}`,
      );
    if (outcome !== 'applied') return false;
    const nowMs = clock(this.#access);
    if (this.#lostSinceMs !== null) {
      this.#output.gap({ outcome: 'lost', fromMs: this.#lostSinceMs, toMs: nowMs, reason: this.#reason });
      this.#lostSinceMs = null;
    }
    this.#tell(this.#access.nowMs(), nowMs);
    return true;
  }
}

const clock = (access: MexcAccess): number => access.options.clock.nowMs();

function readSnapshot(answer: HttpAnswer): DepthMessage {
  const { lastUpdateId, bids, asks } = depthAnswer.parse(jsonOf(answer));
  const message = new DepthMessage(bids.length + asks.length || 1);
  message.begin(lastUpdateId, lastUpdateId);
  for (const [price, quantity] of bids) message.add(1, figure(price), figure(quantity));
  for (const [price, quantity] of asks) message.add(-1, figure(price), figure(quantity));
  return message;
}
