import { type SessionLine, useSessions } from '../../desk/current-session.ts';
import { useMoment } from '../../desk/moment.ts';
import { useStream } from '../../desk/use-view.ts';
import { money } from '../../format/numerals.ts';
import { timeText } from '../../format/times.ts';
import { Badge } from '../../parts/badge.tsx';
import { Change } from '../../parts/figure.tsx';
import { Panel, Shown } from '../../parts/panel.tsx';
import { StandingBadge } from '../../parts/standing-badge.tsx';
import { useAppearance } from '../../theme/appearance.ts';
import { type Kept, KeptInVain, SessionControls } from './session-controls.tsx';

const MOST = 5;

/** Sessions that run a strategy, ran it, or are to run it, with their deeds. */
export function AtWork({ strategy }: { readonly strategy: string }) {
  const view = useSessions();
  const deployments = useStream('deployment ls', { follow: true });
  const kept = deployments.phase === 'there' ? deployments.data.deployments : [];
  const own = (sessions: readonly SessionLine[]): readonly SessionLine[] =>
    sessions.filter((each) => each.strategy === strategy);
  const coming = (sessions: readonly SessionLine[]): readonly Kept[] =>
    kept.filter((each) => each.strategy === strategy && !sessions.some(({ session }) => session === each.session));
  return (
    <Panel title="At work" isOfNow>
      <Shown
        view={view}
        isEmpty={({ sessions }) => own(sessions).length + coming(sessions).length === 0}
        empty={
          <>
            No session runs it.{' '}
            <a href="#start-session" className="text-accent underline">
              Start one
            </a>{' '}
            with play money.
          </>
        }
      >
        {({ sessions }) => (
          <ul className="space-y-2">
            {coming(sessions).map((each) => (
              <li key={each.session} className="rounded-md border p-2">
                <p className="flex flex-wrap items-center gap-2">
                  <strong className="min-w-0 truncate font-semibold">{each.session}</strong>
                  <Badge tone={each.problem === null ? 'accent' : 'bad'}>
                    {each.problem === null ? 'begins' : 'does not run'}
                  </Badge>
                </p>
                <KeptInVain kept={each} />
              </li>
            ))}
            {shownOf(own(sessions), kept).map((session) => (
              <SessionCard
                key={session.session}
                session={session}
                kept={kept.find((each) => each.session === session.session)}
              />
            ))}
          </ul>
        )}
      </Shown>
    </Panel>
  );
}

/** The newest, and however old those that run or are to. */
function shownOf(sessions: readonly SessionLine[], kept: readonly Kept[]): readonly SessionLine[] {
  const newest = sessions.toReversed();
  return newest.filter(
    ({ session, running }, k) => k < MOST || running || kept.some((each) => each.session === session),
  );
}

function SessionCard({ session, kept }: { readonly session: SessionLine; readonly kept: Kept | undefined }) {
  const { setSession } = useMoment();
  const { clock } = useAppearance();
  const { session: name, running, profit, currency, venue, symbols, timeframe, fills, time } = session;
  // Who tries to begin it runs it for that long.
  const isStuck = kept !== undefined && kept.problem !== null;
  return (
    <li aria-label={name} className="rounded-md border p-2">
      <p className="flex flex-wrap items-center gap-2">
        <button
          type="button"
          className="min-w-0 truncate font-semibold hover:underline"
          onClick={() => setSession(name)}
        >
          {name}
        </button>
        {isStuck ? <Badge tone="bad">does not run</Badge> : <StandingBadge session={session} />}
        {kept === undefined ? null : <Badge>kept by servers</Badge>}
        <span className="ml-auto">
          <Change value={profit}>{money(profit, { isSigned: true })}</Change>{' '}
          <span className="text-xs text-soft">{currency}</span>
        </span>
      </p>
      <p className="text-sm text-soft">
        {venue} · {symbols.join(', ')} · {timeframe} · {fills} {fills === 1 ? 'fill' : 'fills'} ·{' '}
        <span className="figure">market at {time === null ? '–' : timeText(time, clock)}</span>
      </p>
      {kept !== undefined && (isStuck || !running) ? (
        <KeptInVain kept={kept} />
      ) : running ? (
        <SessionControls session={name} />
      ) : null}
    </li>
  );
}
