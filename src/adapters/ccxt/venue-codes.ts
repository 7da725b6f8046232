import { InvariantError } from '../../core/vocabulary/assert.ts';
import { VenueError, type VenueErrorCode } from '../../ports/venue-error.ts';
import { dialectOf } from './dialect.ts';

/**
 * ccxt's error classes in our words, from its `errorHierarchy`. The class nearest to the error decides. Where a class is not proof that
 * nothing happened, neither is its code here: `ExchangeError` alone is what ccxt throws for an answer that it does not know.
 */
const CLASSES: Readonly<Record<string, VenueErrorCode>> = {
  OrderNotFound: 'unknown-order',
  OrderNotCached: 'unknown-order',
  DuplicateOrderId: 'duplicate-order',
  OrderImmediatelyFillable: 'post-only-would-take',
  OrderNotFillable: 'order-refused',
  ContractUnavailable: 'market-closed',
  InvalidOrder: 'order-refused',
  InsufficientFunds: 'insufficient-balance',
  PermissionDenied: 'trading-not-permitted',
  AccountNotEnabled: 'trading-not-permitted',
  AccountSuspended: 'trading-not-permitted',
  AuthenticationError: 'key-invalid',
  ArgumentsRequired: 'request-invalid',
  BadSymbol: 'symbol-unknown',
  BadRequest: 'request-invalid',
  NoChange: 'order-refused',
  MarketClosed: 'market-closed',
  RestrictedLocation: 'trading-not-permitted',
  ManualInteractionNeeded: 'trading-not-permitted',
  OperationRejected: 'order-refused',
  InvalidAddress: 'request-invalid',
  NotSupported: 'unsupported',
  InvalidProxySettings: 'not-sent',
  InvalidNonce: 'clock-skewed',
  RateLimitExceeded: 'rate-limited',
  DDoSProtection: 'rate-limited',
  RequestTimeout: 'timeout',
  OnMaintenance: 'unavailable',
  ExchangeNotAvailable: 'unavailable',
  NetworkError: 'unavailable',
  CancelPending: 'answer-unreadable',
  NullResponse: 'answer-unreadable',
  BadResponse: 'answer-unreadable',
  ChecksumError: 'answer-unreadable',
  OperationFailed: 'unavailable',
  ExchangeClosedByUser: 'unavailable',
  ExchangeError: 'answer-unreadable',
  BaseError: 'answer-unreadable',
};

/**
 * OKX's own codes, more exact than the classes that ccxt makes of them. From the venue's page "Error Code". A code that neither this table
 * nor ccxt's knows proves nothing, also among the refusals of orders, 51000 to 51999: some of them say that the venue ran out of time.
 */
const OKX: Readonly<Record<string, VenueErrorCode>> = {
  '50001': 'unavailable',
  '50004': 'timeout',
  '50005': 'unavailable',
  '50011': 'rate-limited',
  '50013': 'unavailable',
  '50014': 'request-invalid',
  '50026': 'unavailable',
  '50061': 'rate-limited',
  '50102': 'clock-skewed',
  '50110': 'ip-not-allowed',
  '50111': 'key-invalid',
  '50113': 'signature-invalid',
  '51000': 'request-invalid',
  '51001': 'symbol-unknown',
  '51006': 'filter-violated',
  '51008': 'insufficient-balance',
  '51010': 'trading-not-permitted',
  '51016': 'duplicate-order',
  '51017': 'order-refused',
  '51018': 'order-refused',
  '51019': 'order-refused',
  '51020': 'filter-violated',
  '51023': 'order-refused',
  '51025': 'too-many-orders',
  '51119': 'insufficient-balance',
  '51121': 'filter-violated',
  '51400': 'unknown-order',
  '51401': 'unknown-order',
  '51402': 'unknown-order',
  '51410': 'answer-unreadable',
  '51503': 'unknown-order',
  '51506': 'order-refused',
  '51508': 'order-refused',
  '51509': 'order-refused',
  '51510': 'order-refused',
  '51511': 'order-refused',
  '51603': 'unknown-order',
};

const BY_VENUE: Readonly<Record<string, (venueCode: string) => VenueErrorCode | null>> = {
  okx: (venueCode) => OKX[venueCode] ?? null,
  // ccxt takes it for a bad request.
  mexc: (venueCode) => (venueCode === '-2011' ? 'unknown-order' : null),
};

/** Names of an error's class and of those above it, nearest first. */
function classesOf(error: object): readonly string[] {
  const names: string[] = [];
  for (let at: unknown = error; at !== null && typeof at === 'object'; at = Object.getPrototypeOf(at)) {
    const name: unknown = at.constructor?.name;
    if (typeof name === 'string' && names.at(-1) !== name) names.push(name);
  }
  return names;
}

/** The venue's own code in ccxt's message, which quotes the whole answer: the item's before the envelope's. */
function venueCodeOf(message: string): string | null {
  const item = /"sCode"\s*:\s*"?(-?\d+)/.exec(message)?.[1];
  if (item !== undefined && item !== '0') return item;
  return /"(?:code|ret_code|retCode|error_code)"\s*:\s*"?(-?\d+)/.exec(message)?.[1] ?? null;
}

/** A message without what must not be shown: secrets, and signatures and keys in URLs. */
export function shownMessage(message: string, secrets: readonly string[]): string {
  let shown = message.replace(/([?&](?:signature|sign|sig|apikey|api_key|accesskeyid|listenkey)=)[^&\s"]*/gi, '$1…');
  for (const secret of secrets) if (secret !== '') shown = shown.replaceAll(secret, '…');
  return shown.length > 400 ? `${shown.slice(0, 400)}…` : shown;
}

/** Any error that came out of ccxt as a VenueError; a defect of ours stays what it is. */
export function venueErrorOf(
  error: unknown,
  venue: string,
  exchangeId: string,
  secrets: readonly string[],
): VenueError {
  if (error instanceof VenueError) return error;
  if (!(error instanceof Error) || error instanceof InvariantError) throw error;
  const classes = classesOf(error);
  const nearest = classes.find((name) => CLASSES[name] !== undefined);
  const message = shownMessage(error.message, secrets);
  // Not one of ccxt's: it failed on an answer that it did not expect, such as a field that is missing.
  if (nearest === undefined)
    return new VenueError('answer-unreadable', venue, `ccxt could not read the answer: ${message}`);
  const venueCode = venueCodeOf(error.message);
  const own = venueCode === null ? undefined : BY_VENUE[dialectOf(exchangeId)]?.(venueCode);
  const code = own ?? CLASSES[nearest]!;
  // The cause is left out: it quotes URLs and headers as they were sent.
  return new VenueError(code, venue, message, venueCode === null ? {} : { venueCode });
}
