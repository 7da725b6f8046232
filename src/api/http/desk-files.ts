import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ANYBODY } from './access.ts';

/** The one style that the desk's charts write into the page: that of the mark of who made them. */
const CHART_STYLE = "'sha256-3pRED1tOXas1FXFoPb9TGCjmYe9XQsmO9OV23khV2nY='";
/** Where the page has its nonce; by it a dialog may hold the page beneath still, with a style that it makes up. */
const NONCE_PLACE = 'NONCE-OF-THIS-PAGE';
const NONCE_BYTES = 16;

/** Files of the desk and of this server only, scripts and styles too. */
const deskPolicy = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}' ${CHART_STYLE}`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "frame-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

const A_YEAR_S = 31_536_000;

/** Whether somebody's browser asks for a page of the desk: an address that no route has. */
export function asksForPage({ method, headers, url, routeOptions }: FastifyRequest): boolean {
  const isPage = method === 'GET' && routeOptions.url === undefined && (headers.accept ?? '').includes('text/html');
  return isPage && !/^\/(api|assets|health|metrics|docs|ws|mcp)(\/|$|\?)/.test(url);
}

/**
 * Hands out the desk that was built into `folder`. Answers how to hand out its page, which every address has that is none of a route; null where
 * nothing was built.
 */
export async function addDeskFiles(
  app: FastifyInstance,
  folder: string,
): Promise<((reply: FastifyReply) => void) | null> {
  const index = join(folder, 'index.html');
  if (!existsSync(index)) {
    app.get('/', ANYBODY, (_request, reply) =>
      reply
        .type('text/plain; charset=utf-8')
        .send('The desk is not built here: npm run build:web builds it. The API is described at /docs.\n'),
    );
    return null;
  }
  const { default: files } = await import('@fastify/static');
  // Names of these files change with what is in them.
  await app.register(async (part) => {
    part.addHook('onRoute', (route) => {
      route.config = { ...route.config, ...ANYBODY.config };
    });
    await part.register(files, {
      ...{ root: join(folder, 'assets'), prefix: '/assets/', index: false, maxAge: A_YEAR_S * 1000, immutable: true },
      ...{ decorateReply: false },
    });
  });
  const page = readFileSync(index, 'utf8');
  const icon = readFileSync(join(folder, 'icon.svg'));
  const send = (reply: FastifyReply): void => {
    const nonce = randomBytes(NONCE_BYTES).toString('base64url');
    void reply
      .headers({ 'content-type': 'text/html; charset=utf-8', 'content-security-policy': deskPolicy(nonce) })
      .header('cache-control', 'no-cache')
      .send(page.replace(NONCE_PLACE, nonce));
  };
  app.get('/', ANYBODY, (_request, reply) => send(reply));
  app.get('/icon.svg', ANYBODY, (_request, reply) =>
    reply.headers({ 'content-type': 'image/svg+xml', 'cache-control': 'max-age=3600' }).send(icon),
  );
  return send;
}
