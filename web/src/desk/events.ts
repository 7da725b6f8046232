import type { UpdateOf } from '../../../src/api/client/client.ts';
import { useCurrentSession } from './current-session.ts';
import { useMoment } from './moment.ts';
import type { View } from './streams.ts';
import { useAnswer, useFolded } from './use-view.ts';

export type EventLine = UpdateOf<'events'>['events'][number];

const MOST = 2_000;

function appended(known: readonly EventLine[] | null, { events }: UpdateOf<'events'>): readonly EventLine[] {
  return known === null ? events : [...known.slice(-(MOST - events.length)), ...events];
}

/** Newest events of the session that is looked at, oldest first, with those that come. */
export function useEvents(limit: number): View<readonly EventLine[]> {
  const current = useCurrentSession();
  const { at } = useMoment();
  const session = current?.session ?? '';
  const now = useFolded(
    current === null || at !== null ? null : 'events',
    { session, limit, follow: true },
    appended,
    'appended',
  );
  const then = useAnswer(current === null || at === null ? null : 'events', {
    session,
    limit,
    ...(at === null ? {} : { at }),
  });
  if (at === null) return now;
  return then.phase === 'there' ? { ...then, data: then.data.events } : then;
}
