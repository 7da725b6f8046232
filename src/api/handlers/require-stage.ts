import { type Lack, promotionLacks } from '../../core/promotion/lacks.ts';
import { findCandidate, newCandidate, rankOf } from '../../core/promotion/standing.ts';
import type { Stage } from '../../core/vocabulary/promotion.ts';
import type { Environment } from '../../ports/secret-vault.ts';
import { Failure } from '../failures.ts';
import type { World } from '../world.ts';
import { candidateName, type Subject } from './evidence.ts';
import { standing } from './strategy-history.ts';
import { thresholdsOf } from './thresholds.ts';

/** What somebody says who runs a strategy before its time, where no real money can be lost. */
export const UNPROMOTED_WORDS = 'this strategy has not been promoted';

export const lackText = ({ what, found, expected }: Lack): string => `${what}: found ${found}, expected ${expected}`;

/**
 * Refuses a strategy that has not come as far as `wanted`, with everything that is missing. Where orders cannot lose real money, at a testnet
 * or the local exchange, one may say {@link UNPROMOTED_WORDS} instead; what was missing is answered. Throws {@link Failure} `stage-missing`.
 */
export async function requireStage(
  world: World,
  subject: Subject,
  wanted: Stage,
  where: { readonly environment: Environment; readonly accepted: readonly string[] },
): Promise<readonly Lack[]> {
  const name = candidateName(subject);
  const now = await standing(subject.strategy, await world.strategyRegistry());
  const candidate = findCandidate(now, name) ?? newCandidate(name, subject.params, 0);
  if (now.active && rankOf(candidate.stage) >= rankOf(wanted)) return [];
  const thresholds = thresholdsOf(world);
  const lacks: Lack[] = [...promotionLacks(candidate, wanted, thresholds)];
  if (rankOf(candidate.stage) < rankOf(wanted))
    lacks.push({ gate: wanted, what: `promotion to ${wanted}`, found: candidate.stage, expected: wanted });
  if (!now.active) lacks.push({ gate: wanted, what: 'activity', found: 'retired', expected: 'registered again' });
  const mayBeAccepted = where.environment === 'testnet' || where.environment === 'local';
  if (mayBeAccepted && where.accepted.includes(UNPROMOTED_WORDS)) return lacks;
  const others = now.candidates.filter((each) => rankOf(each.stage) >= rankOf(wanted)).length;
  const elsewhere =
    others === 0 ? '' : `; ${others} other of its versions or parameters stand there, this one does not`;
  const words = mayBeAccepted ? ` Or take it upon yourself: --accept "${UNPROMOTED_WORDS}"` : '';
  throw new Failure(
    'stage-missing',
    `${subject.strategy} stands at ${candidate.stage}, ${wanted} is needed${elsewhere}. Missing: ${lacks.map(lackText).join('; ')}`,
    {
      hint: `tradewright strategy show ${subject.strategy} tells what each gate asks for.${words}`,
      details: {
        strategy: subject.strategy,
        codeHash: subject.codeHash,
        found: candidate.stage,
        expected: wanted,
        lacks: lacks.map(lackText),
      },
    },
  );
}
