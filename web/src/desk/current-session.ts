import type { UpdateOf } from '../../../src/api/client/client.ts';
import { useMoment } from './moment.ts';
import type { View } from './streams.ts';
import { useSessionView, useStream } from './use-view.ts';

export type SessionLine = UpdateOf<'status'>['sessions'][number];
export type Book = NonNullable<UpdateOf<'status'>['book']>;

/** All sessions, as they stand now. */
export function useSessions(): View<UpdateOf<'status'>> {
  return useStream('status', { follow: true });
}

/** The session that is looked at: the one in the address, else the newest that runs, else the newest. Null while that is not known, or there is none. */
export function useCurrentSession(): SessionLine | null {
  const { session } = useMoment();
  const view = useSessions();
  if (view.phase !== 'there') return null;
  const { sessions } = view.data;
  const running = sessions.filter(({ running: isRunning }) => isRunning);
  return sessions.find((each) => each.session === session) ?? running.at(-1) ?? sessions.at(-1) ?? null;
}

/** Books of the session that is looked at: now as they change, or as they stood at the time that the desk is set back to. */
export function useBook(): View<UpdateOf<'status'>> {
  const current = useCurrentSession();
  return useSessionView(current === null ? null : 'status', current === null ? {} : { session: current.session });
}
