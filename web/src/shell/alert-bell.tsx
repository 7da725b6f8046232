import { Link } from '@tanstack/react-router';
import { Bell } from 'lucide-react';
import { useStream } from '../desk/use-view.ts';

/** How many alerts wait for somebody; leads to them. */
export function AlertBell() {
  const view = useStream('alert ls', { follow: true }, { isNeverFrozen: true });
  const waiting = view.phase === 'there' ? view.data.alerts.filter(({ state }) => state === 'open').length : 0;
  return (
    <Link
      to="/alerts"
      aria-label={waiting === 0 ? 'Alerts: none waits' : `Alerts: ${waiting} wait`}
      title="Alerts"
      className={`relative rounded-md px-2 py-1 ${waiting === 0 ? 'text-soft' : 'text-warn'} hover:text-text`}
    >
      <Bell aria-hidden="true" className="size-4" />
      {waiting === 0 ? null : (
        <span className="figure absolute -top-0.5 -right-0.5 rounded-full bg-bad px-1 text-[0.65rem] leading-4 font-bold text-ground">
          {waiting}
        </span>
      )}
    </Link>
  );
}
