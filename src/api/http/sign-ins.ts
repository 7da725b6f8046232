import type { BucketSize, RequestLimits } from '../../ports/request-limits.ts';
import type { Users } from '../../ports/users.ts';
import type { SignInInput } from '../browser-session.ts';
import { Failure } from '../failures.ts';
import { Backoff } from './backoff.ts';
import type { Begun, Browser, BrowserSessions } from './browser-sessions.ts';
import { bucketName } from './bucket-name.ts';
import { type Compare, PasswordDesk } from './passwords.ts';

/** Of one name, wherever it is tried from. */
const NAMES = { free: 5, firstMs: 1_000, longestMs: 300_000 };
/** Of one address, whatever names are tried from it. */
const ADDRESSES = { free: 10, firstMs: 1_000, longestMs: 900_000 };
/** Of one sign-in, whose password is asked for again. Then it ends: whoever has the browser does not have the password. */
const MOST_PROOFS = 5;
/** Passwords that are compared at once and a second, in the long run: of all that sign in together, and of each user who is signed in. */
const TURNS: BucketSize = { capacity: 20, perSecond: 4 };

export interface SignInsOptions {
  readonly users: Users;
  readonly sessions: BrowserSessions;
  readonly compare: Compare;
  readonly limits: RequestLimits;
  /** Time since any moment, which only rises. */
  readonly elapsedMs: () => number;
}

/** Lets people in by name and password, and nobody who guesses. */
export class SignIns {
  readonly #options: SignInsOptions;
  readonly #desk: PasswordDesk;
  readonly #names = new Backoff(NAMES);
  readonly #addresses = new Backoff(ADDRESSES);
  readonly #proofs = new Backoff({ free: MOST_PROOFS, firstMs: 0, longestMs: 0 });

  constructor(options: SignInsOptions) {
    this.#options = options;
    this.#desk = new PasswordDesk(options.compare);
  }

  /**
   * A new sign-in. Whether there is somebody of the name shows neither in the answer nor in the time that it takes.
   * Rejects with {@link Failure} `sign-in-refused`, `rate-limited` with `retryAfterMs` in its details, or `server-busy`.
   */
  async signIn(given: SignInInput, address: string): Promise<Begun> {
    const { users, sessions, elapsedMs } = this.#options;
    const name = given.name.toLowerCase();
    const place = bucketName(address);
    const nowMs = elapsedMs();
    const waitMs = Math.max(this.#names.waitMs(name, nowMs), this.#addresses.waitMs(place, nowMs));
    if (waitMs > 0) throw tooOften(waitMs);
    this.#names.begin(name, nowMs);
    this.#addresses.begin(place, nowMs);
    let found: Awaited<ReturnType<Users['find']>>;
    let isRight: boolean;
    try {
      await this.#takeTurn('sign-in:all');
      found = await users.find(name);
      isRight = await this.#desk.isRight(given.password, found?.passwordHash ?? null);
    } catch (error) {
      this.#names.forgive(name);
      this.#addresses.forgive(place);
      throw error;
    }
    const begun = isRight ? await sessions.begin(name, found!.passwordHash) : null;
    if (begun === null) throw new Failure('sign-in-refused', 'there is no user of this name with this password');
    this.#names.clear(name);
    this.#addresses.forgive(place);
    return begun;
  }

  /** The password again, for grave deeds. Rejects with {@link Failure} as {@link signIn} does; too many wrong ones end the sign-in. */
  async prove(browser: Browser, password: string): Promise<void> {
    const { users, sessions, elapsedMs } = this.#options;
    const { idHash, user } = browser.signIn;
    // Whoever guesses names takes no turn from those who are signed in.
    await this.#takeTurn(`step-up:${user}`);
    const tries = this.#proofs.begin(idHash, elapsedMs());
    let isRight = false;
    try {
      if (tries <= MOST_PROOFS)
        isRight = await this.#desk.isRight(password, (await users.find(user))?.passwordHash ?? null, true);
    } catch (error) {
      this.#proofs.forgive(idHash);
      throw error;
    }
    if (isRight) {
      this.#proofs.clear(idHash);
      await sessions.proven(browser);
      return;
    }
    const isOver = tries >= MOST_PROOFS;
    if (isOver) await sessions.end(browser);
    throw new Failure('sign-in-refused', `this is not the password of ${user}`, {
      hint: isOver
        ? 'It was wrong too often, and the sign-in has ended. Sign in again.'
        : 'Type it once more. tradewright users set-password gives a new one.',
    });
  }

  async #takeTurn(name: string): Promise<void> {
    const { isAllowed, retryAfterMs } = await this.#options.limits.take(name, TURNS);
    if (!isAllowed) throw tooOften(retryAfterMs);
  }
}

function tooOften(waitMs: number): Failure {
  return new Failure('rate-limited', 'passwords are tried more often than they may', {
    details: { retryAfterMs: Math.ceil(waitMs) },
  });
}
