import { type FormEvent, useState } from 'react';
import type { ProblemError } from '../../../../src/api/client/problem.ts';
import { useCurrentSession } from '../../desk/current-session.ts';
import { type DryRun, tryOut } from '../../desk/dry-run.ts';
import { problemOf } from '../../desk/streams.ts';
import { Button } from '../../parts/button.tsx';
import { Panel, Problem } from '../../parts/panel.tsx';
import { AllowedBadge } from '../../why/allowed-badge.tsx';
import { RuleVerdict } from '../../why/rule-verdict.tsx';

/** What every rule would say of an order that nobody sends. */
export function WhatIf() {
  const current = useCurrentSession();
  const [side, setSide] = useState<'buy' | 'sell'>('buy');
  const [notional, setNotional] = useState('1000');
  const [answer, setAnswer] = useState<DryRun | ProblemError | null>(null);
  const symbols = current?.symbols ?? [];
  const [chosen, setSymbol] = useState('');
  const symbol = symbols.includes(chosen) ? chosen : (symbols[0] ?? '');
  const ask = (event: FormEvent): void => {
    event.preventDefault();
    tryOut('order place', {
      side,
      symbol,
      notional,
      reason: 'what if',
      ...(current === null ? {} : { session: current.session }),
    }).then(setAnswer, (error: unknown) => setAnswer(problemOf(error)));
  };
  return (
    <Panel title="What if" isOfNow>
      <form className="grid grid-cols-2 gap-2" onSubmit={ask}>
        <label>
          <span className="text-xs text-soft">Side</span>
          <select className="control" value={side} onChange={(event) => setSide(event.target.value as typeof side)}>
            <option>buy</option>
            <option>sell</option>
          </select>
        </label>
        <label>
          <span className="text-xs text-soft">Symbol</span>
          <select className="control" value={symbol} onChange={(event) => setSymbol(event.target.value)}>
            {symbols.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
        <label>
          <span className="text-xs text-soft">Value in the quote currency</span>
          <input
            className="control"
            inputMode="decimal"
            value={notional}
            onChange={(event) => setNotional(event.target.value)}
          />
        </label>
        <div className="self-end">
          <Button type="submit" kind="main" disabled={symbol === '' || current?.running !== true} className="w-full">
            Ask risk
          </Button>
        </div>
      </form>
      <div aria-live="polite" className="mt-3">
        {answer === null ? (
          <p className="text-sm text-soft">Every rule answers with its numbers; nothing is sent.</p>
        ) : 'rules' in answer ? (
          <>
            <p className="mb-1">
              <AllowedBadge allowed={answer.allowed} /> {answer.refusal?.message ?? answer.would[0]}
            </p>
            <ul className="max-h-72 space-y-0.5 overflow-y-auto" tabIndex={0} aria-label="Rules">
              {answer.rules.map((rule) => (
                <RuleVerdict key={rule.rule} rule={rule} />
              ))}
            </ul>
          </>
        ) : (
          <Problem problem={answer} />
        )}
      </div>
    </Panel>
  );
}
