import { nextStage, promotionLacks } from '../../core/promotion/lacks.ts';
import { type Candidate, rankOf, type Standing } from '../../core/promotion/standing.ts';
import type { Thresholds } from '../../core/promotion/thresholds.ts';
import { hashText } from '../../core/vocabulary/hash.ts';
import { formatTime } from '../../core/vocabulary/time.ts';
import { Failure } from '../failures.ts';
import type { CandidateOutput } from '../operations/registry.ts';
import type { Input, Output } from '../operations/table.ts';
import type { World } from '../world.ts';
import { candidatesOf, oneCandidate, registered } from './find-candidate.ts';
import { lackText } from './require-stage.ts';
import { type Saying, say } from './strategy-history.ts';
import { thresholdsOf } from './thresholds.ts';

/** Parameters as operations tell them. */
export const toldParams = (params: Candidate['params']): CandidateOutput['params'] =>
  ({ ...params }) as CandidateOutput['params'];

export async function strategyVersions(
  input: Input<'strategy-versions'>,
  world: World,
): Promise<Output<'strategy-versions'>> {
  const now = await registered(input.id, world);
  return {
    id: now.strategy,
    active: now.active,
    versions: now.versions.map(({ codeHash, version, path, schemaHash, firstSeenMs }) => {
      const own = now.candidates.filter((each) => each.codeHash === codeHash);
      const stage = own.reduce(
        (best, each) => (rankOf(each.stage) > rankOf(best) ? each.stage : best),
        'research' as Candidate['stage'],
      );
      return {
        ...{ code: codeHash, version, path, parameterSchema: schemaHash, firstSeen: formatTime(firstSeenMs) },
        ...{ stage, parameterSets: own.length },
      };
    }),
  };
}

export async function strategyShow(input: Input<'strategy-show'>, world: World): Promise<Output<'strategy-show'>> {
  const now = await registered(input.id, world);
  const chosen = candidatesOf(now, input);
  // Nothing that fits is said as such, with what there is.
  if (chosen.length === 0) oneCandidate(now, input);
  const thresholds = thresholdsOf(world);
  return {
    id: now.strategy,
    active: now.active,
    candidates: chosen.map((candidate) => shown(candidate, thresholds, input.limit)),
  };
}

function shown(candidate: Candidate, thresholds: Thresholds, most: number): CandidateOutput {
  const { codeHash, params, stage, stageSinceMs, evidence, breaches, countsSinceMs } = candidate;
  const next = nextStage(stage);
  const counts = ({ kind, sinceMs, source }: Candidate['evidence'][number]): boolean =>
    sinceMs > countsSinceMs[next ?? stage] && (kind === 'approval' || thresholds.sources.includes(source));
  return {
    ...{ code: codeHash, params: toldParams(params), stage, since: formatTime(stageSinceMs) },
    next: next === null ? null : { stage: next, missing: [...promotionLacks(candidate, next, thresholds)] },
    evidence: evidence
      .toReversed()
      .slice(0, most)
      .map((each) => ({
        ...{ kind: each.kind, of: each.of, about: each.about, source: each.source, passed: each.passed },
        ...{ numbers: { ...each.numbers }, time: formatTime(each.atMs), by: each.actor, counts: counts(each) },
      })),
    breaches: breaches.toReversed().map(({ kind, of, detail, atMs }) => ({ kind, of, detail, time: formatTime(atMs) })),
  };
}

export async function strategyPromote(
  input: Input<'strategy-promote'>,
  world: World,
): Promise<Output<'strategy-promote'>> {
  const { id, to, reason } = input;
  await registered(id, world);
  const thresholds = thresholdsOf(world);
  let promoted: Candidate | null = null;
  await say(world, id, input.by ?? world.actor, (now) => {
    const candidate = oneCandidate(now, input);
    refuseToPromote(now, candidate, to, thresholds);
    promoted = candidate;
    const { codeHash, paramsHash } = candidate;
    return [{ fact: { type: 'stage-changed', codeHash, paramsHash, to }, reason }];
  });
  const { codeHash, params, stage } = promoted!;
  return { id, code: codeHash, params: toldParams(params), from: stage, to };
}

