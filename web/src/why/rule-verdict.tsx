import type { OutputOf } from '../../../src/api/client/client.ts';
import { price, quantity, shortMoney } from '../format/numerals.ts';

export type RuleLine = NonNullable<OutputOf<'why'>['rules']>[number];

/** What one rule of risk said of an order, with its numbers: used, after the order, allowed. */
export function RuleVerdict({
  rule: { rule, passed, refusal, unit, used, limit, after },
}: {
  readonly rule: RuleLine;
}) {
  // A flag is up or not, and where nothing is allowed there is nothing to fill: that is said by the mark.
  const hasFigures = limit !== null && limit > 0 && unit !== 'flag' && unit !== 'state';
  const write = unit === 'account currency' ? shortMoney : unit === 'price' ? price : quantity;
  const share = hasFigures && after !== null && unit !== 'price' ? Math.min(1, after / limit) : null;
  return (
    <li className="flex gap-2 text-sm">
      <span className={passed ? 'text-good' : 'text-bad'}>
        <span aria-hidden="true">{passed ? '✓' : '✗'}</span>
        <span className="sr-only">{passed ? 'passed' : 'refused'}</span>
      </span>
      <span className="min-w-0 flex-1">
        <span className="flex flex-wrap justify-between gap-x-2">
          <span>{rule}</span>
          {hasFigures ? (
            <span className="figure text-right text-soft" title={unit}>
              {used === null ? '' : `${write(used)} → `}
              {after === null ? '' : write(after)} of {write(limit)}
            </span>
          ) : null}
        </span>
        {passed || refusal === '' ? null : <span className="block text-bad">{refusal}</span>}
        {share === null ? null : (
          <span aria-hidden="true" className="mt-0.5 block h-1 overflow-hidden rounded-full bg-raised">
            <span
              className={`block h-full ${share >= 1 ? 'bg-bad' : share >= 0.8 ? 'bg-warn' : 'bg-accent'}`}
              style={{ width: `${Math.max(0, share) * 100}%` }}
            />
          </span>
        )}
      </span>
    </li>
  );
}
