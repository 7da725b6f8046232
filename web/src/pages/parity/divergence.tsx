import type { OutputOf } from '../../../../src/api/client/client.ts';
import { money, quantity } from '../../format/numerals.ts';
import { timeText } from '../../format/times.ts';
import { Badge } from '../../parts/badge.tsx';
import { Panel } from '../../parts/panel.tsx';
import { useAppearance } from '../../theme/appearance.ts';

type Found = NonNullable<OutputOf<'parity'>['divergence']>;

/** The first decision that differs, with both sides as they stood then. */
export function Divergence({ certificate: { divergence } }: { readonly certificate: OutputOf<'parity'> }) {
  const { clock } = useAppearance();
  return (
    <Panel title="First difference">
      {divergence === null ? (
        <p className="text-good">✓ Every decision is the same.</p>
      ) : (
        <div className="space-y-3">
          <p>
            <Badge tone="bad">{divergence.what}</Badge> after {divergence.after} decisions that are the same, at{' '}
            {timeText(divergence.time, clock)}; cause: <strong>{divergence.cause}</strong>
          </p>
          <div className="grid gap-3 sm:grid-cols-2">
            <SideOf name="Expected" decision={divergence.expected} state={divergence.states.expected} />
            <SideOf name="Recorded" decision={divergence.recorded} state={divergence.states.recorded} />
          </div>
        </div>
      )}
    </Panel>
  );
}

function SideOf({
  name,
  decision,
  state,
}: {
  readonly name: string;
  readonly decision: Found['expected'];
  readonly state: Found['states']['expected'];
}) {
  return (
    <section aria-label={name} className="rounded-md border p-2 text-sm">
      <h3 className="font-semibold">{name}</h3>
      {decision === null ? (
        <p className="text-soft">no decision</p>
      ) : (
        <p>
          {decision.action} {decision.side} {quantity(decision.quantity)} {decision.instrument}
          {decision.refused === null ? '' : `, refused: ${decision.refused}`}{' '}
          <span className="block text-soft">{decision.why}</span>
        </p>
      )}
      <dl className="mt-1 grid grid-cols-[1fr_auto] gap-x-3">
        <dt className="text-soft">equity</dt>
        <dd className="figure text-right">{money(state.equity)}</dd>
        {state.positions.map(({ instrument, quantity: held }) => (
          <div key={instrument} className="contents">
            <dt className="text-soft">{instrument}</dt>
            <dd className="figure text-right">{quantity(held, { isSigned: true })}</dd>
          </div>
        ))}
        {state.indicators.map(({ name: indicator, value }) => (
          <div key={indicator} className="contents">
            <dt className="truncate text-soft">{indicator}</dt>
            <dd className="figure text-right">{value === null ? 'warming up' : value.toPrecision(8)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
