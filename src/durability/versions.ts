import type { Json } from '../core/vocabulary/json.ts';
import { JOURNAL_KINDS, JournalError, type JournalKind, type Upcasters } from '../ports/journal.ts';

/** The version that payloads of each kind are written in. */
export type Versions = { readonly [K in JournalKind]: number };

export function versionsOf(upcasters: Upcasters): Versions {
  return Object.fromEntries(JOURNAL_KINDS.map((kind) => [kind, (upcasters[kind]?.length ?? 0) + 1])) as Versions;
}

/**
 * What a writer leaves behind in a journal: its versions as JSON. Throws JournalError `newer-version` where a later program was here and
 * wrote what this one cannot read.
 */
export function mergedVersions(stored: string | null, mine: Versions, where: string): string {
  const theirs = stored === null ? {} : (JSON.parse(stored) as Partial<Record<JournalKind, number>>);
  for (const [kind, version] of Object.entries(theirs))
    if (version > (mine[kind as JournalKind] ?? 0)) throw newer(where, kind, version, mine[kind as JournalKind] ?? 0);
  return JSON.stringify(mine);
}

/** A payload in the present version. Throws JournalError `newer-version`. */
export function upcast(upcasters: Upcasters, kind: JournalKind, v: number, payload: Json, where: string): Json {
  const steps = upcasters[kind] ?? [];
  if (v > steps.length + 1) throw newer(where, kind, v, steps.length + 1);
  let now = payload;
  for (let version = v; version <= steps.length; version++) now = steps[version - 1]!(now);
  return now;
}

function newer(where: string, kind: string, found: number, known: number): JournalError {
  return new JournalError('newer-version', {
    where,
    found: `version ${found} of "${kind}" records`,
    expected: `version ${known} or older`,
    hint: 'Use the version of Tradewright that wrote it, or a later one.',
  });
}
