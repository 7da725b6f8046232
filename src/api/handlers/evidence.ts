import { findCandidate, paramsHash, type Standing } from '../../core/promotion/standing.ts';
import type { AnyStrategy } from '../../core/strategy/define-strategy.ts';
import type { ParamSpec } from '../../core/strategy/params.ts';
import { hashText } from '../../core/vocabulary/hash.ts';
import type { Json } from '../../core/vocabulary/json.ts';
import type { Breach, CandidateName, Evidence, EvidenceSource } from '../../core/vocabulary/promotion.ts';
import type { Call, World } from '../world.ts';
import type { LoadedStrategy } from './load-strategy.ts';
import { type Saying, say } from './strategy-history.ts';

/** A strategy's code with its parameters, as a run or a session uses it. */
export interface Subject {
  readonly strategy: string;
  readonly codeHash: string;
  readonly params: Readonly<Record<string, Json>>;
}

export const candidateName = ({ codeHash, params }: Subject): CandidateName => ({
  codeHash,
  paramsHash: paramsHash(params),
});

/** What data of a venue, by the name that one types, are worth as evidence. */
export function sourceOf(venue: string): EvidenceSource {
  const name = venue.toLowerCase();
  if (name.startsWith('replay:')) return 'recording';
  return name === 'local' || name.startsWith('local-') ? 'local' : 'market';
}

/** Version and parameters, where they are new. */
export function registration(now: Standing, loaded: LoadedStrategy, params: Subject['params']): Saying[] {
  const { strategy, codeHash, path } = loaded;
  const name = candidateName({ strategy: now.strategy, codeHash, params });
  const sayings: Saying[] = [];
  if (!now.versions.some((each) => each.codeHash === codeHash)) {
    const version = { codeHash, version: strategy.def.version ?? '1', path, schemaHash: schemaHash(strategy) };
    sayings.push({ fact: { type: 'version-seen', ...version }, reason: 'first seen' });
  }
  if (findCandidate(now, name) === null)
    sayings.push({ fact: { type: 'params-seen', ...name, params }, reason: 'first seen' });
  return sayings;
}

function schemaHash({ def }: AnyStrategy): string {
  const params = Object.entries(def.params as Readonly<Record<string, ParamSpec<number | boolean | string>>>);
  return hashText(JSON.stringify(params.map(([name, { kind, range, options }]) => [name, kind, range, options])));
}

/** Evidence that is not there yet. */
export function newEvidence(now: Standing, name: CandidateName, all: readonly Evidence[], reason: string): Saying[] {
  const known = new Set(findCandidate(now, name)?.evidence.map(({ key }) => key) ?? []);
  return all
    .filter(({ key }) => !known.has(key))
    .map((evidence) => ({ fact: { type: 'evidence-recorded', ...name, evidence }, reason }));
}

/** Keeps evidence for a candidate that is registered. `actor`: the command that found it. Rejects with RegistryError. */
export async function noteEvidence(
  world: World,
  subject: Subject,
  all: readonly Evidence[],
  actor: string,
  reason: string,
): Promise<void> {
  await say(world, subject.strategy, actor, (now) => newEvidence(now, candidateName(subject), all, reason));
}

/**
 * Keeps a certificate of parity: of a session beside its model. One that is not in parity is a breach as well. `hash`: of the certificate.
 */
export async function noteParity(
  world: World,
  subject: Subject,
  certificate: {
    readonly session: string;
    readonly source: Evidence['source'];
    readonly hash: string;
    readonly isInParity: boolean;
    readonly numbers: Evidence['numbers'];
    /** When the session began. */
    readonly sinceMs: number;
    readonly detail: string;
  },
  actor: string,
): Promise<void> {
  const { session, source, hash, isInParity, numbers, sinceMs, detail } = certificate;
  const evidence: Evidence = {
    ...{ kind: 'parity', key: hash, source, of: session, passed: isInParity, numbers },
    ...{ about: '', sinceMs, hash },
  };
  await noteEvidence(world, subject, [evidence], actor, detail);
  if (!isInParity)
    await noteBreach(world, subject, { kind: 'parity-broken', key: hash, of: session, detail }, actor, detail);
}

/** Keeps a breach, once; the candidate is demoted by it. Rejects with RegistryError. */
export async function noteBreach(
  world: World,
  subject: Subject,
  breach: Breach,
  actor: string,
  reason: string,
): Promise<void> {
  const name = candidateName(subject);
  await say(world, subject.strategy, actor, (now) => {
    const isKnown = findCandidate(now, name)?.breaches.some(({ key }) => key === breach.key) ?? false;
    return isKnown ? [] : [{ fact: { type: 'breach-noted', ...name, breach }, reason }];
  });
}

/** What registry or tables could not keep must not undo what was kept elsewhere: it is told. */
export function warnNotKept(call: Call, what: string, error: unknown): void {
  call.warn({
    code: 'registry-not-kept',
    message: `${what} could not be kept in the registry: ${error instanceof Error ? error.message : String(error)}`,
    hint: 'What was run is kept; as evidence it does not count.',
  });
}
