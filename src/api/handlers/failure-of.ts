import { StrategyError } from '../../core/engine/strategy-error.ts';
import { ParameterError } from '../../core/strategy/params.ts';
import { LateCallError } from '../../core/vocabulary/late-call.ts';
import { formatTime } from '../../core/vocabulary/time.ts';
import { BusError } from '../../ports/event-bus.ts';
import { QueueError } from '../../ports/job-queue.ts';
import { JournalError, type JournalErrorCode } from '../../ports/journal.ts';
import { LatchError } from '../../ports/latches.ts';
import { LeaseError } from '../../ports/lease.ts';
import { VaultError, type VaultErrorCode } from '../../ports/secret-vault.ts';
import { StrategyFileError } from '../../ports/strategy-files.ts';
import { RegistryError } from '../../ports/strategy-registry.ts';
import { UploadError } from '../../ports/uploads.ts';
import { VenueError } from '../../ports/venue-error.ts';
import { SessionError } from '../../session/session-error.ts';
import { Failure, type FailureCode, type FailureDetails, isFailureCode } from '../failures.ts';
import { inputFailure, isSchemaError } from '../input-failure.ts';

/** Any error as a failure that can be told; what nobody foresaw becomes `unexpected`. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (isSchemaError(error)) return inputFailure(error, {}, null);
  if (error instanceof ParameterError) {
    return new Failure('parameter-invalid', error.message, { details: { field: error.field }, cause: error });
  }
  if (error instanceof StrategyFileError) return fileFailure(error);
  if (error instanceof VenueError) return venueFailure(error);
  if (error instanceof RegistryError)
    return new Failure(REGISTRY_FAILURES[error.code], error.message, { cause: error });
  // Without a cause: what a vault says is all that anybody may see.
  if (error instanceof VaultError) return new Failure(VAULT_FAILURES[error.code], error.message);
  if (error instanceof JournalError) return journalFailure(error);
  // Rights to trade lie where the journals do.
  if (error instanceof LeaseError)
    return new Failure(error.code === 'newer-version' ? 'journal-newer' : 'journal-unavailable', error.message, {
      cause: error,
    });
  if (error instanceof BusError)
    return new Failure(error.code === 'refused' ? 'event-bus-refused' : 'event-bus-unavailable', error.message, {
      cause: error,
    });
  if (error instanceof QueueError) return new Failure(`job-queue-${error.code}`, error.message, { cause: error });
  if (error instanceof UploadError) return uploadFailure(error);
  if (error instanceof LatchError)
    return new Failure('latches-unreadable', error.message, { details: { reason: error.code }, cause: error });
  if (error instanceof SessionError)
    return new Failure(`session-${error.code}`, error.message, { hint: error.hint, cause: error });
  if (error instanceof StrategyError) return strategyFailure(error, null);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  // Errors of data files carry everything that is needed, whichever reader they come from.
  if (error instanceof Error && isFailureCode(code) && 'found' in error) {
    const { message, hint, file, line, column, field, found, expected } = error as Error &
      Record<string, string | number | null>;
    return new Failure(code, String(message).replace(` ${String(hint)}`, ''), {
      hint: String(hint),
      details: present({ file, line, column, field, found, expected }),
      cause: error,
    });
  }
  if (code === 'ENOSPC') {
    // A write that a full disk refuses does not say which file it was of; what opens or makes one does.
    const { path } = error as NodeJS.ErrnoException;
    const what = path === undefined ? 'what was to be written' : path;
    return new Failure('disk-full', `the disk is full: there is no room for ${what}`, {
      details: present({ file: path, found: code }),
      cause: error,
    });
  }
  const isFolder = error instanceof Error && 'syscall' in error && error.syscall === 'mkdir';
  if (isFolder || ['EACCES', 'EPERM', 'EROFS'].includes(code)) {
    const { path = '', syscall = '' } = error as NodeJS.ErrnoException;
    const verb = MAY_READ[syscall];
    return new Failure('home-not-writable', `cannot ${verb ?? 'write'} ${path}: ${code}`, {
      ...(verb === undefined ? {} : { hint: 'Check who owns it and its rights, and as whom this runs.' }),
      details: { file: path, found: code },
      cause: error,
    });
  }
  const sqlite = code === 'ERR_SQLITE_ERROR' ? Number((error as { errcode?: number }).errcode) & 0xff : 0;
  if (sqlite === SQLITE_FULL || sqlite === SQLITE_READONLY || sqlite === SQLITE_CANTOPEN)
    return new Failure(
      sqlite === SQLITE_FULL ? 'disk-full' : 'home-not-writable',
      `a database of the home folder cannot be written: ${(error as Error).message}`,
      { cause: error },
    );
  const ofFile = error instanceof Error && 'syscall' in error ? filePathFailure(error as SystemError) : null;
  return ofFile ?? new Failure('unexpected', error instanceof Error ? error.message : String(error), { cause: error });
}

/** Calls that concern a path; what a network or another program says has codes alike. */
const OF_PATHS: ReadonlySet<string | undefined> = new Set([
  'open',
  'read',
  'stat',
  'lstat',
  'access',
  'scandir',
  'rename',
  'unlink',
]);

