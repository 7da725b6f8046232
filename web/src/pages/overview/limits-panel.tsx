import { Link } from '@tanstack/react-router';
import { useCurrentSession } from '../../desk/current-session.ts';
import { useStream } from '../../desk/use-view.ts';
import { count, shortMoney } from '../../format/numerals.ts';
import { Gauge } from '../../parts/gauge.tsx';
import { Panel, Shown } from '../../parts/panel.tsx';

const NAMES: Readonly<Record<string, string>> = {
  grossExposurePct: 'Gross exposure',
  netExposurePct: 'Net exposure',
  dailyLossPct: 'Loss of the day',
  drawdownPct: 'Drawdown',
  accountOpenOrders: 'Open orders',
};

/** The limits that fill up. */
export function LimitsPanel() {
  const current = useCurrentSession();
  const view = useStream(current === null ? null : 'limits show', { session: current?.session ?? '', follow: true });
  return (
    <Panel
      title="Limits"
      actions={
        <Link to="/risk" className="text-sm text-accent underline">
          all of them
        </Link>
      }
    >
      <Shown view={view} lines={5}>
        {({ usage }) => (
          <div className="space-y-3">
            {usage.map(({ limit, unit, used, allowed }) => (
              <Gauge
                key={limit}
                name={NAMES[limit] ?? limit}
                used={used}
                allowed={allowed}
                text={
                  unit === 'orders'
                    ? `${count(used)} of ${count(allowed)}`
                    : `${shortMoney(used)} of ${shortMoney(allowed)}`
                }
              />
            ))}
          </div>
        )}
      </Shown>
    </Panel>
  );
}
