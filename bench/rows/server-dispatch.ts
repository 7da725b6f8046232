import { failureOf } from '../../src/api/handlers/failure-of.ts';
import { execute } from '../../src/api/handlers/handlers.ts';
import { authorize, OPERATION_ROUTES } from '../../src/api/http/routes.ts';
import { Serving } from '../../src/api/http/serving.ts';
import type { BenchRow } from '../row.ts';
import { openServed } from '../served-scene.ts';

const CALLS = 20_000;
const ROUNDS = 5;

/** From a request that has been read to the result of its handler: scope, schema, dispatch, envelope. The handler itself does next to nothing. */
export const row: BenchRow = {
  name: 'server-dispatch',
  unit: 'µs',
  target: 100,
  async measure() {
    const scene = await openServed();
    const serving = new Serving(scene.world, execute);
    const route = OPERATION_ROUTES.find(({ id }) => id === 'indicators')!;
    const client = { name: 'local', scopes: new Set(['read']) };
    const hooks = { progress() {}, update() {}, stop: new AbortController().signal };
    const given = { indicator: 'sma' };
    let bestMs = Number.POSITIVE_INFINITY;
    try {
      for (let round = 0; round < ROUNDS; round++) {
        const startMs = performance.now();
        for (let k = 0; k < CALLS; k++) {
          await authorize(route.operation, given, client);
          serving.validate(route, given);
          await serving.run(route, given, client, hooks);
        }
        bestMs = Math.min(bestMs, performance.now() - startMs);
      }
    } catch (error) {
      throw failureOf(error);
    } finally {
      await scene.close();
    }
    return { value: (bestMs / CALLS) * 1_000 };
  },
};
