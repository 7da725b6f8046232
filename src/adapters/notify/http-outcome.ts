import { jsonOf, plain } from '../../connectivity/plain-answer.ts';
import { retryAfterMs as retryAfterMsOf } from '../../connectivity/retry-after.ts';
import type { Secret } from '../../core/vocabulary/secret.ts';
import type { DeliveryOutcome } from '../../ports/notifier.ts';
import { type HttpAnswer, type HttpClient, type HttpRequest, TransportError } from '../../ports/transport.ts';

/** An attempt may take so long. */
export const ATTEMPT_MS = 10_000;
/** Nobody is made to wait longer by an answer that says so. */
const LONGEST_WAIT_MS = 24 * 3_600_000;
/** Statuses of a fault that may pass. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429]);

/** Reads an answer whose status says that it was taken. */
export type ReadAnswer = (json: unknown, answer: HttpAnswer) => DeliveryOutcome;

export interface Post {
  readonly http: HttpClient;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  /** Words that no reason may repeat. */
  readonly secrets: readonly Secret[];
  /** What the service says of a failure in its body: why, and how long to wait. */
  readonly told?: (json: unknown) => { readonly why?: string | undefined; readonly retryAfterMs?: number | undefined };
  /** Statuses that this service means differently. */
  readonly isPassing?: (status: number, json: unknown) => boolean | null;
  readonly read?: ReadAnswer;
  readonly timeoutMs?: number;
}

/** Posts JSON once, follows nothing, and tells what became of it. Never rejects. */
export async function post(given: Post, nowMs: () => number = Date.now): Promise<DeliveryOutcome> {
  const request: HttpRequest = {
    ...{ method: 'POST', url: given.url, body: given.body, timeoutMs: given.timeoutMs ?? ATTEMPT_MS },
    headers: { 'content-type': 'application/json', 'user-agent': 'tradewright', ...given.headers },
  };
  let answer: HttpAnswer;
  try {
    answer = await given.http.send(request);
  } catch (error) {
    return transportOutcome(error);
  }
  const json = jsonOf(answer.body);
  const { status } = answer;
  if (status >= 200 && status < 300) return given.read?.(json, answer) ?? delivered(`status ${status}`);
  if (status >= 300 && status < 400)
    return { kind: 'failed', reason: `status ${status}: it leads elsewhere, and redirects are not followed` };
  const { why = '', retryAfterMs } = given.told?.(json) ?? {};
  const reason = plain(`status ${status}${why === '' ? '' : `: ${why}`}`, given.secrets);
  const isPassing = given.isPassing?.(status, json) ?? (PASSING.has(status) || status >= 500);
  if (!isPassing) return { kind: 'failed', reason };
  const waitMs = retryAfterMs ?? retryAfterMsOf(answer.headers['retry-after'], nowMs());
  return { kind: 'retry', reason, retryAfterMs: waitMs === null ? null : Math.min(LONGEST_WAIT_MS, waitMs) };
}

export function delivered(reason: string): DeliveryOutcome {
  return { kind: 'delivered', reason };
}

/** The answer is not what the service answers: something else may stand in its place. */
export function malformed(): DeliveryOutcome {
  return { kind: 'retry', reason: 'the answer is not what the service answers', retryAfterMs: null };
}

/** By the fault alone: messages of libraries may hold what was sent, or where to. */
function transportOutcome(error: unknown): DeliveryOutcome {
  const fault = error instanceof TransportError ? error.fault : 'unknown fault';
  if (fault === 'address-refused')
    return { kind: 'failed', reason: 'the address is not public; open its network with --allow if it is meant' };
  return { kind: 'retry', reason: fault, retryAfterMs: null };
}
