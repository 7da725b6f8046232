import type { OutputOf } from '../../../src/api/client/client.ts';
import { shortMoney } from '../format/numerals.ts';

export type RuleLine = NonNullable<OutputOf<'why'>['rules']>[number];

/** What one rule of risk said of an order, with its numbers: used, after the order, allowed. */
export function RuleVerdict({
  rule: { rule, passed, refusal, unit, used, limit, after },
}: {
  readonly rule: RuleLine;
}) {
  return (
    <li className="flex gap-2 text-sm">
      <span className={passed ? 'text-good' : 'text-bad'}>
        <span aria-hidden="true">{passed ? '✓' : '✗'}</span>
        <span className="sr-only">{passed ? 'passed' : 'refused'}</span>
      </span>
      <span className="min-w-0 flex-1">
        {rule}
        {passed || refusal === '' ? null : <span className="block text-bad">{refusal}</span>}
      </span>
      {limit === null ? null : (
        <span className="figure text-right text-soft" title={unit}>
          {used === null ? '' : `${shortMoney(used)} → `}
          {after === null ? '' : shortMoney(after)} of {shortMoney(limit)}
        </span>
      )}
    </li>
  );
}
