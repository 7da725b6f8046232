import { type ReactNode, useEffect } from 'react';
import type { OutputOf } from '../../../src/api/client/client.ts';
import { useCurrentSession } from '../desk/current-session.ts';
import { useAnswer } from '../desk/use-view.ts';
import { money, price, quantity } from '../format/numerals.ts';
import { timeText } from '../format/times.ts';
import { noteStep } from '../pages/overview/steps.ts';
import { Badge } from '../parts/badge.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Change, Side } from '../parts/figure.tsx';
import { Shown } from '../parts/panel.tsx';
import { useAppearance } from '../theme/appearance.ts';
import { RuleVerdict } from './rule-verdict.tsx';

type Why = OutputOf<'why'>;

/** What led to a fill, from the bar to the position. Null for the fill: closed. */
export function WhyDrawer({ fill, onClose }: { readonly fill: number | null; readonly onClose: () => void }) {
  const current = useCurrentSession();
  const view = useAnswer(
    fill === null || current === null ? null : 'why',
    { fill: String(fill), session: current?.session ?? '' },
    { staleMs: Number.POSITIVE_INFINITY },
  );
  const isThere = view.phase === 'there';
  useEffect(() => {
    if (fill !== null && isThere) noteStep('why');
  }, [fill, isThere]);
  return (
    <Dialog
      title={`Why of fill ${fill ?? ''}`}
      about="From the bar to the position, as the journal has it."
      isOpen={fill !== null}
      onClose={onClose}
      place="side"
    >
      <Shown view={view} lines={10} again={view.again}>
        {(why) => <Chain why={why} />}
      </Shown>
    </Dialog>
  );
}

function Chain({ why }: { readonly why: Why }) {
  const { input, indicators, signal, rules, order, reports, fill, position } = why;
  const { clock } = useAppearance();
  return (
    <ol className="space-y-3 border-l-2 border-accent/50 pl-4">
      <Link name="Market">
        {input === null ? (
          <p>The venue did it by itself, as in a liquidation.</p>
        ) : (
          <>
            {input.bars.map((bar) => (
              <p key={`${bar.symbol} ${bar.timeframe}`} className="figure">
                {bar.symbol} {bar.timeframe} of {timeText(bar.opened, clock)}: open {price(bar.open)}, high{' '}
                {price(bar.high)}, low {price(bar.low)}, close <strong>{price(bar.close)}</strong>
              </p>
            ))}
            {input.trade === null ? null : (
              <p className="figure">
                Trade {price(input.trade.price)} × {quantity(input.trade.quantity)}
              </p>
            )}
            {input.command === null ? null : (
              <p>
                Command {input.command.type}: {input.command.reason}
                {input.command.source === undefined ? null : (
                  <span className="figure">
                    {' '}
                    {input.command.source} {JSON.stringify(input.command.value)}
                  </span>
                )}
              </p>
            )}
            <p className="text-xs text-soft">record {input.record} of the journal</p>
          </>
        )}
      </Link>
      {indicators.length === 0 ? null : (
        <Link name="Indicators">
          <dl className="grid grid-cols-[1fr_auto] gap-x-3">
            {indicators.map(({ name, value }) => (
              <div key={name} className="contents">
                <dt className="truncate text-soft">{name}</dt>
                <dd className="figure text-right">{value === null ? 'warming up' : price(value)}</dd>
              </div>
            ))}
          </dl>
        </Link>
      )}
      {signal === null ? null : (
        <Link name="Signal">
          <p>{signal.text}</p>
        </Link>
      )}
      {rules === null ? null : (
        <Link name={`Risk: ${rules.length} rules`}>
          <ul className="space-y-0.5">
            {rules.map((rule) => (
              <RuleVerdict key={rule.rule} rule={rule} />
            ))}
          </ul>
        </Link>
      )}
      <Link name="Order">
        <p>
          <Side side={order.side} /> {order.type} {quantity(order.quantity)} {order.instrument}{' '}
          <Badge>{order.status}</Badge>
        </p>
        <p className="text-sm text-soft">{order.why}</p>
        <p className="font-mono text-xs text-soft">{order.order}</p>
      </Link>
      <Link name="Reports of the venue">
        <ul className="text-sm">
          {reports.map(({ seq, time, type, text }) => (
            <li key={seq}>
              <span className="figure text-soft">{timeText(time, clock, 'time')}</span> {type}{' '}
              <span className="text-soft">{text}</span>
            </li>
          ))}
        </ul>
      </Link>
      <Link name="Fill">
        <p className="figure">
          <Side side={fill.side} /> {quantity(fill.quantity)} at <strong>{price(fill.price)}</strong>, fee{' '}
          {money(fill.fee)}, profit <Change value={fill.profit}>{money(fill.profit, { isSigned: true })}</Change>
        </p>
      </Link>
      {position === null ? null : (
        <Link name="Position">
          <p>{position.text}</p>
        </Link>
      )}
    </ol>
  );
}

function Link({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <li>
      <h3 className="text-xs font-semibold tracking-wide text-accent uppercase">{name}</h3>
      {children}
    </li>
  );
}
