import type { InstrumentDefinition } from '../../core/vocabulary/instrument.ts';
import type { Json } from '../../core/vocabulary/json.ts';
import type { Environment } from '../../ports/secret-vault.ts';
import type { MismatchPolicy } from '../../session/remote-side.ts';

const SCHEMA = 'tradewright.session/1';

/** What a session was begun with: the first line of its journal. Everything that its decisions depend on beside its inputs. */
export interface SessionAbout {
  readonly schema: typeof SCHEMA;
  /** As typed, for going on without typing it again. */
  readonly strategyName: string;
  readonly strategy: string;
  readonly codeHash: string;
  readonly venue: string;
  readonly feeds: readonly { readonly instrument: InstrumentDefinition; readonly timeframe: string }[];
  readonly drivenBy: 'trades' | 'bars';
  /** Account, costs, limits and parameters, without the strategy's code. */
  readonly desk: Readonly<Record<string, Json>>;
  readonly params: Readonly<Record<string, Json>>;
  /** Where orders go; simulated where absent. */
  readonly account?: { readonly id: string; readonly venue: string; readonly environment: Environment };
  readonly onMismatch?: MismatchPolicy;
}

/** What latches call the account of a session. A paper session has one of its own. */
export function accountOf(session: string, { account }: Pick<SessionAbout, 'account'>): string {
  return account?.id ?? `paper:${session}`;
}

export function isSessionAbout(about: Json): boolean {
  return (about as { readonly schema?: Json } | null)?.schema === SCHEMA;
}

/** As it will be read from the journal. */
export function sessionAbout(about: Omit<SessionAbout, 'schema'>): SessionAbout {
  return JSON.parse(JSON.stringify({ schema: SCHEMA, ...about })) as SessionAbout;
}

/** Every single value below `value`, by its path. */
function leaves(value: unknown, path: string, into: Map<string, string>): void {
  if (typeof value !== 'object' || value === null) into.set(path, typeof value === 'string' ? value : String(value));
  else for (const [name, below] of Object.entries(value)) leaves(below, path === '' ? name : `${path}.${name}`, into);
}

/** What of a session is not as it began. The strategy's path may change, its code may not; rules of instruments are those of the beginning. */
export function differences(
  began: SessionAbout,
  found: SessionAbout,
): readonly { readonly field: string; readonly began: string; readonly found: string }[] {
  const flat = ({ strategyName: _strategyName, desk, feeds, params, ...rest }: SessionAbout): Map<string, string> => {
    const into = new Map<string, string>();
    leaves({ ...rest, ...desk, params }, '', into);
    into.set('symbols', (feeds ?? []).map(({ instrument }) => instrument.id).join(', '));
    into.set('timeframe', feeds?.[0]?.timeframe ?? '');
    return into;
  };
  const [a, b] = [flat(began), flat(found)];
  return [...new Set([...a.keys(), ...b.keys()])]
    .filter((field) => a.get(field) !== b.get(field))
    .map((field) => ({ field, began: a.get(field) ?? 'nothing', found: b.get(field) ?? 'nothing' }));
}
