import { COMMAND_IDS, operationOf } from '../api/operations/table.ts';
import { type FurtherStrategy, withField } from '../api/operations/with-field.ts';
import type { World } from '../api/world.ts';
import { type Flag, flagsOf, GLOBAL_FLAGS } from './flags.ts';

/** What may come next, with what it means. */
export interface Candidate {
  readonly word: string;
  readonly about: string;
}

/** Names that only the running installation knows, asked for one kind at a time. */
export type Names = (kind: string, strategy: string | null) => Promise<readonly Candidate[]>;

/** Candidates for the last of `words`; nothing where a file may stand, which the shell itself completes. */
export async function complete(words: readonly string[], names: Names): Promise<readonly Candidate[]> {
  const current = words.at(-1) ?? '';
  const before = words.slice(0, -1).filter((word) => word !== '--json');
  const rows = COMMAND_IDS.map(operationOf);
  const row = rows.find((r) => r.name.split(' ').every((word, k) => before[k] === word));
  const begins = (list: readonly Candidate[]): readonly Candidate[] => list.filter((c) => c.word.startsWith(current));
  if (!row) {
    const depth = before.length;
    const open = rows.filter((r) => before.every((word, k) => r.name.split(' ')[k] === word));
    const next = new Map<string, string>();
    for (const r of open) {
      const parts = r.name.split(' ');
      const word = parts[depth];
      if (word !== undefined) next.set(word, parts.length > depth + 1 ? `${r.group} …` : r.summary);
    }
    return begins([...next].map(([word, about]) => ({ word, about })));
  }
  const flags = flagsOf(row);
  const rest = before.slice(row.name.split(' ').length);
  const last = rest.at(-1);
  const waiting = last?.startsWith('--') ? flags.find((f) => `--${f.name}` === last && f.kind !== 'switch') : undefined;
  if (current.startsWith('-') && !waiting) return begins(flagCandidates(flags, rest));
  const strategy = rest.find((word, k) => !word.startsWith('-') && !rest[k - 1]?.startsWith('--')) ?? null;
  const place = flags.filter((f) => f.position !== null)[placesIn(rest, flags)];
  const flag = waiting ?? place;
  if (!flag) return begins(flagCandidates(flags, rest));
  if (flag.choices.length > 0) return begins(flag.choices.map((word) => ({ word, about: '' })));
  if (flag.completes === 'command') return begins(rows.map((r) => ({ word: r.name, about: r.summary })));
  if (flag.completes === null) return [];
  const found = await names(flag.completes, strategy);
  if (flag.completes !== 'param') return begins(found);
  const others = furtherIn(rest).map(async ({ strategy: name, as = name }) =>
    (await names('param', name)).map(({ word, about }) => ({ word: `${as}.${word}`, about })),
  );
  return begins([...found, ...(await Promise.all(others)).flat()]);
}

/** Strategies that are to run beside the first. */
function furtherIn(rest: readonly string[]): readonly FurtherStrategy[] {
  return rest.flatMap((word, k) => (rest[k - 1] === '--with' ? (withField.safeParse([word]).data ?? []) : []));
}

function placesIn(rest: readonly string[], flags: readonly Flag[]): number {
  return rest.filter((word, k) => {
    const previous = rest[k - 1];
    const isValue = previous?.startsWith('--') && flags.some((f) => `--${f.name}` === previous && f.kind !== 'switch');
    return !word.startsWith('-') && !isValue;
  }).length;
}

function flagCandidates(flags: readonly Flag[], rest: readonly string[]): readonly Candidate[] {
  const own = flags
    .filter((f) => f.position === null && (f.isList || !rest.includes(`--${f.name}`)))
    .map((f) => ({ word: f.isOnByDefault ? `--no-${f.name}` : `--${f.name}`, about: f.description }));
  return [...own, ...GLOBAL_FLAGS.map((g) => ({ word: `--${g.name}`, about: g.description }))];
}

/** Asks the installation itself. */
export function namesOf(world: World): Names {
  return async (kind, strategy) => {
    switch (kind) {
      case 'venue':
        return world.venues.all.map(({ name, title }) => ({ word: name, about: title }));
      case 'strategy':
      case 'further-strategy': {
        const { builtInStrategies } = await import('../api/handlers/names.ts');
        return builtInStrategies();
      }
      case 'param': {
        const { parametersOf } = await import('../api/handlers/names.ts');
        return strategy === null ? [] : parametersOf(strategy);
      }
      case 'indicator': {
        const { indicatorNames } = await import('../api/handlers/names.ts');
        return indicatorNames();
      }
      case 'topic': {
        const { docs } = await import('../api/handlers/docs.ts');
        return docs({}, world).topics.map((t) => ({ word: t.topic, about: t.title }));
      }
      case 'data':
        return [
          { word: 'synthetic', about: 'the market that comes with the program' },
          ...(await world.catalogue.list()).map((s) => ({
            word: `${s.instrument}@${s.timeframe}`,
            about: `${s.rows} bars`,
          })),
        ];
      case 'account': {
        const { usableAccounts } = await import('../api/handlers/find-connection.ts');
        // Labels are no secret, and listing them needs no master key.
        return (await usableAccounts(await world.vaults.open(null))).map(({ label, venue, environment }) => ({
          ...{ word: label, about: `${venue} ${environment}` },
        }));
      }
      case 'provider':
        return (await (await world.providers()).all()).map(({ label, kind }) => ({ word: label, about: kind }));
      case 'channel':
        return (await (await world.alerts()).channels()).map(({ name, kind }) => ({ word: name, about: kind }));
      case 'rule':
        return (await (await world.alerts()).rules()).map(({ name, severity }) => ({ word: name, about: severity }));
      case 'session':
        return (await (await world.journals()).list()).journals.map(({ session, head }) => ({
          word: session,
          about: `${head.seq} records`,
        }));
      case 'run':
        return [
          { word: 'last', about: 'the newest run' },
          ...world.runs
            .list()
            .slice(0, 50)
            .map((r) => ({ word: r.id, about: `${r.strategies.map(({ id }) => id).join(' + ')} ${r.createdAt}` })),
        ];
      default:
        return [];
    }
  };
}