function refuseToPromote(now: Standing, candidate: Candidate, to: Candidate['stage'], thresholds: Thresholds): void {
  const { strategy, active } = now;
  const next = nextStage(candidate.stage);
  const lacks = promotionLacks(candidate, to, thresholds).map((lack) => `${lackText(lack)} (gate to ${lack.gate})`);
  if (!active) lacks.unshift('activity: found retired, expected registered again');
  if (rankOf(to) <= rankOf(candidate.stage))
    lacks.unshift(`stage: found ${candidate.stage} already, expected one before ${to}`);
  else if (next !== to)
    lacks.unshift(`stage: found ${candidate.stage}, expected the stage before ${to}; none is skipped`);
  if (lacks.length === 0) return;
  throw new Failure('promotion-refused', `${strategy} is not promoted to ${to}. Missing: ${lacks.join('; ')}`, {
    hint: `tradewright strategy show ${strategy} tells where it stands; thresholds can be set in promotion.json.`,
    details: { strategy, codeHash: candidate.codeHash, found: candidate.stage, expected: to, lacks },
  });
}

export async function strategyApprove(
  input: Input<'strategy-approve'>,
  world: World,
): Promise<Output<'strategy-approve'>> {
  const { id, reason } = input;
  const by = input.by ?? world.actor;
  await registered(id, world);
  let approved: { readonly candidate: Candidate; readonly stage: Candidate['stage'] } | null = null;
  await say(world, id, by, (now) => {
    const candidate = oneCandidate(now, input);
    const stage = nextStage(candidate.stage);
    if (stage === null)
      throw new Failure('promotion-refused', `${id} is live already; there is nothing to approve`, {
        details: { strategy: id, found: candidate.stage },
      });
    approved = { candidate, stage };
    const { codeHash, paramsHash } = candidate;
    const sinceMs = world.clock.nowMs();
    const key = hashText(`${by} ${stage} ${sinceMs} ${now.seq}`);
    const what = { kind: 'approval', key, hash: '', source: 'person', of: by, passed: true, numbers: {} } as const;
    const evidence = { ...what, sinceMs, about: stage };
    return [{ fact: { type: 'evidence-recorded', codeHash, paramsHash, evidence }, reason }];
  });
  const { candidate, stage } = approved!;
  return { id, code: candidate.codeHash, params: toldParams(candidate.params), approved: stage, by };
}

export async function strategyDemote(
  input: Input<'strategy-demote'>,
  world: World,
): Promise<Output<'strategy-demote'>> {
  const { id, reason, retire } = input;
  const to = retire ? 'research' : input.to;
  await registered(id, world);
  let demoted: readonly Candidate[] = [];
  const after = await say(world, id, input.by ?? world.actor, (now) => {
    const chosen = retire ? now.candidates : [oneCandidate(now, input)];
    demoted = chosen.filter(({ stage }) => rankOf(stage) > rankOf(to));
    if (demoted.length === 0 && !retire)
      throw new Failure('promotion-refused', `${id} stands at ${chosen[0]!.stage}, which is not above ${to}`, {
        hint: 'Say an earlier stage with --to, or --retire.',
        details: { strategy: id, found: chosen[0]!.stage, expected: to },
      });
    const steps = demoted.map(
      ({ codeHash, paramsHash }): Saying => ({ fact: { type: 'stage-changed', codeHash, paramsHash, to }, reason }),
    );
    return retire ? [...steps, { fact: { type: 'activity-changed', active: false }, reason }] : steps;
  });
  return {
    id,
    active: after.active,
    demoted: demoted.map(({ codeHash, params, stage }) => ({
      code: codeHash,
      params: toldParams(params),
      from: stage,
      to,
    })),
  };
}
