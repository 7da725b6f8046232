import { Link } from '@tanstack/react-router';

/** Where nothing trades: how to begin. */
export function NoSession() {
  return (
    <p>
      No session yet.{' '}
      <code className="rounded bg-raised px-1">tradewright paper sma-cross --venue local --symbols BTCUSDT</code> starts
      one, or{' '}
      <Link to="/backtests" className="text-accent underline">
        run a backtest
      </Link>{' '}
      first.
    </p>
  );
}
