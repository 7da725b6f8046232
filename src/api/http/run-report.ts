import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Failure } from '../failures.ts';
import { htmlReport } from '../handlers/runs.ts';
import type { World } from '../world.ts';
import type { Client } from './access.ts';

/**
 * A report is a page of its own: it has its style and script in it, fetches nothing, and is nobody's origin, so that it can neither ask this server
 * nor read what the desk keeps.
 */
const REPORT_POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "script-src 'unsafe-inline'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
  'sandbox allow-scripts',
].join('; ');

/** Ids name no folder: a run is looked up by one, and its own record says where its report lies. */
const RUN = /^[A-Za-z0-9_-]{1,64}$/;

/** Hands out HTML reports of runs. */
export function addReportRoute(
  app: FastifyInstance,
  { world, refuse }: { readonly world: World; readonly refuse: (reply: FastifyReply, failure: Failure) => void },
): void {
  app.get('/api/runs/:run/report', async (request: FastifyRequest & { client?: Client }, reply) => {
    if (!request.client!.scopes.has('read')) return refuse(reply, new Failure('scope-missing', 'needs the scope read'));
    const { run } = request.params as { readonly run: string };
    if (!RUN.test(run))
      return refuse(reply, new Failure('run-unknown', 'there is no such run', { details: { found: run } }));
    try {
      const page = await htmlReport(run, world);
      return reply
        .headers({ 'content-type': 'text/html; charset=utf-8', 'content-security-policy': REPORT_POLICY })
        .send(page);
    } catch (error) {
      if (error instanceof Failure) return refuse(reply, error);
      throw error;
    }
  });
}