const SQLITE_READONLY = 8;
const SQLITE_FULL = 13;
const SQLITE_CANTOPEN = 14;

/** Calls that only look, and one that may. */
const MAY_READ: Readonly<Record<string, string | undefined>> = {
  open: 'open',
  read: 'read',
  stat: 'read',
  lstat: 'read',
  scandir: 'read',
};

type SystemError = NodeJS.ErrnoException & { readonly dest?: string };

/** A path that somebody has given and that is not what was expected; null for anything else. */
function filePathFailure(error: SystemError): Failure | null {
  const { code, syscall } = error;
  const path = error.dest ?? error.path;
  if (!OF_PATHS.has(syscall)) return null;
  const more = { details: present({ file: path, found: code }), cause: error };
  // What is being written has an ending of its own until it is whole.
  const folder = path?.endsWith('.tmp') === true ? path.slice(0, path.lastIndexOf('/')) : null;
  if (code === 'ENOENT' && folder !== null)
    return new Failure('file-not-found', `there is no folder ${folder} to write into`, {
      ...more,
      hint: 'Make the folder first, or give another path.',
    });
  if (code === 'ENOENT') return new Failure('file-not-found', `there is no file ${path ?? 'of this name'}`, more);
  if (code === 'ENOTDIR' || code === 'ENAMETOOLONG')
    return new Failure('file-not-found', `no file can be at ${path ?? 'this path'}: ${code}`, more);
  if (code === 'EISDIR')
    return new Failure('file-unreadable', `expected a file, found a folder${path === undefined ? '' : `: ${path}`}`, {
      ...more,
      hint: 'Give the path of a file.',
    });
  return null;
}

function uploadFailure(error: UploadError): Failure {
  const { code, message } = error;
  if (code === 'too-large')
    return new Failure('body-too-large', message, {
      hint: 'Split the file, or raise TRADEWRIGHT_UPLOAD_SIZE.',
      cause: error,
    });
  const codes = { 'disk-full': 'disk-full', 'cut-off': 'upload-cut-off', 'too-many': 'server-busy' } as const;
  return new Failure(codes[code], message, { cause: error });
}

const REGISTRY_FAILURES: Readonly<Record<RegistryError['code'], FailureCode>> = {
  unavailable: 'registry-unavailable',
  damaged: 'registry-damaged',
  'newer-version': 'registry-newer',
};

const VAULT_FAILURES: Readonly<Record<VaultErrorCode, FailureCode>> = {
  'wrong-master-key': 'master-key-wrong',
  tampered: 'vault-damaged',
  'key-exposed': 'master-key-exposed',
  'key-invalid': 'master-key-invalid',
  'key-absent': 'master-key-missing',
  'nobody-to-ask': 'passphrase-needed',
  'connection-unknown': 'account-unknown',
  'connection-revoked': 'account-revoked',
  'label-taken': 'account-exists',
  unavailable: 'vault-unavailable',
  'newer-version': 'vault-newer',
};

