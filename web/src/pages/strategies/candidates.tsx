import type { OutputOf } from '../../../../src/api/client/client.ts';
import { useAnswer } from '../../desk/use-view.ts';
import { timeText } from '../../format/times.ts';
import { textOf } from '../../format/words.ts';
import { Badge } from '../../parts/badge.tsx';
import { OperationForm } from '../../parts/operation-form.tsx';
import { Panel, Shown } from '../../parts/panel.tsx';
import { useAppearance } from '../../theme/appearance.ts';

type Candidate = OutputOf<'strategy show'>['candidates'][number];

const STAGES = ['research', 'testnet', 'paper', 'live'] as const;

/** How far a strategy has come, each of its versions and sets of parameters by itself, and what is missing for the next step. */
export function Candidates({ strategy }: { readonly strategy: string }) {
  const view = useAnswer('strategy show', { id: strategy });
  const isUnknown = view.phase === 'problem' && view.problem.status === 404;
  return (
    <Panel title="Promotion" className="xl:col-span-2">
      {isUnknown ? (
        <p className="text-soft">Not registered yet: a backtest on real data or a session does that by itself.</p>
      ) : (
        <Shown
          view={view}
          again={view.again}
          isEmpty={({ candidates }) => candidates.length === 0}
          empty="Nothing is known of it yet."
        >
          {({ candidates }) => (
            <ul className="space-y-3">
              {candidates.map((candidate) => (
                <CandidateCard
                  key={`${candidate.code} ${JSON.stringify(candidate.params)}`}
                  strategy={strategy}
                  candidate={candidate}
                  again={view.again}
                />
              ))}
            </ul>
          )}
        </Shown>
      )}
    </Panel>
  );
}

function CandidateCard({
  strategy,
  candidate,
  again,
}: {
  readonly strategy: string;
  readonly candidate: Candidate;
  readonly again: () => void;
}) {
  const { code, params, stage, since, next, evidence, breaches } = candidate;
  const { clock } = useAppearance();
  const words = Object.entries(params).map(([name, value]) => `${name}=${textOf(value)}`);
  const given = { id: strategy, code: code.slice(0, 12), param: params };
  return (
    <li className="rounded-md border p-3">
      <ol aria-label="Stages" className="mb-2 flex flex-wrap items-center gap-1 text-sm">
        {STAGES.map((each) => (
          <li key={each} aria-current={each === stage ? 'step' : undefined} className="flex items-center gap-1">
            {each === 'research' ? null : (
              <span aria-hidden="true" className="text-soft">
                →
              </span>
            )}
            <Badge tone={each === stage ? 'accent' : 'plain'}>{each}</Badge>
          </li>
        ))}
        <li className="ml-2 text-soft">since {timeText(since, clock, 'minute')}</li>
      </ol>
      <p className="text-sm text-soft">
        <code>{code.slice(0, 12)}</code> · {words.length === 0 ? 'default parameters' : words.join(', ')}
      </p>
      {next === null ? null : (
        <details className="mt-2" open={next.missing.length > 0 && next.missing.length < 6}>
          <summary className="font-medium">
            {next.missing.length === 0
              ? `Nothing is missing for ${next.stage}`
              : `${next.missing.length} missing for ${next.stage}`}
          </summary>
          <ul className="mt-1 space-y-1 text-sm">
            {next.missing.map(({ what, found, expected }) => (
              <li key={what}>
                <span className="text-warn">✗</span> {what}: found {found}, expected {expected}
              </li>
            ))}
          </ul>
          <div className="mt-3 grid gap-4 sm:grid-cols-2">
            <OperationForm
              name="strategy approve"
              fields={['reason', 'by']}
              given={given}
              submit={`Approve for ${next.stage}`}
              done={({ approved, by }) => `${strategy}: ${by} approved ${approved}.`}
              onDone={again}
            />
            <OperationForm
              name="strategy promote"
              fields={['reason']}
              given={{ ...given, to: next.stage }}
              submit={`Promote to ${next.stage}`}
              done={({ to }) => `${strategy} is at ${to}.`}
              onDone={again}
            />
          </div>
        </details>
      )}
      {breaches.length === 0 ? null : (
        <details className="mt-2">
          <summary className="font-medium text-bad">{breaches.length} breaches</summary>
          <ul className="mt-1 text-sm">
            {breaches.map(({ kind, of, detail, time }) => (
              <li key={`${kind} ${time}`}>
                {timeText(time, clock, 'minute')} <Badge tone="bad">{kind}</Badge> {of}: {detail}
              </li>
            ))}
          </ul>
        </details>
      )}
      {evidence.length === 0 ? null : (
        <details className="mt-2">
          <summary className="font-medium">{evidence.length} pieces of evidence</summary>
          <ul className="mt-1 text-sm">
            {evidence.map(({ kind, of, about, passed, counts, time, source }) => (
              <li key={`${kind} ${of} ${time}`} className={counts ? '' : 'text-soft'}>
                <span className={passed ? 'text-good' : 'text-bad'}>{passed ? '✓' : '✗'}</span> {kind} of {of} {about}{' '}
                <span className="text-soft">
                  ({source}
                  {counts ? '' : '; does not count any more'})
                </span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </li>
  );
}
