import type { Params } from './product.ts';

/** A frame of the WebSocket API, read. */
export interface SocketRequest {
  /** JSON text, so that it goes back as it came. */
  readonly id: string;
  readonly method: string;
  /** Without key, signature and wishes about the answer. */
  readonly params: Params;
  readonly apiKey: string | null;
  readonly signature: string | null;
  /** Every parameter but the signature, sorted by name, as `name=value` joined by `&`. */
  readonly signedText: string;
  /** Null where the request does not say. */
  readonly returnRateLimits: boolean | null;
}

export interface BadSocketRequest {
  readonly id: string;
  readonly code: number;
  readonly msg: string;
}

const NOT_PASSED_ON = new Set(['apiKey', 'signature', 'returnRateLimits']);
const INVALID_JSON = 'JSON sent for parameter is not valid';

/** Reads a frame. Numbers keep the digits they were sent with (`0.10` is signed as `0.10`), ids keep their type. */
export function readSocketRequest(text: string): SocketRequest | BadSocketRequest {
  /** Digits of numbers, by the object they are in: parsing alone would lose `0.10` and ids above 2^53. */
  const digits = new WeakMap<object, Map<string, string>>();
  let message: unknown;
  try {
    message = JSON.parse(text, function (this: object, key: string, value: unknown, context?: { source?: string }) {
      const source = context?.source;
      if (typeof value === 'number' && source !== undefined && source !== String(value)) {
        const known = digits.get(this);
        if (known) known.set(key, source);
        else digits.set(this, new Map([[key, source]]));
      }
      return value;
    });
  } catch {
    return { id: 'null', code: -1135, msg: INVALID_JSON };
  }
  if (typeof message !== 'object' || message === null || Array.isArray(message))
    return { id: 'null', code: -1135, msg: INVALID_JSON };
  const { id: rawId, method, params: rawParams = {} } = message as { id?: unknown; method?: unknown; params?: unknown };
  const id = digits.get(message)?.get('id') ?? idText(rawId);
  if (id === null)
    return {
      id: 'null',
      code: -1100,
      msg: "Illegal characters found in parameter 'id'; legal range is '^[a-zA-Z0-9-_]{1,36}$'.",
    };
  if (typeof method !== 'string' || method === '')
    return { id, code: -1102, msg: "Mandatory parameter 'method' was not sent, was empty/null, or malformed." };
  if (typeof rawParams !== 'object' || rawParams === null || Array.isArray(rawParams))
    return { id, code: -1135, msg: "JSON sent for parameter 'params' is not valid" };
  const texts = new Map<string, string>();
  const sent = digits.get(rawParams);
  for (const [name, value] of Object.entries(rawParams)) texts.set(name, sent?.get(name) ?? valueText(value));
  const signed = [...texts.keys()].filter((name) => name !== 'signature').sort();
  const params = new Map<string, string>();
  for (const [name, value] of Object.entries(rawParams))
    if (!NOT_PASSED_ON.has(name) && value !== null) params.set(name, texts.get(name)!);
  const { returnRateLimits } = rawParams as { returnRateLimits?: unknown };
  return {
    id,
    method,
    params,
    apiKey: texts.get('apiKey') ?? null,
    signature: texts.get('signature') ?? null,
    signedText: signed.map((name) => `${name}=${texts.get(name)}`).join('&'),
    returnRateLimits: typeof returnRateLimits === 'boolean' ? returnRateLimits : null,
  };
}

function idText(id: unknown): string | null {
  if (id === undefined || id === null) return 'null';
  if (typeof id === 'number') return Number.isInteger(id) ? String(id) : null;
  return typeof id === 'string' && /^[A-Za-z0-9_-]{1,36}$/.test(id) ? JSON.stringify(id) : null;
}

function valueText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
