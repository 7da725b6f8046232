import type { TimeMs } from '../core/vocabulary/time.ts';
import type { Accounts, ApiKey } from './accounts.ts';
import type { Dialect } from './dialects.ts';
import type { Answer, Params, Security } from './product.ts';
import { illegalCharacters, mandatory, REFUSALS } from './refusals.ts';
import { isSignedBy } from './signature.ts';

/** What a caller showed of itself. */
export interface Credentials {
  readonly apiKey: string | null;
  /** The text the signature must be of. */
  readonly signedText: string;
  readonly signature: string | null;
  /** Set where a session has proven itself before: neither key nor signature is needed then. */
  readonly session: ApiKey | null;
}

const DEFAULT_WINDOW_MS = 5_000;
const LONGEST_WINDOW_MS = 60_000;
const MAY_BE_AHEAD_MS = 1_000;
const EARLIEST_MS = Date.UTC(2017, 0, 1);
/** Larger timestamps are microseconds. */
const LARGEST_MS = 1e14;
const KEY_FORMAT = /^[A-Za-z0-9]{1,64}$/;
const WHOLE = '^[0-9]{1,20}$';
/** Milliseconds with up to three places. */
const WINDOW = /^\d{1,20}(\.\d{1,3})?$/;

/**
 * Whether the time that a request states is acceptable: `timestamp < server + 1000` and `server − timestamp <= recvWindow`
 * (Binance, "Timing security"). Null where it is.
 */
export function timingOffence(params: Params, dialect: Dialect, serverMs: TimeMs): Answer | null {
  const stamp = params.get('timestamp');
  if (stamp === undefined) return mandatory('timestamp');
  if (!/^\d{1,20}$/.test(stamp)) return illegalCharacters('timestamp', WHOLE);
  const window = params.get('recvWindow');
  if (window !== undefined && !WINDOW.test(window)) return illegalCharacters('recvWindow', WHOLE);
  const windowMs = window === undefined ? DEFAULT_WINDOW_MS : Number(window);
  if (windowMs > LONGEST_WINDOW_MS) return REFUSALS.windowTooLarge;
  const raw = Number(stamp);
  const timestampMs = dialect.microseconds && raw >= LARGEST_MS ? raw / 1000 : raw;
  if (timestampMs >= serverMs + MAY_BE_AHEAD_MS) return REFUSALS.aheadOfServer;
  if (timestampMs < EARLIEST_MS || serverMs - timestampMs > windowMs) return REFUSALS.outsideWindow;
  return null;
}

/** Who calls: a key, null on a public endpoint, or the refusal. `checkTimes` false lets any timestamp pass, but wants one. */
export function authenticate(
  accounts: Accounts,
  dialect: Dialect,
  security: Security,
  credentials: Credentials,
  params: Params,
  serverMs: TimeMs,
  checkTimes: boolean,
): { readonly key: ApiKey | null } | { readonly refused: Answer } {
  if (security === 'none') return { key: null };
  const { apiKey, signature, session } = credentials;
  if (apiKey === null && session === null) return { refused: REFUSALS.keyFormat };
  if (apiKey !== null && !KEY_FORMAT.test(apiKey)) return { refused: REFUSALS.keyFormat };
  const key = apiKey === null ? session : (accounts.byKey(apiKey) ?? null);
  if (key === null) return { refused: REFUSALS.keyRejected };
  if (security === 'key') return { key };
  const timing = timingOffence(params, dialect, serverMs);
  if (timing !== null && (checkTimes || !params.has('timestamp'))) return { refused: timing };
  if (apiKey !== null || session === null) {
    if (signature === null || signature === '') return { refused: mandatory('signature') };
    if (!isSignedBy(key.proof, credentials.signedText, signature)) return { refused: REFUSALS.signature };
  }
  const allowed = security === 'trade' ? key.permissions[dialect.name] : key.permissions.reading;
  return allowed ? { key } : { refused: REFUSALS.keyRejected };
}
