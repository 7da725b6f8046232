import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { WebSocket } from 'ws';
import type { RestReply, RestRequest } from './rest-desk.ts';

/** A private key and certificate, PEM. */
export interface TlsPair {
  readonly key: string;
  readonly cert: string;
}

export interface HttpServerOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsPair | null;
  handle(request: RestRequest): RestReply;
  /** What to do with a WebSocket URL: take the connection, or refuse it with an HTTP status. */
  accept(url: string, address: string): ((ws: WebSocket, socket: Duplex) => void) | { readonly refused: number };
  /** A defect of this program met while serving. */
  onDefect(error: unknown): void;
}

export interface HttpServer {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Largest request body and largest WebSocket frame taken. */
const LARGEST_BYTES = 1_048_576;
/** How long peers may take to close their side before they are cut. */
const FAREWELL_MS = 250;
const DEFECT_BODY = '{"code":-1000,"msg":"An unknown error occurred while processing the request."}';

/** Listens on one port for REST and WebSockets, plain or TLS. */
export async function listen(options: HttpServerOptions): Promise<HttpServer> {
  const [{ fastify }, { WebSocketServer }] = await Promise.all([import('fastify'), import('ws')]);
  const shared = {
    bodyLimit: LARGEST_BYTES,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 4096 },
  } as const;
  const app: FastifyInstance = options.tls
    ? (fastify({ ...shared, https: { key: options.tls.key, cert: options.tls.cert } }) as unknown as FastifyInstance)
    : fastify(shared);
  // The raw text is what was signed: no parser may touch it, whatever a client calls its content.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.route({
    method: ['GET', 'POST', 'PUT', 'DELETE'],
    url: '/*',
    exposeHeadRoute: false,
    handler: (request, response) => {
      const reply = options.handle({
        method: request.method,
        url: request.raw.url ?? '/',
        body: typeof request.body === 'string' ? request.body : '',
        headers: request.headers,
        address: request.ip,
      });
      const send = (): void => {
        response.code(reply.status).headers(reply.headers).send(reply.body);
      };
      const { fate } = reply;
      if (fate.kind === 'sent') send();
      else if (fate.kind === 'late') setTimeout(send, fate.delayMs).unref();
      else {
        response.hijack();
        request.raw.socket.destroy();
      }
    },
  });
  app.setErrorHandler((error: { readonly statusCode?: number }, _request, response) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) options.onDefect(error);
    response
      .code(status)
      .header('content-type', 'application/json;charset=UTF-8')
      .send(status >= 500 ? DEFECT_BODY : '{"code":-1100,"msg":"The request could not be read."}');
  });
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: LARGEST_BYTES });
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const target = options.accept(request.url ?? '/', request.socket.remoteAddress ?? '');
    if (typeof target !== 'function') {
      socket.end(`HTTP/1.1 ${target.refused} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (ws) => target(ws, socket));
  });
  await app.listen({ host: options.host, port: options.port });
  const { port } = app.server.address() as AddressInfo;
  return {
    host: options.host,
    port,
    async close() {
      await farewells(sockets.clients);
      for (const client of sockets.clients) client.terminate();
      sockets.close();
      await app.close();
    },
  };
}

/** Answers when every socket has closed, or has had its time. */
async function farewells(sockets: ReadonlySet<WebSocket>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, FAREWELL_MS);
  });
  const all = Promise.all(
    [...sockets].map((socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()))),
  );
  await Promise.race([all, late]);
  clearTimeout(timer);
}
