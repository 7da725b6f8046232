import { type OperationName, servedOperation } from '../../../src/api/client/served.ts';

/** Computed anew only where somebody asks for it: long, and hardly another for one deed more. */
const COSTLY = new Set<unknown>(['parity', 'doctor', 'data check']);
/** What answers of one group say of what is done in another. */
const BESIDE: Readonly<Record<string, readonly string[]>> = {
  sessions: ['strategies', 'alerts'],
  research: ['runs'],
  jobs: ['runs', 'data'],
  data: ['venues'],
  strategies: ['sessions'],
};

/** Whether an answer that is kept, by the name of its operation, may be another after a deed. Streams tell theirs by themselves. */
export function isAffected(deed: OperationName, asked: unknown): boolean {
  if (typeof asked !== 'string' || COSTLY.has(asked)) return false;
  const other = servedOperation(asked as OperationName) as ReturnType<typeof servedOperation> | undefined;
  if (other === undefined) return false;
  const { group } = servedOperation(deed);
  return other.group === group || (BESIDE[group] ?? []).includes(other.group);
}
