import type { FastifyInstance, FastifyReply } from 'fastify';
import { Failure } from '../failures.ts';
import type { World } from '../world.ts';

/** Texts of the documentation that are made for programs which read it. */
const TEXTS = ['llms.txt', 'llms-full.txt'] as const;

/** Adds them, from the documentation of this installation. */
export function addTextRoutes(
  app: FastifyInstance,
  { files, docsPath }: World,
  refuse: (reply: FastifyReply, failure: Failure) => void,
): void {
  for (const name of TEXTS)
    app.get(`/${name}`, (_request, reply) => {
      const text = files.read(`${docsPath}/${name}`);
      if (text === null) return refuse(reply, new Failure('route-unknown', 'this installation has no documentation'));
      return reply.header('content-type', 'text/plain; charset=utf-8').send(text);
    });
}
