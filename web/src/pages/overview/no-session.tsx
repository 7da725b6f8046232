import { Link } from '@tanstack/react-router';

/** Where nothing trades: how to begin. */
export function NoSession() {
  return (
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
  );
}
