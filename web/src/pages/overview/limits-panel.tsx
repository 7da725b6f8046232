import { Link } from '@tanstack/react-router';
import type { UpdateOf } from '../../../../src/api/client/client.ts';
import { useCurrentSession } from '../../desk/current-session.ts';
import { useStream } from '../../desk/use-view.ts';
import { quantity, shortMoney } from '../../format/numerals.ts';
import { Gauge } from '../../parts/gauge.tsx';
import { Panel, Shown } from '../../parts/panel.tsx';
import { OfSession } from './no-session.tsx';

const NAMES: Readonly<Record<string, string>> = {
  grossExposurePct: 'Gross exposure',
  netExposurePct: 'Net exposure',
  dailyLossPct: 'Loss of the day',
  drawdownPct: 'Drawdown',
  accountOpenOrders: 'Open orders',
};

type Usage = UpdateOf<'limits show'>['usage'][number];

/** An amount of what a limit counts: money, orders, times of the equity. */
export function inUnit(value: number | null, unit: string): string {
  if (unit === 'account currency') return shortMoney(value);
  return quantity(value === null ? null : Math.round(value * 100) / 100);
}

/** Used and allowed in the limit's own unit. */
export function usageText({ unit, used, allowed }: Usage): string {
  return `${inUnit(used, unit)} of ${allowed === null ? 'no limit' : inUnit(allowed, unit)}`;
}

/** The limits of the account that fill up. */
export function LimitsPanel({ isLinked = true }: { readonly isLinked?: boolean }) {
  const current = useCurrentSession();
  const view = useStream(current === null ? null : 'limits show', { session: current?.session ?? '', follow: true });
  return (
    <Panel
      title="Limits"
      isOfNow
      {...(view.phase === 'there' ? { unit: view.data.currency } : {})}
      actions={
        isLinked ? (
          <Link to="/risk" className="text-sm text-accent underline">
            all of them
          </Link>
        ) : null
      }
    >
      <OfSession missing="Here stands how far the limits of a session are used.">
        <Shown view={view} lines={5}>
          {({ usage }) => (
            <div className="space-y-3">
              {Object.entries(NAMES).map(([limit, name]) => {
                const line = usage.find((each) => each.limit === limit && each.of === 'account');
                return line === undefined ? null : (
                  <Gauge key={limit} name={name} used={line.used} allowed={line.allowed} text={usageText(line)} />
                );
              })}
            </div>
          )}
        </Shown>
      </OfSession>
    </Panel>
  );
}
