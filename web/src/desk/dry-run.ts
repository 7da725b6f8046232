import type { InputOf, OperationName } from '../../../src/api/client/client.ts';
import type { DryRun } from '../../../src/api/dry-run.ts';
import { server } from './server.ts';

export type { DryRun };

/** What a command would do, and whether it may; nothing is done. Rejects with `ProblemError`. */
export async function tryOut<N extends OperationName>(
  name: N,
  input: InputOf<N>,
  signal?: AbortSignal,
): Promise<DryRun> {
  // Every command has the field; what it answers then is the same of all of them.
  const given = { ...(input as object), dryRun: true };
  return (await server.call(name, ...([given, signal === undefined ? {} : { signal }] as never))) as unknown as DryRun;
}
