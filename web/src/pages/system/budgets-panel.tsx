import { count } from '../../format/numerals.ts';
import { duration } from '../../format/times.ts';
import { Badge } from '../../parts/badge.tsx';
import { Gauge } from '../../parts/gauge.tsx';
import { Panel, Shown } from '../../parts/panel.tsx';
import { type Budget, budgetsOf, parseSamples } from './metrics.ts';
import { EVERY_MS, useMetrics } from './use-fetched.ts';

/** Limits of requests that venues publish, and how far sessions have used them. */
export function BudgetsPanel() {
  const view = useMetrics();
  return (
    <Panel title="Request limits of venues" isOfNow>
      <Shown
        view={view}
        again={view.again}
        lines={4}
        expectedMs={EVERY_MS}
        isEmpty={(text) => budgetsOf(parseSamples(text)).length === 0}
        empty={<p>No session that runs asks a venue that publishes limits.</p>}
      >
        {(text) => (
          <ul className="space-y-2" aria-label="Request limits of venues">
            {budgetsOf(parseSamples(text)).map((budget) => (
              <BudgetLine key={Object.values(budget.of).join(' ')} budget={budget} />
            ))}
          </ul>
        )}
      </Shown>
    </Panel>
  );
}

function BudgetLine({ budget: { of, limit, used, blockedSeconds } }: { readonly budget: Budget }) {
  const { session, venue, environment, meter, windowSeconds } = of;
  const where = environment === 'live' ? venue : `${venue} ${environment}`;
  const name = `${meter} in ${duration(Number(windowSeconds) * 1000)}, ${where}, ${session}`;
  const text = `${used === null ? 'shared' : count(used)} of ${count(limit)}`;
  return (
    <li>
      <Gauge name={name} used={used} allowed={limit} text={text} />
      {blockedSeconds > 0 ? (
        <p className="mt-1">
          <Badge tone="bad">{`the venue wants no requests for ${duration(blockedSeconds * 1000)}`}</Badge>
        </p>
      ) : null}
    </li>
  );
}
