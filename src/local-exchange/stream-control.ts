/** What a control frame asks for, or the answer that refuses it. `id` is JSON text, so that it goes back as it came. */
export type ControlRequest =
  | { readonly kind: 'subscribe' | 'unsubscribe'; readonly id: string; readonly streams: readonly string[] }
  | { readonly kind: 'list'; readonly id: string }
  | { readonly kind: 'set-combined'; readonly id: string; readonly value: boolean }
  | { readonly kind: 'get-combined'; readonly id: string }
  | { readonly kind: 'refused'; readonly reply: string };

const METHODS = ['SUBSCRIBE', 'UNSUBSCRIBE', 'LIST_SUBSCRIPTIONS', 'SET_PROPERTY', 'GET_PROPERTY'] as const;

function refused(code: number, msg: string, id: string | null = null): ControlRequest {
  return { kind: 'refused', reply: `{"code":${code},"msg":${JSON.stringify(msg)}${id === null ? '' : `,"id":${id}`}}` };
}

/** JSON text of an id: null, a whole number, or up to 36 letters and digits (and `-_`, which official clients send). Null where it is none. */
function readId(id: unknown): string | null {
  if (id === undefined || id === null) return 'null';
  if (typeof id === 'number') return Number.isInteger(id) ? String(id) : null;
  return typeof id === 'string' && /^[A-Za-z0-9_-]{1,36}$/.test(id) ? JSON.stringify(id) : null;
}

/** Reads a control frame of a stream connection (SUBSCRIBE and its family). */
export function readControl(text: string): ControlRequest {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch (error) {
    return refused(3, `Invalid JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (typeof message !== 'object' || message === null || Array.isArray(message))
    return refused(2, 'Invalid request: expected an object');
  const { method, params, id: rawId } = message as { method?: unknown; params?: unknown; id?: unknown };
  const id = readId(rawId);
  if (id === null) return refused(2, 'Invalid request: request ID must be an integer, an alphanumeric string or null');
  if (method === undefined) return refused(2, 'Invalid request: missing field `method`', id);
  if (typeof method !== 'string' || !(METHODS as readonly string[]).includes(method)) {
    const expected = METHODS.map((m) => `\`${m}\``).join(', ');
    return refused(
      2,
      `Invalid request: unknown variant \`${typeof method === 'string' ? method : JSON.stringify(method)}\`, expected one of ${expected}`,
      id,
    );
  }
  switch (method as (typeof METHODS)[number]) {
    case 'LIST_SUBSCRIPTIONS':
      return { kind: 'list', id };
    case 'SUBSCRIBE':
    case 'UNSUBSCRIBE': {
      if (!Array.isArray(params) || params.some((p) => typeof p !== 'string'))
        return refused(2, 'Invalid request: params must be an array of stream names', id);
      const streams = (params as string[]).filter((name) => name !== '');
      return { kind: method === 'SUBSCRIBE' ? 'subscribe' : 'unsubscribe', id, streams };
    }
    case 'SET_PROPERTY':
    case 'GET_PROPERTY':
      return readProperty(method === 'SET_PROPERTY', Array.isArray(params) ? params : [], id);
  }
}

function readProperty(isSet: boolean, params: readonly unknown[], id: string): ControlRequest {
  const [name, value] = params;
  if (typeof name !== 'string') return refused(2, 'Invalid request: property name must be a string', id);
  if (params.length > (isSet ? 2 : 1)) return refused(2, 'Invalid request: too many parameters', id);
  if (name !== 'combined') return refused(0, `Unknown property: ${name}`, id);
  if (!isSet) return { kind: 'get-combined', id };
  return typeof value === 'boolean'
    ? { kind: 'set-combined', id, value }
    : refused(1, 'Invalid value type: expected Boolean', id);
}
