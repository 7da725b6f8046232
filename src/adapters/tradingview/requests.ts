import type { Topic } from '../../connectivity/stream-protocol.ts';
import { ConnectionSupervisor } from '../../connectivity/supervisor.ts';
import type { TimeMs } from '../../core/vocabulary/time.ts';
import { VenueError } from '../../ports/venue-error.ts';
import { AuthToken } from './auth-token.ts';
import { ChartProtocol } from './chart-protocol.ts';
import type { Call, Conversation, Verdict } from './conversation.ts';
import { type Auth, requireConsent, type TradingViewOptions, VENUE } from './options.ts';
import type { ServerMessage } from './server-message.ts';

/** A question whose answer takes several messages: null as long as it is not complete. Throws {@link VenueError} where it is a refusal. */
export interface Question<T> {
  begin(session: string): readonly Call[];
  take(message: ServerMessage): T | null;
}

/** Requests at once over one connection. */
const MOST_AT_ONCE = 4;
const ANSWER_LIMIT_MS = 30_000;

/**
 * Questions and answers over a socket of their own, which is open while there are any. A connection that is lost asks again by itself.
 * At most four are under way; the others wait their turn.
 */
export class Requests {
  readonly #options: TradingViewOptions;
  readonly #protocol: ChartProtocol;
  readonly #supervisor: ConnectionSupervisor;
  readonly #waiting: (() => void)[] = [];
  #underWay = 0;
  #count = 0;
  #lastMalformed: string | null = null;
  #isClosed = false;
  #isStaying = false;
  #refusal: VenueError | null = null;
  readonly #failures = new Set<(error: VenueError) => void>();

  constructor(options: TradingViewOptions) {
    requireConsent(options.acceptsTerms);
    const { dialer, clock, random, streamOrigin = 'wss://data.tradingview.com' } = options;
    this.#options = options;
    const auth = options.auth ?? new AuthToken(options);
    const watched: Auth = {
      redact: (text) => auth.redact(text),
      token: () => auth.token().catch((error: unknown) => this.#notLoggedIn(error)),
    };
    this.#protocol = new ChartProtocol(streamOrigin, watched, options, (detail) => {
      this.#lastMalformed = detail;
    });
    this.#supervisor = new ConnectionSupervisor({
      ...{ protocol: this.#protocol, dialer, clock, random, largestFrameBytes: 67_108_864 },
      listener: { resumed() {}, interrupted() {} },
    });
  }

  /** The server's time; ours before it was told. */
  nowMs(): TimeMs {
    return this.#protocol.time.nowMs();
  }

  /** Rejects with {@link VenueError}. */
  async ask<T>(title: string, question: Question<T>): Promise<T> {
    if (this.#underWay >= MOST_AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#underWay++;
    try {
      return await this.#answer(title, question);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#underWay--;
      else next();
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const fail of this.#failures) fail(new VenueError('not-sent', VENUE, 'the connection was closed'));
    await this.#supervisor.close();
  }

  /** A refusal is final, so that nobody needs to wait for an answer. */
  #notLoggedIn(error: unknown): never {
    if (error instanceof VenueError && error.code === 'key-invalid') {
      this.#refusal = error;
      for (const fail of this.#failures) fail(error);
    }
    throw error;
  }

  /** A topic that says nothing keeps the connection between questions. */
  #stayConnected(): void {
    if (this.#isStaying) return;
    this.#isStaying = true;
    this.#protocol.add('questions', { kind: 'cs', begin: () => [], take: () => 'none' });
    this.#supervisor.subscribe('questions', { silenceLimitMs: Number.POSITIVE_INFINITY });
  }

  #answer<T>(title: string, question: Question<T>): Promise<T> {
    if (this.#isClosed) return Promise.reject(new VenueError('not-sent', VENUE, 'the connection is closed'));
    if (this.#refusal !== null) return Promise.reject(this.#refusal);
    this.#stayConnected();
    const { clock } = this.#options;
    return new Promise<T>((resolve, reject) => {
      let topic = null as Topic | null;
      const over = (): void => {
        timer.cancel();
        this.#failures.delete(fail);
        if (topic === null) return;
        this.#protocol.remove(topic.name);
        this.#supervisor.unsubscribe(topic.index);
        topic = null;
      };
      const fail = (error: unknown): void => {
        over();
        reject(error);
      };
      const timer = clock.after(ANSWER_LIMIT_MS, () => fail(this.#late(title)));
      this.#failures.add(fail);
      const conversation: Conversation = {
        kind: 'cs',
        begin: (session) => question.begin(session),
        take(message): Verdict {
          try {
            const answer = question.take(message);
            if (answer === null) return 'data';
            over();
            resolve(answer);
          } catch (error) {
            fail(
              error instanceof RangeError
                ? new VenueError('answer-unreadable', VENUE, `${title}: ${error.message}`)
                : error,
            );
          }
          return 'none';
        },
      };
      const name = `${++this.#count} ${title}`;
      this.#protocol.add(name, conversation);
      topic = this.#supervisor.subscribe(name, { silenceLimitMs: Number.POSITIVE_INFINITY });
    });
  }

  #late(title: string): VenueError {
    const [connection] = this.#supervisor.connections();
    const why = connection?.lastFault ?? this.#lastMalformed ?? 'nothing was said';
    return new VenueError('timeout', VENUE, `${title}: no answer within ${ANSWER_LIMIT_MS} ms (${why})`);
  }
}
