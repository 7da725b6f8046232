import type { StoredAnswer } from '../../ports/idempotency.ts';
import type { Client } from './access.ts';
import { jsonObject } from './body.ts';
import type { Desk } from './operation-answer.ts';
import { problemOf, statusOf } from './problem.ts';
import { authorize, type Route } from './routes.ts';

/** A command as a client asks for it. */
export interface AskedDeed {
  /** Its input as it came: what the key stands for. */
  readonly text: string;
  readonly key: string | undefined;
  readonly correlation: string;
  readonly progress: (phase: string, done: number, total: number) => void;
}

/**
 * A deed: asked for under a key, and finished whoever still listens. What went wrong is an answer, too. Throws `Failure` where the key forbids
 * that it be done.
 */
export function answerDeed(
  { once, serving, failureOf, onDefect }: Desk,
  route: Route,
  client: Client,
  { text, key, correlation, progress }: AskedDeed,
): Promise<StoredAnswer & { readonly isRepeated: boolean }> {
  return once.answer(client.name, key, `${route.id}\n${text}`, async () => {
    let hasBegun = false;
    try {
      const given = jsonObject(text);
      authorize(route.operation, given, client.scopes);
      serving.validate(route, given);
      hasBegun = true;
      const hooks = { update() {}, progress, stop: new AbortController().signal };
      const envelope = await serving.run(route, given, client, hooks);
      return { status: 200, body: JSON.stringify(envelope), isNothingDone: false };
    } catch (error) {
      const failure = failureOf(error);
      if (failure.code === 'unexpected') onDefect(error, correlation);
      return {
        ...{ status: statusOf(failure), body: JSON.stringify(problemOf(failure, correlation)) },
        // What was refused before the deed may be asked again under the same key.
        isNothingDone: !hasBegun || failure.code === 'server-busy',
      };
    }
  });
}
