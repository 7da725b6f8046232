import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  // biome-ignore lint/suspicious/noExplicitAny: each service its own
  readonly json: any;
}

/** How a stand-in answers once; `silent` never does, `reset` drops the connection. */
export type Scripted =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | 'silent'
  | 'reset';

/** A server in the place of a service that is asked over HTTP: it keeps what came, and answers as it is told to. */
export async function standIn(usual: (received: Received) => Exclude<Scripted, string>) {
  const received: Received[] = [];
  const next: Scripted[] = [];
  const waiting: (() => void)[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts).toString();
      let json: unknown = null;
      try {
        json = JSON.parse(body);
      } catch {}
      const one = { path: request.url!, headers: request.headers, body, json };
      received.push(one);
      for (const wake of waiting.splice(0)) wake();
      const answer = next.shift() ?? usual(one);
      if (answer === 'reset') request.socket.destroy();
      else if (answer !== 'silent') response.writeHead(answer.status, answer.headers ?? {}).end(answer.body ?? '');
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    /** What the next requests get instead of the usual answer. */
    script: (...answers: readonly Scripted[]) => void next.push(...answers),
    /** Resolves once so many requests have come. */
    async came(count: number): Promise<void> {
      while (received.length < count) await new Promise<void>((resolve) => void waiting.push(resolve));
    },
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}

export type StandIn = Awaited<ReturnType<typeof standIn>>;
