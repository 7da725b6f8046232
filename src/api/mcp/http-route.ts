import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Server } from '@modelcontextprotocol/sdk/server/index.js';
import type { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Failure } from '../failures.ts';
import type { Client } from '../http/access.ts';
import { jsonObject } from '../http/body.ts';
import type { Desk } from '../http/operation-answer.ts';
import type { World } from '../world.ts';
import type { Caller, McpDesk } from './call-tool.ts';
import { orUnavailable } from './load-sdk.ts';
import { type Extra, openMcpServer } from './mcp-server.ts';
import { type McpTier, scopesOf, scopesOfKey } from './tiers.ts';

/** Conversations of one client; with one more, that which has been silent longest is ended. */
const MOST_OF_A_CLIENT = 32;
/** A conversation that has been silent so long is ended when the next one begins. */
const LONGEST_SILENCE_MS = 3_600_000;

type Asked = FastifyRequest & { client?: Client };

interface Conversation {
  readonly transport: StreamableHTTPServerTransport;
  readonly server: Server;
  /** Name of the client that it belongs to. */
  readonly owner: string;
  heardMs: number;
  /** Requests that are open, one that only listens included. */
  open: number;
}

/** What the server gives to this route. */
export interface McpRouteOptions {
  readonly desk: Desk;
  readonly world: World;
  /** For who has no key. */
  readonly localTier: McpTier;
  readonly refuse: (reply: FastifyReply, failure: Failure) => void;
}

/** Adds `/mcp` (Streamable HTTP). The server's hooks have limited, known and counted who asks before it is heard. */
export function addMcpRoute(app: FastifyInstance, options: McpRouteOptions): void {
  const { desk, refuse } = options;
  const conversations = new Conversations(options);
  app.route({
    method: ['GET', 'POST', 'DELETE'],
    url: '/mcp',
    config: { access: 'keys' },
    exposeHeadRoute: false,
    async handler(request: Asked, reply) {
      try {
        await conversations.answer(request, reply);
      } catch (error) {
        const failure = desk.failureOf(error);
        if (!reply.raw.headersSent) refuse(reply, failure);
        else desk.onDefect(error, request.id);
      }
      return reply;
    },
  });
}

class Conversations {
  readonly #options: McpRouteOptions;
  readonly #byId = new Map<string, Conversation>();

  constructor(options: McpRouteOptions) {
    this.#options = options;
  }

  async answer(request: Asked, reply: FastifyReply): Promise<void> {
    const { streams } = this.#options.desk;
    const owner = request.client!.name;
    const message = request.method === 'POST' ? jsonObject(String(request.body)) : undefined;
    const conversation = await this.#find(request, owner, message?.['method'] === 'initialize');
    const { raw } = reply;
    // Gone while its conversation was opened: it would never be counted as closed.
    if (raw.destroyed) return void reply.hijack();
    const ending = new AbortController();
    streams.add(ending);
    conversation.open++;
    raw.once('close', () => {
      ending.abort();
      streams.delete(ending);
      conversation.open--;
      conversation.heardMs = this.#nowMs();
    });
    // One that only listens hears nothing more; calls that are under way are still answered.
    if (request.method === 'GET') ending.signal.addEventListener('abort', () => void raw.end(), { once: true });
    for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) raw.setHeader(name, value);
    reply.hijack();
    const asked: IncomingMessage & { auth?: object } = request.raw;
    asked.auth = { token: '', clientId: owner, scopes: [], extra: { caller: this.#callerOf(request, ending.signal) } };
    await conversation.transport.handleRequest(asked as never, raw, message);
  }

  /** The conversation that a request names, or a new one for its first. Throws {@link Failure} `conversation-unknown`. */
  async #find({ headers }: FastifyRequest, owner: string, begins: boolean): Promise<Conversation> {
    const id = headers['mcp-session-id'];
    if (typeof id !== 'string') {
      if (begins) return this.#begin(owner);
      throw new Failure(
        'conversation-unknown',
        'expected a header mcp-session-id, as initialize answers it, found none',
      );
    }
    const found = this.#byId.get(id);
    // That of another client is no more there than one that never was.
    if (found?.owner !== owner)
      throw new Failure('conversation-unknown', 'there is no conversation under this mcp-session-id');
    return found;
  }

  async #begin(owner: string): Promise<Conversation> {
    const { desk, world } = this.#options;
    const { StreamableHTTPServerTransport } = await orUnavailable(
      import('@modelcontextprotocol/sdk/server/streamableHttp.js'),
    );
    const mcpDesk: McpDesk = { ...desk, world };
    const server = await openMcpServer(mcpDesk, ({ authInfo }: Extra) => authInfo!.extra!['caller'] as Caller);
    this.#makeRoom(owner);
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void this.#byId.set(id, conversation),
      onsessionclosed: (id) => void this.#byId.delete(id),
    });
    const conversation: Conversation = { transport, server, owner, heardMs: this.#nowMs(), open: 0 };
    await server.connect(transport as never);
    return conversation;
  }

  #makeRoom(owner: string): void {
    const nowMs = this.#nowMs();
    const idle = [...this.#byId].filter(([, { open }]) => open === 0);
    for (const [id, each] of idle) if (nowMs - each.heardMs > LONGEST_SILENCE_MS) this.#end(id, each);
    const own = [...this.#byId].filter((entry) => entry[1].owner === owner);
    if (own.length < MOST_OF_A_CLIENT) return;
    const [oldest] = own.filter(([, { open }]) => open === 0).sort(([, a], [, b]) => a.heardMs - b.heardMs);
    if (oldest === undefined)
      throw new Failure('server-busy', `${own.length} conversations of this client are open already`);
    this.#end(...oldest);
  }

  #end(id: string, { server }: Conversation): void {
    this.#byId.delete(id);
    void server.close();
  }

  #callerOf(request: Asked, hungUp: AbortSignal): Caller {
    const { name, scopes } = request.client!;
    const isLocal = request.headers.authorization === undefined;
    return {
      client: { name, scopes: isLocal ? scopesOf(this.#options.localTier) : scopesOfKey(scopes) },
      ...{ correlation: request.id, hungUp },
      session: String(request.headers['mcp-session-id'] ?? ''),
    };
  }

  #nowMs(): number {
    return this.#options.world.clock.elapsedMs();
  }
}
