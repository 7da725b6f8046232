import { type SessionLine, useCurrentSession, useSessions } from '../../desk/current-session.ts';
import { useMoment } from '../../desk/moment.ts';
import { money } from '../../format/numerals.ts';
import { timeText } from '../../format/times.ts';
import { Change } from '../../parts/figure.tsx';
import { Panel, Shown } from '../../parts/panel.tsx';
import { Sparkline } from '../../parts/sparkline.tsx';
import { StandingBadge } from '../../parts/standing-badge.tsx';
import { useAppearance } from '../../theme/appearance.ts';
import { SessionControls } from '../strategies/session-controls.tsx';
import { NoSession } from './no-session.tsx';

const MOST = 6;

/** Sessions, newest first, with what can be done to those that run. */
export function SessionsPanel() {
  const view = useSessions();
  return (
    <Panel title="Strategies at work" isOfNow>
      <Shown view={view} isEmpty={({ sessions }) => sessions.length === 0} empty={<NoSession />}>
        {({ sessions }) => (
          <ul className="space-y-2">
            {sessions
              .toReversed()
              .slice(0, MOST)
              .map((session) => (
                <SessionCard key={session.session} session={session} />
              ))}
          </ul>
        )}
      </Shown>
    </Panel>
  );
}

function SessionCard({ session }: { readonly session: SessionLine }) {
  const current = useCurrentSession();
  const { setSession } = useMoment();
  const { clock } = useAppearance();
  const {
    session: name,
    strategy,
    symbols,
    timeframe,
    running,
    profit,
    currency,
    problem,
    sparkline,
    lastFill,
  } = session;
  return (
    <li className={`rounded-md border p-2 ${current?.session === name ? 'border-accent' : ''}`}>
      <div className="flex flex-wrap items-center gap-2">
        <button
          type="button"
          className="min-w-0 truncate font-semibold hover:underline"
          onClick={() => setSession(name)}
        >
          {strategy}
        </button>
        <StandingBadge session={session} />
        <span className="ml-auto">
          <Change value={profit}>{money(profit, { isSigned: true })}</Change>{' '}
          <span className="text-xs text-soft">{currency}</span>
        </span>
      </div>
      <div className="flex items-center gap-3">
        <p className="min-w-0 flex-1 text-sm text-soft">
          <span className="block truncate">
            {name} · {symbols.join(', ')} · {timeframe}
          </span>
          <span className="figure block">last fill {lastFill === null ? 'none yet' : timeText(lastFill, clock)}</span>
        </p>
        <Sparkline values={sparkline} label={`Equity, now ${money(sparkline.at(-1))}`} />
      </div>
      {problem === null ? null : <p className="text-sm text-bad">{problem}</p>}
      {running ? <SessionControls session={name} /> : null}
    </li>
  );
}
