import { randomUUID } from 'node:crypto';
import type { RunStream } from '../topics/hub.ts';
import type { Client } from './access.ts';
import type { Desk } from './operation-answer.ts';
import { problemOf } from './problem.ts';

/** Streams that several clients follow are nobody’s own. */
const EVERYBODY: Client = { name: 'server', scopes: new Set() };

/** Runs streams for a hub. */
export function streamRunner({ serving, failureOf, onDefect }: Desk): RunStream {
  return async (route, given, { update, stop }) => {
    try {
      const result = await serving.run(route, given, EVERYBODY, { progress() {}, update, stop });
      return { field: 'result', text: JSON.stringify(result) };
    } catch (error) {
      const failure = failureOf(error);
      const correlation = randomUUID();
      if (failure.code === 'unexpected') onDefect(error, correlation);
      return { field: 'problem', text: JSON.stringify(problemOf(failure, correlation)) };
    }
  };
}
