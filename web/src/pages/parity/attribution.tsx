import type { OutputOf } from '../../../../src/api/client/client.ts';
import { money } from '../../format/numerals.ts';
import { Change } from '../../parts/figure.tsx';
import { Panel } from '../../parts/panel.tsx';

/** The gap in profit, split into causes that add up to it. */
export function Attribution({
  certificate: { causes, profit, currency },
}: {
  readonly certificate: OutputOf<'parity'>;
}) {
  const most = Math.max(...causes.map(({ amount }) => Math.abs(Number(amount))), Number.EPSILON);
  return (
    <Panel title="Where the gap comes from" unit={currency}>
      <dl className="space-y-2">
        {causes.map(({ cause, amount }) => {
          const value = Number(amount);
          const share = (Math.abs(value) / most) * 50;
          return (
            <div key={cause} className="grid grid-cols-[7rem_1fr_6rem] items-center gap-2">
              <dt>{cause}</dt>
              <dd aria-hidden="true" className="relative h-3 rounded bg-raised">
                <span className="absolute inset-y-0 left-1/2 w-px bg-edge" />
                <span
                  className={`absolute inset-y-0 ${value < 0 ? 'bg-down' : 'bg-up'}`}
                  style={value < 0 ? { right: '50%', width: `${share}%` } : { left: '50%', width: `${share}%` }}
                />
              </dd>
              <dd className="text-right">
                <Change value={value} hasArrow={false}>
                  {money(amount, { isSigned: true })}
                </Change>
              </dd>
            </div>
          );
        })}
        <div className="grid grid-cols-[7rem_1fr_6rem] gap-2 border-t pt-2 font-semibold">
          <dt>gap</dt>
          <dd />
          <dd className="text-right">
            <Change value={profit.gap} hasArrow={false}>
              {money(profit.gap, { isSigned: true })}
            </Change>
          </dd>
        </div>
      </dl>
    </Panel>
  );
}
