import { readFileSync } from 'node:fs';
import {
  type CallOptions,
  createClient,
  type OperationName,
  ProblemError,
  type StreamName,
} from '../api/client/client.ts';
import { Failure, type FailureDetails, isFailureCode } from '../api/failures.ts';
import { inputFailure } from '../api/input-failure.ts';
import type { Warning } from '../api/operation.ts';
import { operationOf } from '../api/operations/table.ts';
import { strictInput } from '../api/strict-input.ts';
import type { ServerSetting } from '../config.ts';
import type { Parsed } from './parse.ts';

const LOOPBACK: readonly string[] = ['127.0.0.1', '[::1]', 'localhost'];

interface Hooks {
  readonly progress: (phase: string, done: number, total: number) => void;
  readonly warn: (warning: Warning) => void;
  readonly update: (update: unknown) => void;
  readonly stop: AbortSignal;
}

/** Has a command line carried out by a server, and answers its output. Rejects with {@link Failure}, as it would fail here. */
export async function askServer(parsed: Parsed, server: ServerSetting, hooks: Hooks): Promise<unknown> {
  const { id, given, globals } = parsed;
  const operation = operationOf(id);
  const { name, kind, localOnly, input, handlesSecrets } = operation;
  if (localOnly !== undefined) throw new Failure('local-only', `${name} is done by no server: ${lower(localOnly)}`);
  if (operation.asksSecrets === true)
    throw new Failure('local-only', `${name} is done by no server for a command line: it asks for secrets`, {
      hint: 'Type it on the machine that keeps them, or do it in the desk of the server.',
    });
  if (globals.detach)
    throw new Failure('input-invalid', '--detach: what a server does goes on there', { details: { field: 'detach' } });
  const checked = strictInput(operation).safeParse(given);
  if (!checked.success) throw inputFailure(checked.error, handlesSecrets === true ? {} : given, name);
  const url = addressOf(server.url!);
  const key = keyOf(server);
  if (key !== null && url.protocol === 'http:' && !LOOPBACK.includes(url.hostname))
    hooks.warn({
      code: 'key-unprotected',
      message: `the key goes to ${url.host} without TLS, where whoever is on the way can read it`,
      hint: 'Give an https address.',
    });
  const client = createClient({ url: url.href, patienceMs: 0, ...(key === null ? {} : { key }) });
  const goesOn = kind === 'stream' && (!Object.hasOwn(input.shape, 'follow') || given['follow'] === true);
  try {
    if (goesOn) return await follow(client, name as StreamName, given, hooks);
    const { progress, warn, stop: signal } = hooks;
    // Input was checked against the row, whose types are not known here.
    return await (client.call as UntypedCall)(name as OperationName, given, { progress, warn, signal });
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    throw failureFrom(error, kind === 'command');
  } finally {
    client.close();
  }
}

type UntypedCall = (name: OperationName, input: Parsed['given'], options: CallOptions) => Promise<unknown>;

/** A stream of this command line's own, so that its end has a result. */
async function follow(
  client: ReturnType<typeof createClient>,
  name: StreamName,
  given: Parsed['given'],
  { update, warn, stop }: Hooks,
): Promise<unknown> {
  const own = client.subscribe(name, given as never, update, { shared: false, warn });
  const onStop = (): void => own.close();
  stop.addEventListener('abort', onStop, { once: true });
  const output = await own.ended;
  // Asked to end before it had begun.
  if (output === undefined) throw new ProblemError('interrupted', 'it was asked to end before it had begun');
  return output;
}

/** Throws {@link Failure} `input-invalid`. What stands there is not repeated: there may be a password in it. */
function addressOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isPlain = url !== null && ['http:', 'https:'].includes(url.protocol) && url.search === '' && url.hash === '';
  if (!isPlain || url.username !== '' || url.password !== '')
    throw new Failure(
      'input-invalid',
      '--server: expected an address such as http://127.0.0.1:7330, without a name, key or password in it, found another',
      { hint: 'A key comes by TRADEWRIGHT_SERVER_KEY or TRADEWRIGHT_SERVER_KEY_FILE.', details: { field: 'server' } },
    );
  return url;
}

/** Throws {@link Failure} `file-not-found`. */
function keyOf({ key, keyFile }: ServerSetting): string | null {
  if (keyFile === null) return key();
  try {
    return readFileSync(keyFile, 'utf8').trim();
  } catch (cause) {
    throw new Failure('file-not-found', `the key file ${keyFile} cannot be read`, {
      hint: 'Check TRADEWRIGHT_SERVER_KEY_FILE.',
      details: { file: keyFile },
      cause,
    });
  }
}

function failureFrom({ code, message, hint, details, correlation }: ProblemError, isCommand: boolean): Failure {
  if (code === 'interrupted' && isCommand)
    return new Failure('interrupted', 'it is not waited for any more; the server finishes it', {
      hint: 'Look there what became of it.',
    });
  const isKnown = isFailureCode(code);
  return new Failure(isKnown ? code : 'server-different', isKnown ? message : `${message} (${code})`, {
    ...(hint === '' ? {} : { hint }),
    details: {
      ...(details as FailureDetails),
      ...(code === 'unexpected' && correlation !== null ? { correlation } : {}),
    },
  });
}

const lower = (sentence: string): string => `${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`;
