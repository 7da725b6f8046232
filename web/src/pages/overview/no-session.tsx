import { Link } from '@tanstack/react-router';
import { useSessions } from '../../desk/current-session.ts';
import { Shown } from '../../parts/panel.tsx';

/** Where no session can be shown: why, and how to begin. That there is none is said only where it is known. */
export function NoSession() {
  const view = useSessions();
  return (
    <Shown view={view} lines={1}>
      {({ sessions }) =>
        sessions.length > 0 ? (
          <p>The session that the address names is not here: choose one at the top.</p>
        ) : (
          <p>
            No session yet.{' '}
            <Link to="/strategies" className="text-accent underline">
              Start one with play money
            </Link>
            , or{' '}
            <Link to="/backtests" className="text-accent underline">
              run a backtest
            </Link>{' '}
            first.
          </p>
        )
      }
    </Shown>
  );
}
