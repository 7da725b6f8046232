import { createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { SignIn, Users } from '../../ports/users.ts';
import { STEP_UP_MS } from '../browser-session.ts';

/** A sign-in ends after so long, however it is used. */
const LONGEST_MS = 86_400_000;
/** And after so long without a request. */
const IDLE_MS = 4 * 3_600_000;
const ID_BYTES = 32;
/** That a sign-in is used is noted at most this often, also where it cannot be. */
const NOTE_MS = 60_000;
/** Sign-ins of which it is remembered when that was tried last. */
const MOST_TRIED = 10_000;

/** A browser in which somebody is signed in, as of one request. */
export interface Browser {
  readonly signIn: SignIn;
  /** Shown with every deed: pages of other sites can have the cookie sent, and cannot know this. */
  readonly csrfToken: string;
  readonly expiresAtMs: number;
  readonly idleExpiresAtMs: number;
  /** Until then grave deeds need no password. */
  readonly freshUntilMs: number;
  readonly isFresh: boolean;
}

/** A sign-in that has just begun, with the header that gives it to its browser. */
export interface Begun {
  readonly setCookie: string;
  readonly browser: Browser;
}

/** Sign-ins of browsers, told by a cookie whose value is nowhere but in it. */
export class BrowserSessions {
  readonly #users: Users;
  readonly #name: string;
  readonly #attributes: string;
  readonly #pattern: RegExp;
  /** When a use was to be noted last, epoch ms; tried longest ago first. */
  readonly #tried = new Map<string, number>();

  /** `isSecure`: browsers reach the server over TLS, and shall send the cookie no other way. */
  constructor(users: Users, { isSecure }: { readonly isSecure: boolean }) {
    this.#users = users;
    // With `__Host-` no other host of the domain can set it.
    this.#name = isSecure ? '__Host-tradewright' : 'tradewright';
    this.#attributes = `Path=/; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`;
    this.#pattern = new RegExp(`(?:^|;\\s*)${this.#name}=([A-Za-z0-9_-]{43})\\s*(?:;|$)`);
  }

  /** The header `set-cookie` of a new sign-in, under an id that nobody has had; null where the password is not this one any more. */
  async begin(user: string, passwordHash: string): Promise<Begun | null> {
    const id = randomBytes(ID_BYTES).toString('base64url');
    if (!(await this.#users.signIn(user, hashOf(id), passwordHash, LONGEST_MS))) return null;
    const browser = await this.#ofId(id);
    if (browser === null) return null;
    return { browser, setCookie: `${this.#name}=${id}; ${this.#attributes}; Max-Age=${LONGEST_MS / 1000}` };
  }

  /** By the header `cookie`; null where nobody is signed in by it. */
  async of(cookie: string | undefined): Promise<Browser | null> {
    const id = cookie === undefined ? undefined : this.#pattern.exec(cookie)?.[1];
    return id === undefined ? null : this.#ofId(id);
  }

  /** As it stands now; null where it has ended. */
  async again({ signIn, csrfToken }: Browser): Promise<Browser | null> {
    const found = await this.#users.signedIn(signIn.idHash);
    return found === null ? null : viewOf(found, csrfToken);
  }

  /** Never fails, and waits for nothing: when a sign-in was used last is not worth a failed request. */
  used({ signIn }: Browser): void {
    const { idHash, usedAtMs, seenAtMs } = signIn;
    if (seenAtMs - Math.max(usedAtMs, this.#tried.get(idHash) ?? 0) < NOTE_MS) return;
    this.#tried.delete(idHash);
    if (this.#tried.size >= MOST_TRIED) this.#tried.delete(this.#tried.keys().next().value!);
    this.#tried.set(idHash, seenAtMs);
    this.#users.used(signIn).catch(() => undefined);
  }

  proven({ signIn }: Browser): Promise<void> {
    return this.#users.proven(signIn.idHash);
  }

  end({ signIn }: Browser): Promise<void> {
    return this.#users.signOut(signIn.idHash);
  }

  /** The header `set-cookie` that takes the cookie away. */
  get clearing(): string {
    return `${this.#name}=; ${this.#attributes}; Max-Age=0`;
  }

  async #ofId(id: string): Promise<Browser | null> {
    const found = await this.#users.signedIn(hashOf(id));
    return found === null ? null : viewOf(found, createHmac('sha256', id).update('csrf').digest('base64url'));
  }
}

/** As it was when it was read; null where it had ended by then. */
function viewOf(signIn: SignIn, csrfToken: string): Browser | null {
  const expiresAtMs = signIn.startedAtMs + LONGEST_MS;
  const idleExpiresAtMs = signIn.usedAtMs + IDLE_MS;
  if (signIn.seenAtMs >= expiresAtMs || signIn.seenAtMs >= idleExpiresAtMs) return null;
  const freshUntilMs = signIn.provenAtMs + STEP_UP_MS;
  return { signIn, csrfToken, expiresAtMs, idleExpiresAtMs, freshUntilMs, isFresh: signIn.seenAtMs < freshUntilMs };
}

/** The id is 256 random bits: no dictionary has it, so that a fast hash protects it as a slow one would. */
const hashOf = (id: string): string => hash('sha256', id);

/** Whether a token is that of the sign-in, in the same time whatever it is. */
export function isTokenOf({ csrfToken }: Browser, token: unknown): boolean {
  const given = hash('sha256', typeof token === 'string' ? token : '', 'buffer');
  return timingSafeEqual(given, hash('sha256', csrfToken, 'buffer'));
}
