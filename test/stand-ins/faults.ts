import type { ServerResponse } from 'node:http';

/**
 * What can go wrong with one request, once each: `refuse-…` and `drop-…` say whether it happens before the request is carried out, or after
 * it, so that only the answer is lost.
 */
export type RequestFault =
  | 'drop-before'
  | 'drop-after'
  | 'fail-500-before'
  | 'fail-500-after'
  | 'hang-after'
  | 'limit-429'
  | 'garble-after';

/** Faults that wait for the next request whose path and method match. */
export class Faults {
  readonly #waiting: { readonly method: string; readonly path: string; readonly fault: RequestFault }[] = [];
  readonly #hanging = new Set<ServerResponse>();
  readonly #limitBody: string;

  /** `limitBody`: what this venue answers with 429. */
  constructor(limitBody: string) {
    this.#limitBody = limitBody;
  }

  next(method: string, path: string, fault: RequestFault): void {
    this.#waiting.push({ method, path, fault });
  }

  take(method: string, path: string): RequestFault | null {
    const at = this.#waiting.findIndex((w) => w.method === method && w.path === path);
    return at < 0 ? null : this.#waiting.splice(at, 1)[0]!.fault;
  }

  /** Answers in place of the venue. True where that was done; `carryOut` has run or not as the fault says. */
  apply(fault: RequestFault | null, response: ServerResponse, carryOut: () => void): boolean {
    if (fault === null) return false;
    if (fault.endsWith('-after')) carryOut();
    if (fault.startsWith('drop')) response.destroy();
    else if (fault.startsWith('hang')) this.#hanging.add(response);
    else if (fault === 'limit-429') {
      response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '1' });
      response.end(this.#limitBody);
    } else if (fault.startsWith('garble')) {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{"orderId"');
    } else {
      response.writeHead(500, { 'content-type': 'text/html' });
      response.end('<html>Internal Server Error</html>');
    }
    return true;
  }

  /** Ends what hangs. */
  close(): void {
    for (const response of this.#hanging) response.destroy();
  }
}
