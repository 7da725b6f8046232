import type { Candidate, Standing } from '../../core/promotion/standing.ts';
import type { Json } from '../../core/vocabulary/json.ts';
import { Failure } from '../failures.ts';
import type { World } from '../world.ts';
import { standing } from './strategy-history.ts';

export interface CandidateChoice {
  readonly code?: string | undefined;
  readonly param: Readonly<Record<string, string | number | boolean>>;
}

/** Where a strategy stands. Throws {@link Failure} `strategy-unregistered`. */
export async function registered(strategy: string, world: World): Promise<Standing> {
  const registry = await world.strategyRegistry();
  const now = await standing(strategy, registry);
  if (now.seq > 0) return now;
  const known = (await registry.strategies()).map(({ id }) => id);
  throw new Failure('strategy-unregistered', `no strategy ${strategy} is registered`, {
    details: { found: strategy, expected: known },
  });
}

const plain = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

export const paramsText = (params: Candidate['params']): string =>
  Object.entries(params)
    .map(([name, value]) => `${name}=${plain(value)}`)
    .join(' ');

/** Candidates that a choice leaves: of the version seen last unless it says another. */
export function candidatesOf(now: Standing, { code, param }: CandidateChoice): readonly Candidate[] {
  const newest = now.versions.at(-1)?.codeHash;
  return now.candidates.filter(
    ({ codeHash, params }) =>
      (code === undefined ? codeHash === newest : codeHash.startsWith(code)) &&
      Object.entries(param).every(([name, value]) => name in params && plain(params[name]!) === plain(value)),
  );
}

/** The one candidate that is meant. Throws {@link Failure} `candidate-unclear` with all there are. */
export function oneCandidate(now: Standing, choice: CandidateChoice): Candidate {
  const left = candidatesOf(now, choice);
  if (left.length === 1) return left[0]!;
  const among = left.length === 0 ? now.candidates : left;
  const lines = among.map((each) => `--code ${each.codeHash.slice(0, 8)} ${paramsText(each.params)} (${each.stage})`);
  throw new Failure(
    'candidate-unclear',
    `${now.strategy}: expected one version with one set of parameters, found ${left.length === 0 ? 'none that fits' : left.length}. There are ${lines.join('; ')}`,
    { details: { strategy: now.strategy, expected: lines } },
  );
}
