import { type ReactNode, useState } from 'react';
import { useMoment } from '../../desk/moment.ts';
import { useCommand } from '../../desk/use-command.ts';
import { count, quantity } from '../../format/numerals.ts';
import { timeText } from '../../format/times.ts';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { HoldButton } from '../../parts/hold-button.tsx';
import { Problem } from '../../parts/panel.tsx';
import { useAppearance } from '../../theme/appearance.ts';
import { ChooseModel, type Provider, ReplaceKey } from './provider-forms.tsx';

type Seen = NonNullable<Provider['seen']>;

const STATES: Readonly<Record<Seen['outcome'], string>> = {
  ready: '✓ answers',
  'key-refused': 'key refused',
  limited: 'answers nothing for now',
  unavailable: 'no answer',
  'address-refused': 'not connected to',
  unfit: 'no such provider there',
};

interface ProviderCardProps {
  readonly provider: Provider;
  /** Whether whoever sits there may use keys. */
  readonly isAdmin: boolean;
  readonly again: () => void;
}

/** A provider without its key: where it is, what was seen of it and when, its model, and a test. */
export function ProviderCard({ provider, isAdmin, again }: ProviderCardProps) {
  const { label, kind, does, url, model, modelListed, hasKey, created, keyChanged, seen } = provider;
  const { clock } = useAppearance();
  const { at } = useMoment();
  const isDisabled = at !== null || !isAdmin;
  const remove = useCommand('provider rm', {
    done: () => `Provider ${label} is gone, and its key with it. Delete the key at the provider, too.`,
  });
  return (
    <li aria-label={`${label}, ${kind}`} className="space-y-2 rounded-md border p-3">
      <p className="flex flex-wrap items-center gap-2">
        <strong>{label}</strong> <span className="text-soft">{kind}</span>
        <Badge tone={does === 'search' ? 'violet' : 'accent'}>{does === 'search' ? 'web search' : 'models'}</Badge>
        {seen === null ? (
          <Badge>not asked yet</Badge>
        ) : (
          <Badge tone={seen.outcome === 'ready' ? 'good' : seen.outcome === 'limited' ? 'warn' : 'bad'}>
            {STATES[seen.outcome]}
          </Badge>
        )}
      </p>
      <p className="text-sm break-all text-soft">{url}</p>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 text-sm [&>dd]:text-right [&>dd]:break-words">
        {does === 'search' ? null : (
          <>
            <dt className="text-soft">model</dt>
            <dd className={modelListed === false ? 'text-warn' : ''}>
              {model ?? 'none chosen'}
              {modelListed === false ? ', which it does not list' : ''}
            </dd>
          </>
        )}
        {seen === null ? null : <WhatWasSeen seen={seen} hasKey={hasKey} />}
        <dt className="text-soft">asked</dt>
        <dd className="figure">{seen === null ? 'never' : timeText(seen.time, clock)}</dd>
        <dt className="text-soft">added</dt>
        <dd className="figure">{timeText(created, clock, 'day')}</dd>
        {hasKey ? (
          <>
            <dt className="text-soft">key changed</dt>
            <dd className="figure">{timeText(keyChanged, clock, 'day')}</dd>
          </>
        ) : null}
        <dt className="text-soft">key lies</dt>
        <dd>{hasKey ? 'encrypted, AES-256-GCM' : 'nowhere: it needs none'}</dd>
      </dl>
      {does === 'search' ? null : <ChooseModel provider={provider} isDisabled={isDisabled} again={again} />}
      <ProviderTest label={label} isDisabled={isDisabled} again={again}>
        {hasKey ? <ReplaceKey provider={provider} isDisabled={isDisabled} again={again} /> : null}
        <HoldButton
          isDisabled={isDisabled || remove.isRunning}
          className="py-1 text-sm"
          onHeld={() => void remove.run({ label }).then(again)}
        >
          Hold to remove it
        </HoldButton>
      </ProviderTest>
    </li>
  );
}

/** What came of asking it the last time. */
function WhatWasSeen({ seen, hasKey }: { readonly seen: Seen; readonly hasKey: boolean }) {
  const { outcome, reason, latencyMs, keyAccepted, models, allows, quota } = seen;
  return (
    <>
      {reason === '' ? null : (
        <>
          <dt className="text-soft">it said</dt>
          <dd className={outcome === 'ready' ? 'text-warn' : 'text-bad'}>{reason}</dd>
        </>
      )}
      {latencyMs === null ? null : (
        <>
          <dt className="text-soft">first answer after</dt>
          <dd className="figure">{count(Math.round(latencyMs))} ms</dd>
        </>
      )}
      {hasKey ? (
        <>
          <dt className="text-soft">takes the key</dt>
          <dd className={keyAccepted === false ? 'text-bad' : ''}>
            {keyAccepted === null ? (outcome === 'ready' ? 'answers without one, too' : 'not known') : null}
            {keyAccepted === null ? null : keyAccepted ? 'yes' : 'NO'}
          </dd>
        </>
      ) : null}
      {allows === null ? null : (
        <>
          <dt className="text-soft">the key is for</dt>
          <dd>{allows.length === 0 ? 'nothing' : allows.join(', ')}</dd>
        </>
      )}
      {quota === null ? null : (
        <>
          <dt className="text-soft">used</dt>
          <dd className="figure">
            {quantity(String(quota.used))}
            {quota.limit === null ? '' : ` of ${quantity(String(quota.limit))}`} {quota.unit}
          </dd>
        </>
      )}
      {models === null ? null : (
        <>
          <dt className="text-soft">models</dt>
          <dd className="figure">{count(models.length)}</dd>
        </>
      )}
    </>
  );
}

interface ProviderTestProps {
  readonly label: string;
  readonly isDisabled: boolean;
  readonly again: () => void;
  /** What else can be done, beside it. */
  readonly children: ReactNode;
}

/** Asks the provider, and says beside it what came of that. Nothing is generated, searched or paid for. */
function ProviderTest({ label, isDisabled, again, children }: ProviderTestProps) {
  const command = useCommand('provider check', { isQuiet: true });
  const [isPassed, setPassed] = useState(false);
  const run = async (): Promise<void> => {
    setPassed(false);
    setPassed((await command.run({ label })) !== null);
    // What came of it is noted, also where that was a refusal.
    again();
  };
  return (
    <div className="space-y-2">
      <div className="flex flex-wrap items-center gap-2">
        <Button size="small" disabled={isDisabled || command.isRunning} onClick={() => void run()}>
          {command.isRunning ? 'Asking …' : `Test ${label}`}
        </Button>
        {children}
      </div>
      <div role="status" aria-label={`Test of ${label}`} className="text-sm">
        {isPassed && !command.isRunning ? <Badge tone="good">✓ it answered as it should</Badge> : null}
        {command.problem === null ? null : <Problem problem={command.problem} />}
      </div>
    </div>
  );
}
