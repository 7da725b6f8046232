import { useRouterState } from '@tanstack/react-router';
import { useEffect } from 'react';
import type { UpdateOf } from '../../../src/api/client/client.ts';
import { useMoment } from './moment.ts';
import type { View } from './streams.ts';
import { useSessionView, useStream } from './use-view.ts';

export type SessionLine = UpdateOf<'status'>['sessions'][number];
export type Book = NonNullable<UpdateOf<'status'>['book']>;

/** All sessions, as they stand now: also while what changes is frozen, as it is by this that deeds are done. */
export function useSessions(): View<UpdateOf<'status'>> {
  return useStream('status', { follow: true }, { isNeverFrozen: true });
}

/**
 * The session that is looked at: the one in the address; where none stands there, the newest that runs, else the newest. Null while that is not
 * known, where there is none, and where the address names one that is not there: another one never takes its place.
 */
export function useCurrentSession(): SessionLine | null {
  const { session } = useMoment();
  const view = useSessions();
  if (view.phase !== 'there') return null;
  const { sessions } = view.data;
  if (session !== null) return sessions.find((each) => each.session === session) ?? null;
  return sessions.findLast(({ running }) => running) ?? sessions.at(-1) ?? null;
}

/** Writes the session that was chosen into the address: a newer one that begins does not come between a deed and its session. */
export function useKeptSession(): void {
  const { session, setSession } = useMoment();
  const name = useCurrentSession()?.session ?? null;
  // On the way to another page the address is that page's to write.
  const isThere = useRouterState({ select: ({ status }) => status === 'idle' });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the function is another one each time.
  useEffect(() => {
    if (isThere && session === null && name !== null) setSession(name);
  }, [session, name, isThere]);
}

/** Books of the session that is looked at: now as they change, or as they stood at the time that the desk is set back to. */
export function useBook(): View<UpdateOf<'status'>> {
  const sessions = useSessions();
  const current = useCurrentSession();
  const book = useSessionView(current === null ? null : 'status', current === null ? {} : { session: current.session });
  // Without a session there are no books, or it is told why it is not known.
  return current === null ? sessions : book;
}

/** What latches call the account of a session. A paper session has one of its own. */
export const accountOf = ({ account, session }: SessionLine): string => account ?? `paper:${session}`;
