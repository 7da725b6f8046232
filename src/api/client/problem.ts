/** What a server, or the way to it, refused: with the stable code, what was found, and what to do. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  /** As in the reference of errors: `session-unknown`. `server-unreachable` where nobody answered. */
  readonly code: string;
  readonly hint: string;
  /** Page of the documentation. */
  readonly docs: string;
  /** Where and what, as far as known: `field`, `found`, `expected`. */
  readonly details: Readonly<Record<string, unknown>>;
  /** HTTP status; null where there was no answer. */
  readonly status: number | null;
  /** Finds the request in the server's log. */
  readonly correlation: string | null;

  constructor(code: string, message: string, more: Partial<Omit<ProblemError, 'code' | 'name' | 'message'>> = {}) {
    super(message, { cause: more.cause });
    this.code = code;
    this.hint = more.hint ?? '';
    this.docs = more.docs ?? 'how-to/serve';
    this.details = more.details ?? {};
    this.status = more.status ?? null;
    this.correlation = more.correlation ?? null;
  }
}

/** A problem as the server tells it (RFC 9457), or whatever else stood in its place. */
export function problemFrom(told: unknown, status: number | null = null): ProblemError {
  const {
    code,
    detail,
    hint,
    docs,
    details,
    instance,
    status: own,
  } = (told ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof code !== 'string' || typeof detail !== 'string')
    return new ProblemError('server-different', 'what answers there does not speak as a server of Tradewright does', {
      hint: 'Check the address, and that both have the same version.',
      status,
    });
  return new ProblemError(code, detail, {
    ...(typeof hint === 'string' ? { hint } : {}),
    ...(typeof docs === 'string' ? { docs } : {}),
    ...(typeof details === 'object' && details !== null ? { details: details as Record<string, unknown> } : {}),
    status: typeof own === 'number' ? own : status,
    correlation: typeof instance === 'string' ? instance.replace(/^urn:correlation:/, '') : null,
  });
}

export function unreachable(url: string, cause?: unknown): ProblemError {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  const code = (inner as { readonly code?: unknown } | undefined)?.code;
  return new ProblemError('server-unreachable', `no answer from ${url}${typeof code === 'string' ? `: ${code}` : ''}`, {
    hint: 'Check the address, and that tradewright serve runs there.',
    cause,
  });
}
