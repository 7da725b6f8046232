import { count } from '../../format/numerals.ts';
import { duration } from '../../format/times.ts';
import { Badge } from '../../parts/badge.tsx';
import { Gauge } from '../../parts/gauge.tsx';
import { type Budget, budgetsOf } from './metrics.ts';
import { MetricsPanel } from './metrics-panel.tsx';

const TITLE = 'Request limits of venues';

/** Limits of requests that venues publish, and how far sessions have used them. */
export function BudgetsPanel() {
  return (
    <MetricsPanel title={TITLE} of={budgetsOf} empty="No session that runs asks a venue that publishes limits.">
      {(budgets) => (
        <ul className="space-y-2" aria-label={TITLE}>
          {budgets.map((budget) => (
            <BudgetLine key={Object.values(budget.of).join(' ')} budget={budget} />
          ))}
        </ul>
      )}
    </MetricsPanel>
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
