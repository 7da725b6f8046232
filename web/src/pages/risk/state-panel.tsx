import { type SessionLine, useCurrentSession, useSessions } from '../../desk/current-session.ts';
import { standingOf } from '../../desk/standing.ts';
import { timeText } from '../../format/times.ts';
import { Badge } from '../../parts/badge.tsx';
import { Panel, Shown } from '../../parts/panel.tsx';
import { useAppearance } from '../../theme/appearance.ts';
import { RearmForm } from './rearm-form.tsx';

const COLORS = { good: 'text-good', warn: 'text-warn', bad: 'text-bad', plain: '', accent: '', violet: '' } as const;

interface Place {
  readonly scope: string;
  readonly target: string;
}

const placeOf = ({ scope, target }: Place): string =>
  scope === 'system' || target === '' ? scope : `${scope} ${target}`;

/** The trading state, large and in words, with everything that makes it and the way to lift it. */
export function StatePanel() {
  const view = useSessions();
  const current = useCurrentSession();
  const { clock } = useAppearance();
  return (
    <Panel title="Trading state" isOfNow className="xl:col-span-2">
      <Shown view={view} isEmpty={({ sessions }) => sessions.length === 0} empty="No session, so nothing trades.">
        {({ latches }) => (
          <div className="space-y-3">
            {current === null ? (
              <p className="text-soft">No session is looked at: choose one at the top.</p>
            ) : (
              <Headline session={current} />
            )}
            {latches.length === 0 ? (
              <p className="text-soft">
                No kill holds anything. The switch is at the top left of every page; hold K opens it.
              </p>
            ) : (
              <ul className="space-y-3" aria-label="Kills">
                {latches.map((latch) => (
                  <li key={`${latch.scope} ${latch.target}`} className="rounded-md border border-bad/60 p-3">
                    <p className="flex flex-wrap items-center gap-2">
                      <Badge tone="bad">{latch.level}</Badge>
                      <strong>{placeOf(latch)}</strong>
                      <span className="text-soft">
                        since {timeText(latch.time, clock)} by {latch.actor}: {latch.reason}
                      </span>
                    </p>
                    <RearmForm place={latch} />
                  </li>
                ))}
              </ul>
            )}
            {current === null ? null : <Held held={heldBeside(current, latches)} isRunning={current.running} />}
          </div>
        )}
      </Shown>
    </Panel>
  );
}

function Headline({ session }: { readonly session: SessionLine }) {
  const { name, tone, why } = standingOf(session);
  const { failure, paused, problem } = session;
  return (
    <div>
      <p className={`text-3xl font-bold ${COLORS[tone]}`}>
        {name}
        <span className="ml-3 text-base font-normal text-soft">session {session.session}</span>
      </p>
      {why === '' ? null : <p className="break-words">{why}</p>}
      {failure === null || failure === why ? null : <p className="text-bad">The strategy failed: {failure}</p>}
      {paused.length === 0 ? null : (
        <p className="text-soft">Not running: {paused.join(', ')}. Resume stands on the page Strategies.</p>
      )}
      {problem === null || problem === why ? null : <p className="text-bad">{problem}</p>}
    </div>
  );
}

/** What holds it back beside the latches that are shown: limits that were reached, faults. */
function heldBeside({ held }: SessionLine, latches: readonly Place[]): SessionLine['held'] {
  const isLatched = ({ scope, target }: Place): boolean =>
    latches.some((latch) => latch.scope === scope && (scope === 'system' || latch.target === target));
  return held.filter((each) => !isLatched(each) && each.causes.some((cause) => cause !== 'kill'));
}

function Held({ held, isRunning }: { readonly held: SessionLine['held']; readonly isRunning: boolean }) {
  if (held.length === 0) return null;
  return (
    <ul className="space-y-3" aria-label="Limits and faults">
      {held.map((each) => (
        <li key={placeOf(each)} className="rounded-md border border-bad/60 p-3">
          <p className="flex flex-wrap items-center gap-2">
            <Badge tone="bad">{each.state}</Badge>
            <strong>{placeOf(each)}</strong>
            <span className="text-soft">by {each.causes.join(', ')}</span>
          </p>
          {isRunning ? <RearmForm place={each} /> : null}
        </li>
      ))}
    </ul>
  );
}
