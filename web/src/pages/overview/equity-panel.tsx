import { useMemo } from 'react';
import type { UpdateOf } from '../../../../src/api/client/client.ts';
import { useCurrentSession } from '../../desk/current-session.ts';
import { useMoment } from '../../desk/moment.ts';
import { useAnswer, useFolded } from '../../desk/use-view.ts';
import { percent, shortMoney } from '../../format/numerals.ts';
import { Panel, Shown } from '../../parts/panel.tsx';
import { TimeChart } from '../../parts/time-chart.tsx';
import { OfSession } from './no-session.tsx';

const POINTS = 2_000;

type Equity = UpdateOf<'equity'>;

function appended(known: Equity | null, update: Equity): Equity {
  if (known === null) return update;
  const points = [...known.points, ...update.points];
  const left = points.splice(0, points.length - POINTS);
  return { ...update, peak: left.reduce((peak, { equity }) => Math.max(peak, equity), known.peak), points };
}

/** Equity, and how far below its peak it stands. */
export function EquityPanel() {
  const current = useCurrentSession();
  const { at } = useMoment();
  const session = current?.session ?? '';
  const now = useFolded(
    current === null || at !== null ? null : 'equity',
    { session, limit: POINTS, follow: true },
    appended,
    'appended',
  );
  const then = useAnswer(current === null || at === null ? null : 'equity', {
    session,
    limit: POINTS,
    ...(at === null ? {} : { to: at }),
  });
  const view = at === null ? now : then;
  const told = view.phase === 'there' ? view.data : null;
  const drawn = useMemo(() => (told === null ? null : linesOf(told)), [told]);
  return (
    <Panel
      title="Equity and drawdown"
      className="xl:col-span-2"
      {...(view.phase === 'there' ? { unit: view.data.currency } : {})}
    >
      <OfSession missing="Here is drawn the equity of a session, and how far below its peak it stands.">
        <Shown
          view={view}
          lines={8}
          isEmpty={({ points: all }) => all.length < 2}
          empty="The line begins with the second bar."
        >
          {() => (
            <>
              <TimeChart
                timesS={drawn!.timesS}
                series={drawn!.equity}
                height={190}
                format={shortMoney}
                label={`Equity, last ${shortMoney(drawn!.last)}`}
                cursorGroup="equity"
              />
              <TimeChart
                timesS={drawn!.timesS}
                series={drawn!.drawdown}
                height={90}
                format={(value) => percent(value)}
                label={`Drawdown, now ${percent(drawn!.drawdownNow)}`}
                cursorGroup="equity"
              />
            </>
          )}
        </Shown>
      </OfSession>
    </Panel>
  );
}

/** Drawdown is from the highest equity of the whole session, also where that was before what is drawn. */
function linesOf({ points, peak: before }: Pick<Equity, 'points' | 'peak'>) {
  let peak = before;
  const below = points.map(({ equity }) => {
    peak = Math.max(peak, equity);
    return equity / peak - 1;
  });
  const values = points.map(({ equity }) => equity);
  return {
    timesS: points.map(({ time }) => Date.parse(time) / 1000),
    equity: [{ name: 'Equity', token: 'accent', values, isFilled: false }],
    drawdown: [{ name: 'Drawdown', token: 'down', values: below, isFilled: true }],
    last: values.at(-1) ?? 0,
    drawdownNow: below.at(-1) ?? 0,
  };
}
