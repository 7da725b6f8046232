import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import type { ApiKey, ApiKeys } from '../../ports/api-keys.ts';
import { Failure } from '../failures.ts';
import type { AccessScope } from '../operation.ts';
import type { Browser, BrowserSessions } from './browser-sessions.ts';

/** Who asks. */
export interface Client {
  /** The id of its key; `user:ann` of who signed in; `local` without either. */
  readonly name: string;
  readonly scopes: ReadonlySet<string>;
  /** Of who signed in. */
  readonly browser?: Browser;
  /** Of who signed in: whether the password was given within minutes. */
  readonly isProven?: () => Promise<boolean>;
}

/** What a request shows of who sends it. */
export interface Shown {
  readonly authorization: string | undefined;
  /** Undefined also where cookies do not count. */
  readonly cookie: string | undefined;
}

/** What is allowed without a key to programs of this machine: everything but its files and accounts. */
const LOCAL: Client = { name: 'local', scopes: new Set<AccessScope>(['read', 'research', 'trade', 'risk']) };
const SECRET_BYTES = 32;
const PATTERN = /^Bearer (tw_([0-9a-f]{8})_([A-Za-z0-9_-]{43}))$/i;
/** So old may be what is known of a key. A revocation bites within it. */
const KNOWN_MS = 1_000;
const MOST_KNOWN = 1_000;

/** A key that was made just now; nobody can show it again. */
export function makeKey(): { readonly id: string; readonly text: string; readonly secretHash: string } {
  const id = randomBytes(4).toString('hex');
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  return { id, text: `tw_${id}_${secret}`, secretHash: hashOf(secret) };
}

/** The secret is 256 random bits: no dictionary has it, so that a fast hash protects it as a slow one would. */
const hashOf = (secret: string): string => hash('sha256', secret);

/** Tells who asks, by the header `authorization`, or else by the cookie of a sign-in. */
export class Gate {
  readonly #keys: ApiKeys;
  readonly #sessions: BrowserSessions;
  readonly #allowsLocal: boolean;
  readonly #nowMs: () => number;
  readonly #known = new Map<string, { readonly found: ReturnType<ApiKeys['find']>; readonly atMs: number }>();

  constructor(
    keys: ApiKeys,
    sessions: BrowserSessions,
    options: { readonly allowsLocal: boolean; readonly nowMs: () => number },
  ) {
    this.#keys = keys;
    this.#sessions = sessions;
    this.#allowsLocal = options.allowsLocal;
    this.#nowMs = options.nowMs;
  }

  /** Rejects with {@link Failure} `unauthenticated`. It says nothing of what was wrong, so that nobody learns which keys there are. */
  async clientOf(shown: Shown, address: string): Promise<Client> {
    const found = await this.find(shown, address);
    if (found === null) throw new Failure('unauthenticated', 'expected somebody who signed in or a key, found neither');
    return found;
  }

  /** As {@link clientOf}, with null for who shows no key and is not signed in, where that is not allowed. */
  async find({ authorization, cookie }: Shown, address: string): Promise<Client | null> {
    if (authorization !== undefined) return this.#ofKey(authorization, address);
    const browser = await this.#sessions.of(cookie);
    if (browser !== null) return this.signedIn(browser);
    return this.#allowsLocal ? LOCAL : null;
  }

  async #ofKey(authorization: string, address: string): Promise<Client> {
    const [, , id = '', secret = ''] = PATTERN.exec(authorization) ?? [];
    const found = id === '' ? null : await this.#find(id.toLowerCase());
    const expected = Buffer.from(found?.secretHash ?? hashOf(''));
    const isRight = timingSafeEqual(Buffer.from(hashOf(secret)), expected) && found !== null;
    if (!isRight || !isUsable(found.key, address, this.#nowMs()))
      throw new Failure('unauthenticated', 'the key is not valid here and now');
    this.#keys.used(found.key.id);
    return { name: found.key.id, scopes: new Set(found.key.scopes) };
  }

  /** Whether a client that was let in before may stay: keys expire and are revoked, and sign-ins end. `isUsed`: it asked for something since. */
  async staysOpen({ name, browser }: Client, address: string, isUsed: boolean): Promise<boolean> {
    if (browser !== undefined) {
      const now = await this.#sessions.again(browser);
      if (now !== null && isUsed) this.#sessions.used(now);
      return now !== null;
    }
    if (name === LOCAL.name) return true;
    const found = await this.#find(name);
    return found !== null && isUsable(found.key, address, this.#nowMs());
  }

  /** Who signed in, as a client. */
  signedIn(browser: Browser): Client {
    const { user, scopes } = browser.signIn;
    const isProven = async (): Promise<boolean> => (await this.#sessions.again(browser))?.isFresh ?? false;
    return { name: `user:${user}`, scopes: new Set(scopes), browser, isProven };
  }

  #find(id: string): ReturnType<ApiKeys['find']> {
    const nowMs = this.#nowMs();
    const known = this.#known.get(id);
    if (known !== undefined && Math.abs(nowMs - known.atMs) < KNOWN_MS) return known.found;
    const found = this.#keys.find(id);
    // What failed is asked again.
    found.catch(() => this.#known.delete(id));
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    this.#known.set(id, { found, atMs: nowMs });
    return found;
  }
}

function isUsable({ revokedAtMs, expiresAtMs, addresses }: ApiKey, address: string, nowMs: number): boolean {
  if (revokedAtMs !== null || (expiresAtMs !== null && nowMs >= expiresAtMs)) return false;
  return addresses.length === 0 || isListed(address, addresses);
}

/** Whether an address is of this machine. */
export const isLoopback = (address: string): boolean => isListed(address, ['127.0.0.0/8', '::1']);

/** Whether an address is one of the list, or in one of its networks. */
function isListed(address: string, list: readonly string[]): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  const allowed = new BlockList();
  for (const entry of list) addNetwork(allowed, entry);
  const family = isIP(plain);
  return family !== 0 && allowed.check(plain, family === 6 ? 'ipv6' : 'ipv4');
}

function addNetwork(list: BlockList, entry: string): void {
  const [address = '', bits] = entry.split('/');
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (bits === undefined) list.addAddress(address, family);
  else list.addSubnet(address, Number(bits), family);
}

/** Whether a text is an address, or a network such as `10.0.0.0/8`. */
export function isNetwork(entry: string): boolean {
  const [address = '', bits, ...more] = entry.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 6 ? 128 : 32));
}

/** Of a route that is heard without a client. */
export const ANYBODY = { config: { access: 'anybody' } } as const;
