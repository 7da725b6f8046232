import { hashText } from '../vocabulary/hash.ts';
import type { Json } from '../vocabulary/json.ts';
import {
  type Breach,
  type BreachKind,
  type CandidateName,
  type Evidence,
  type RegistryEntry,
  STAGES,
  type Stage,
} from '../vocabulary/promotion.ts';
import type { TimeMs } from '../vocabulary/time.ts';

/** Where a breach puts a candidate that stood higher. All of them: what is in doubt is how it trades, not what it was on history. */
export const DEMOTES_TO: Readonly<Record<BreachKind, Stage>> = {
  'parity-broken': 'research',
  'reconciliation-difference': 'paper',
  'invariant-broken': 'paper',
  'kill-switch': 'paper',
};

export interface DatedEvidence extends Evidence {
  readonly seq: number;
  readonly atMs: TimeMs;
  readonly actor: string;
}

export interface DatedBreach extends Breach {
  readonly seq: number;
  readonly atMs: TimeMs;
}

export interface Version {
  readonly codeHash: string;
  readonly version: string;
  readonly path: string | null;
  readonly schemaHash: string;
  readonly firstSeenMs: TimeMs;
}

/** A strategy's code with one set of parameters, and what is known of it. */
export interface Candidate extends CandidateName {
  readonly params: Readonly<Record<string, Json>>;
  readonly stage: Stage;
  readonly stageSinceMs: TimeMs;
  readonly evidence: readonly DatedEvidence[];
  readonly breaches: readonly DatedBreach[];
  /** By stage: evidence for it counts only if it began after this time, when trust was last lost; −infinity where it never was. */
  readonly countsSinceMs: Readonly<Record<Stage, TimeMs>>;
  /** Newest entry that speaks of it. */
  readonly seq: number;
}

/** All that follows from the history of a strategy. */
export interface Standing {
  readonly strategy: string;
  /** Number of the newest entry; 0 where there is none. */
  readonly seq: number;
  readonly active: boolean;
  /** As first seen. */
  readonly versions: readonly Version[];
  readonly candidates: readonly Candidate[];
}

const NEVER = Number.NEGATIVE_INFINITY;
const ALWAYS: Candidate['countsSinceMs'] = { research: NEVER, testnet: NEVER, paper: NEVER, live: NEVER };

export const rankOf = (stage: Stage): number => STAGES.indexOf(stage);

/** Hash of parameters, whatever their order. */
export function paramsHash(params: Readonly<Record<string, Json>>): string {
  const names = Object.keys(params).sort();
  return hashText(JSON.stringify(names.map((name) => [name, params[name]])));
}

type Building = { -readonly [K in keyof Candidate]: Candidate[K] };

/** Folds the history of a strategy, in order, into where it stands. */
export function standingOf(strategy: string, entries: readonly RegistryEntry[]): Standing {
  const versions = new Map<string, Version>();
  const candidates = new Map<string, Building>();
  let active = true;
  for (const { seq, atMs, actor, fact } of entries) {
    if (fact.type === 'activity-changed') active = fact.active;
    else if (fact.type === 'version-seen') {
      const { type: _type, ...version } = fact;
      if (!versions.has(version.codeHash)) versions.set(version.codeHash, { ...version, firstSeenMs: atMs });
    } else {
      const candidate = candidateOf(candidates, fact, atMs);
      candidate.seq = seq;
      if (fact.type === 'params-seen') candidate.params = fact.params;
      else if (fact.type === 'evidence-recorded')
        candidate.evidence = [...candidate.evidence, { ...fact.evidence, seq, atMs, actor }];
      else if (fact.type === 'breach-noted') {
        candidate.breaches = [...candidate.breaches, { ...fact.breach, seq, atMs }];
        lower(candidate, DEMOTES_TO[fact.breach.kind], atMs);
      } else if (rankOf(fact.to) > rankOf(candidate.stage)) {
        candidate.stage = fact.to;
        candidate.stageSinceMs = atMs;
      } else lower(candidate, fact.to, atMs);
    }
  }
  return {
    ...{ strategy, active, seq: entries.at(-1)?.seq ?? 0 },
    versions: [...versions.values()],
    candidates: [...candidates.values()],
  };
}

/** A candidate of which nothing is known. */
export function newCandidate(name: CandidateName, params: Candidate['params'], atMs: TimeMs): Candidate {
  return {
    ...{ codeHash: name.codeHash, paramsHash: name.paramsHash, params, stage: 'research', stageSinceMs: atMs },
    ...{ evidence: [], breaches: [], seq: 0, countsSinceMs: ALWAYS },
  };
}

function candidateOf(all: Map<string, Building>, name: CandidateName, atMs: TimeMs): Building {
  const key = `${name.codeHash} ${name.paramsHash}`;
  const known = all.get(key);
  if (known !== undefined) return known;
  const candidate: Building = { ...newCandidate(name, {}, atMs) };
  all.set(key, candidate);
  return candidate;
}

/** Whatever was to lead above `to` must be won anew. */
function lower(candidate: Building, to: Stage, atMs: TimeMs): void {
  if (rankOf(candidate.stage) > rankOf(to)) {
    candidate.stage = to;
    candidate.stageSinceMs = atMs;
  }
  const countsSinceMs = { ...candidate.countsSinceMs };
  for (const stage of STAGES) if (rankOf(stage) > rankOf(to)) countsSinceMs[stage] = atMs;
  candidate.countsSinceMs = countsSinceMs;
}

/** The candidate of this name; null where nothing is known of it. */
export function findCandidate(standing: Standing, name: CandidateName): Candidate | null {
  return (
    standing.candidates.find((each) => each.codeHash === name.codeHash && each.paramsHash === name.paramsHash) ?? null
  );
}

/** The furthest that any candidate has come; of several the one spoken of last. Null where there is none. */
export function furthestOf({ candidates }: Standing): Candidate | null {
  let best: Candidate | null = null;
  for (const each of candidates) {
    const ahead = best === null ? 1 : rankOf(each.stage) - rankOf(best.stage) || each.seq - best.seq;
    if (ahead > 0) best = each;
  }
  return best;
}
