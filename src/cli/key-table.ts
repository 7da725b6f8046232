import type { CommandId } from '../api/operations/table.ts';
import type { Json } from '../core/vocabulary/json.ts';

/** Input of an operation. */
export type Given = Readonly<Record<string, Json>>;

export interface KeyRow {
  readonly does: string;
  readonly id: CommandId;
  readonly given: (session: string | null) => Given;
  /** Has to be pressed twice. */
  readonly isGrave?: boolean;
}

const REASON = 'a key at the server’s terminal';
const of = (session: string | null): Given => (session === null ? {} : { session });

/** What single keys do while a server is on a terminal. */
export const KEYS: Readonly<Record<string, KeyRow>> = {
  s: { does: 'status', id: 'status', given: of },
  f: { does: 'fills', id: 'fills', given: (session) => ({ ...of(session), limit: 5 }) },
  p: { does: 'pause', id: 'pause', given: (session) => ({ ...of(session), reason: REASON }) },
  r: { does: 'resume', id: 'resume', given: (session) => ({ ...of(session), reason: REASON }) },
  k: {
    does: 'kill',
    id: 'kill',
    given: (session) => ({ ...of(session), level: 'flatten', reason: REASON }),
    isGrave: true,
  },
};

/** The line that says them. */
export const keysLine = (): string =>
  ` ${Object.entries(KEYS)
    .map(([key, { does, isGrave }]) => `${isGrave === true ? key + key : key} ${does}`)
    .join('   ')}   q end`;
