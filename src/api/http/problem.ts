import { FAILURES, type Failure } from '../failures.ts';

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/**
 * A failure as clients of a server see it (RFC 9457). What nobody foresaw is told without its words, which may have something of the inside in
 * them; its correlation id finds them in the server's log.
 */
export function problemOf(failure: Failure, correlation: string): Readonly<Record<string, unknown>> {
  const { code, message, hint, docs, details } = failure.toDocument();
  const isDefect = code === 'unexpected';
  return {
    type: `/docs#${code}`,
    title: code.replaceAll('-', ' '),
    status: FAILURES[code].status,
    detail: isDefect ? 'a fault of the server; its log has more under the correlation id' : message,
    instance: `urn:correlation:${correlation}`,
    code,
    hint: isDefect ? 'Tell who runs the server, with the correlation id.' : hint,
    docs,
    details: isDefect ? {} : details,
  };
}

/** HTTP has no 499 of its own, but what reads logs knows it. */
export function statusOf({ code }: Pick<Failure, 'code'>): number {
  return FAILURES[code].status;
}
