import { useNavigate, useSearch } from '@tanstack/react-router';
import { formatTime, parseTime } from '../../../src/core/vocabulary/time.ts';

/** What every page's address may carry: the session that is looked at, and the time that the desk is set back to. */
export interface DeskSearch {
  readonly session?: string;
  /** Time of the market, ISO 8601. */
  readonly at?: string;
}

export interface Moment {
  /** Null: now. */
  readonly at: string | null;
  /** What the address has in the place of a time; null where that is one, or none is there. */
  readonly noTime: string | null;
  /** Null: whichever is chosen for them. */
  readonly session: string | null;
  setAt(at: string | null): void;
  setSession(session: string | null): void;
}

/** Which session, and when: they stand in the address, so that a link shows the same. */
export function useMoment(): Moment {
  const search = useSearch({ strict: false }) as DeskSearch;
  const navigate = useNavigate();
  // Links are cut off and mistyped. Read as the server reads it: a browser would take a year alone, and a time without a zone as its own.
  const atMs = search.at === undefined ? null : parseTime(search.at);
  const change = (next: { [K in keyof DeskSearch]: DeskSearch[K] | undefined }): void =>
    void navigate({ to: '.', search: ((known: DeskSearch) => ({ ...known, ...next })) as never, replace: true });
  return {
    at: atMs === null ? null : formatTime(atMs),
    noTime: atMs === null ? (search.at ?? null) : null,
    session: search.session ?? null,
    setAt: (at) => change({ at: at ?? undefined }),
    setSession: (session) => change({ session: session ?? undefined }),
  };
}