const JOURNAL_FAILURES: { readonly [K in JournalErrorCode]?: FailureCode } = {
  fenced: 'session-running',
  absent: 'session-unknown',
  present: 'journal-exists',
  damaged: 'journal-damaged',
  'newer-version': 'journal-newer',
};

/** What the place of a journal said. */
function journalFailure(error: JournalError): Failure {
  return new Failure(
    JOURNAL_FAILURES[error.code] ?? 'journal-unavailable',
    error.message.replace(` ${error.hint}`, ''),
    {
      hint: error.hint,
      details: { reason: error.code, found: error.found, expected: error.expected },
      cause: error,
    },
  );
}

/** A strategy that threw while it ran, with the line of its file where that is known. */
export function strategyFailure(
  error: StrategyError,
  place: { readonly file: string; readonly line: number } | null,
): Failure {
  const { cause } = error;
  const where = place === null ? '' : ` (${place.file}:${place.line})`;
  const hint = forbiddenHint(cause);
  if (error.handler === null && hint !== null)
    return new Failure('strategy-forbidden', `${error.message}${where}`, {
      hint,
      details: { strategy: error.strategy, ...(place ?? {}) },
      cause: error,
    });
  if (error.handler === null)
    return new Failure('strategy-failed', `${error.message}${where}`, {
      hint: 'Do everything before the handler returns. What must be awaited is declared as a source: its values arrive in onSource.',
      details: {
        strategy: error.strategy,
        ...(cause instanceof LateCallError ? { call: cause.call } : {}),
        ...(place ?? {}),
      },
      cause: error,
    });
  const details = {
    strategy: error.strategy,
    handler: error.handler,
    time: formatTime(error.timeMs),
    ...(place ?? {}),
  };
  const message = `${error.message}${where}, at the bars that closed ${formatTime(error.timeMs)}`;
  if (hint !== null) return new Failure('strategy-forbidden', message, { hint, details, cause: error });
  return new Failure('strategy-failed', message, { details, cause: error });
}

/** What to do instead of what is not available to strategies; null for any other error. */
export function forbiddenHint(error: unknown): string | null {
  if (!(error instanceof Error) || error.name !== 'ForbiddenError' || !('instead' in error)) return null;
  const instead = String(error.instead);
  return `${instead.charAt(0).toUpperCase()}${instead.slice(1)}.`;
}

const REFUSED_KEYS: readonly string[] = ['key-invalid', 'signature-invalid', 'ip-not-allowed', 'trading-not-permitted'];

/** What a venue said, or that it said nothing. */
function venueFailure(error: VenueError): Failure {
  const code =
    error.code === 'symbol-unknown'
      ? 'symbol-unknown'
      : REFUSED_KEYS.includes(error.code)
        ? 'key-refused'
        : error.isRetryable
          ? 'venue-unavailable'
          : 'venue-refused';
  const wait =
    error.retryAfterMs === null
      ? ''
      : ` Not before ${Math.ceil(error.retryAfterMs / 1000)} s have passed: the venue says so.`;
  const hint =
    wait === ''
      ? code === 'symbol-unknown'
        ? 'Write it as the venue does: BTCUSDT at Binance, BTC/USDT at venues of ccxt.'
        : null
      : `Try again later.${wait}`;
  return new Failure(code, `${error.venue}: ${error.message}`, {
    ...(hint === null ? {} : { hint }),
    details: present({ venue: error.venue, reason: error.code, venueCode: error.venueCode }),
    cause: error,
  });
}

function fileFailure(error: StrategyFileError): Failure {
  const code =
    error.kind === 'not-found'
      ? 'strategy-unknown'
      : error.kind === 'forbidden'
        ? 'strategy-forbidden'
        : 'strategy-invalid';
  return new Failure(code, error.message, {
    hint: error.hint,
    details: present({ file: error.file, line: error.line }),
    cause: error,
  });
}

function present(fields: Readonly<Record<string, string | number | null | undefined>>): FailureDetails {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([k, v]) => (v === null || v === undefined ? [] : [[k, v]])),
  );
}
