import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useCurrentSession, useSessions } from '../../desk/current-session.ts';
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

/** Something of the session that is looked at. Without one: what is missing, in a sentence, and what to do for it. */
export function OfSession({ missing, children }: { readonly missing: string; readonly children: ReactNode }) {
  const view = useSessions();
  const current = useCurrentSession();
  if (current !== null) return children;
  return (
    <Shown view={view} lines={2}>
      {({ sessions }) => (
        <p className="p-4 text-center text-soft">
          {missing}{' '}
          {sessions.length > 0 ? (
            'The session that the address names is not here: choose one at the top.'
          ) : (
            <>
              No session yet:{' '}
              <Link to="/strategies" className="text-accent underline">
                Strategies
              </Link>{' '}
              tells how one begins, or{' '}
              <Link to="/backtests" className="text-accent underline">
                run a backtest
              </Link>{' '}
              first.
            </>
          )}
        </p>
      )}
    </Shown>
  );
}
