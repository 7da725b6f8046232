import type { SessionLine } from '../desk/current-session.ts';
import { standingOf } from '../desk/standing.ts';
import { Badge } from './badge.tsx';

/** Whether a session runs and, where anything keeps it from trading freely, what. */
export function StandingBadge({ session }: { readonly session: SessionLine }) {
  const { running, latched } = session;
  const { name, tone, why } = standingOf(session);
  const isFree = name === 'ACTIVE' || (!running && latched === null);
  return (
    <>
      <Badge tone={running && isFree ? 'good' : 'plain'}>{running ? '● runs' : '○ ended'}</Badge>
      {isFree ? null : (
        <Badge tone={tone} title={why}>
          {name.replace('NOT RUNNING, ', '').toLowerCase()}
        </Badge>
      )}
    </>
  );
}
