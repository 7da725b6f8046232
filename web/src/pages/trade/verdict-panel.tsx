import { LoaderCircle } from 'lucide-react';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { fieldOf } from '../../parts/field.tsx';
import { Panel, Problem } from '../../parts/panel.tsx';
import { Would } from '../../parts/would.tsx';
import { AllowedBadge } from '../../why/allowed-badge.tsx';
import { RuleVerdict } from '../../why/rule-verdict.tsx';
import { FIELDS } from './ticket-form.tsx';
import type { Verdict } from './use-dry-run.ts';

/** What risk says of the order before it is sent, every rule with its figures. */
export function VerdictPanel({
  verdict: { answer, problem, isCurrent, isAsking, again },
  missing,
}: {
  readonly verdict: Verdict;
  readonly missing: readonly string[];
}) {
  const refused = answer?.rules.filter(({ passed }) => !passed) ?? [];
  const counted =
    answer?.rules.filter(({ passed, limit, unit }) => passed && limit !== null && limit > 0 && !isFlag(unit)) ?? [];
  const others = answer?.rules.filter((rule) => !refused.includes(rule) && !counted.includes(rule)) ?? [];
  const isAtField = FIELDS.includes(fieldOf(problem));
  return (
    <Panel
      title="Risk verdict"
      unit="before it is sent"
      actions={
        <>
          {!isAsking || missing.length > 0 ? null : (
            <span className="flex items-center gap-1 text-xs text-soft">
              <LoaderCircle aria-hidden="true" className="size-3.5 animate-spin" /> asking
            </span>
          )}
          <Button size="small" disabled={missing.length > 0} onClick={again}>
            Ask again
          </Button>
        </>
      }
    >
      <div aria-live="polite" aria-busy={!isCurrent}>
        {missing.length > 0 ? (
          <p className="text-soft">
            Every rule is shown here with its figures once the ticket has {missing.join(' and ')}.
          </p>
        ) : problem !== null ? (
          isAtField ? (
            <p className="text-bad">{problem.message}</p>
          ) : (
            <Problem problem={problem} again={again} />
          )
        ) : answer === null ? (
          <p className="text-soft">Asking risk …</p>
        ) : (
          <div className={`space-y-3 ${isCurrent ? '' : 'opacity-60'}`}>
            <p className="flex flex-wrap items-center gap-2">
              {isCurrent ? <AllowedBadge allowed={answer.allowed} /> : <Badge>asking</Badge>}
              <span>
                {refused.length > 0
                  ? `${refused.length} of ${answer.rules.length} rules refuse it`
                  : answer.rules.length > 0
                    ? `${answer.rules.length} rules passed`
                    : 'no rule was asked'}
              </span>
            </p>
            {answer.refusal === null || !isCurrent ? null : <p className="text-bad">{answer.refusal.message}</p>}
            <Would sentences={answer.would} />
            <ul className="space-y-1.5" aria-label="Rules">
              {[...refused, ...counted].map((rule) => (
                <RuleVerdict key={rule.rule} rule={rule} />
              ))}
            </ul>
            {others.length === 0 ? null : (
              <details>
                <summary className="text-sm text-soft">{others.length} rules without a limit to fill</summary>
                <ul className="mt-1 grid gap-x-4 sm:grid-cols-2">
                  {others.map((rule) => (
                    <RuleVerdict key={rule.rule} rule={rule} />
                  ))}
                </ul>
              </details>
            )}
          </div>
        )}
      </div>
    </Panel>
  );
}

/** What risk says of the order that is written, and of no other, in a line. */
export function VerdictOf({ verdict: { answer, problem, isCurrent } }: { readonly verdict: Verdict }) {
  if (!isCurrent)
    return (
      <p role="status" className="text-soft">
        Asking risk …
      </p>
    );
  const why = problem?.message ?? answer?.refusal?.message;
  return (
    <div role="status" className="space-y-1">
      <p className="flex flex-wrap items-center gap-2">
        {answer === null || problem !== null ? null : <AllowedBadge allowed={answer.allowed} />}
        <span className={why === undefined ? '' : 'text-bad'}>{why ?? 'as things stand'}</span>
      </p>
      {answer === null || problem !== null ? null : <Would sentences={answer.would} />}
    </div>
  );
}

const isFlag = (unit: string): boolean => unit === 'flag' || unit === 'state' || unit === 'ms';
