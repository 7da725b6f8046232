import { Link } from '@tanstack/react-router';
import { useEvents } from '../../desk/events.ts';
import { timeText } from '../../format/times.ts';
import { Panel, Shown } from '../../parts/panel.tsx';
import { useAppearance } from '../../theme/appearance.ts';
import { OfSession } from './no-session.tsx';

const SHOWN = 12;

/** What happened last. */
export function EventsPanel() {
  const view = useEvents(50);
  const { clock } = useAppearance();
  return (
    <Panel
      title="Latest events"
      actions={
        <Link to="/events" className="text-sm text-accent underline">
          all of them
        </Link>
      }
    >
      <OfSession missing="Here stands what happens in a session.">
        <Shown view={view} isEmpty={(events) => events.length === 0} empty="Nothing has happened yet.">
          {(events) => (
            <ol className="space-y-1 text-sm">
              {events
                .slice(-SHOWN)
                .toReversed()
                .map(({ seq, time, type, text }) => (
                  <li key={seq} className="flex gap-2">
                    <span className="figure shrink-0 text-soft">{timeText(time, clock, 'time')}</span>
                    <span className="min-w-0 truncate" title={`${type}: ${text}`}>
                      <strong className="font-medium">{type}</strong> <span className="text-soft">{text}</span>
                    </span>
                  </li>
                ))}
            </ol>
          )}
        </Shown>
      </OfSession>
    </Panel>
  );
}
