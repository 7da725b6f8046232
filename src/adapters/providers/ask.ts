import { fieldOf, jsonOf, plain, textField } from '../../connectivity/plain-answer.ts';
import { retryAfterMs } from '../../connectivity/retry-after.ts';
import type { Secret } from '../../core/vocabulary/secret.ts';
import type { ProviderOutcome } from '../../ports/providers.ts';
import { type HttpAnswer, type HttpClient, TransportError, type TransportFault } from '../../ports/transport.ts';

/** What a provider is asked with. */
export interface Asking {
  readonly http: HttpClient;
  /** Without a slash at its end. */
  readonly url: string;
  readonly key: Secret | null;
  /** For one answer, from connecting to its last byte. */
  readonly timeoutMs: number;
  readonly elapsedMs: () => number;
  readonly nowMs: () => number;
}

/** The JSON of an answer, or why there is none that can be used. */
export type Told =
  | { readonly outcome: 'ready'; readonly json: unknown; readonly latencyMs: number }
  | { readonly outcome: Exclude<ProviderOutcome, 'ready'>; readonly reason: string; readonly latencyMs: number | null };

type Refused = Exclude<Told, { readonly outcome: 'ready' }>;

/** Of a plan that is used up: OpenRouter's 402, Tavily's 432 and 433. */
const LIMITED: ReadonlySet<number> = new Set([402, 429, 432, 433]);
const PASSING: ReadonlySet<number> = new Set([408, 425]);
const FAULTS: Readonly<Partial<Record<TransportFault, string>>> = {
  'too-large': 'the answer is larger than that of any provider',
  certificate: 'its certificate is not one that this machine trusts',
  protocol: 'what answers does not speak HTTP as it should',
};

/** `GET` of a path under the address, once. Follows no redirect. Never rejects. */
export async function ask(asking: Asking, path: string): Promise<Told> {
  const { http, url, key, timeoutMs, elapsedMs } = asking;
  const startMs = elapsedMs();
  let answer: HttpAnswer;
  try {
    answer = await http.send({
      ...{ method: 'GET', url: `${url}${path}`, timeoutMs },
      headers: {
        ...{ accept: 'application/json', 'user-agent': 'tradewright' },
        ...(key === null ? {} : { authorization: `Bearer ${key.reveal()}` }),
      },
    });
  } catch (error) {
    return transportRefusal(error);
  }
  const latencyMs = elapsedMs() - startMs;
  const json = jsonOf(answer.body);
  const why = saidOf(json);
  if (answer.status < 200 || answer.status >= 300) return { ...statusRefusal(asking, answer, why), latencyMs };
  // xAI answers some failures with status 200.
  if (why !== '' && fieldOf(json, 'data') === undefined)
    return { ...refused(isOfKey(why) ? 'key-refused' : 'unfit', `it answered, and said: ${why}`, asking), latencyMs };
  if (typeof json !== 'object' || json === null)
    return { ...refused('unfit', 'the answer is no JSON object: is this the address of an API?', asking), latencyMs };
  return { outcome: 'ready', json, latencyMs };
}

/** By the fault alone: messages of libraries may hold what was sent, or where to. */
function transportRefusal(error: unknown): Refused {
  const fault = error instanceof TransportError ? error.fault : 'unknown fault';
  if (fault === 'address-refused')
    return {
      outcome: 'address-refused',
      reason: 'the address is not public, or public and not encrypted',
      latencyMs: null,
    };
  const told = error instanceof TransportError ? FAULTS[error.fault] : undefined;
  if (told !== undefined) return { outcome: 'unfit', reason: told, latencyMs: null };
  const reason = fault === 'name-unresolved' ? 'there is no host of this name' : `no answer: ${fault}`;
  return { outcome: 'unavailable', reason, latencyMs: null };
}

function statusRefusal(asking: Asking, { status, headers }: HttpAnswer, why: string): Refused {
  const said = `status ${status}${why === '' ? '' : `: ${why}`}`;
  if (status >= 300 && status < 400)
    return refused('unfit', `status ${status}: it leads elsewhere, and redirects are not followed`, asking);
  // xAI says with 400 that a key is wrong.
  if (status === 401 || status === 403 || (status === 400 && isOfKey(why))) return refused('key-refused', said, asking);
  if (LIMITED.has(status)) {
    const waitMs = retryAfterMs(headers['retry-after'], asking.nowMs());
    return refused('limited', waitMs === null ? said : `try again in ${Math.ceil(waitMs / 1000)} s; ${said}`, asking);
  }
  if (PASSING.has(status) || status >= 500) return refused('unavailable', said, asking);
  if (status === 404) return refused('unfit', `${said}; addresses of models usually end with /v1`, asking);
  return refused('unfit', said, asking);
}

const isOfKey = (why: string): boolean => /api[ _-]?key|unauthori[sz]ed|credential/i.test(why);

function refused(outcome: Refused['outcome'], reason: string, { key }: Asking): Refused {
  return { outcome, reason: plain(reason, key === null ? [] : [key]), latencyMs: null };
}

/** What an answer says of a failure, in any of the shapes in which providers do; empty where it says nothing. */
function saidOf(json: unknown): string {
  for (const name of ['error', 'detail', 'message']) {
    const value = fieldOf(json, name);
    const said = typeof value === 'string' ? value : (textField(value, 'message') ?? textField(value, 'error'));
    if (said !== undefined) return said;
  }
  return textField(json, 'code') ?? '';
}
