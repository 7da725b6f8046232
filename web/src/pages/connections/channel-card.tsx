import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { OutputOf } from '../../../../src/api/client/client.ts';
import { useMoment } from '../../desk/moment.ts';
import { useCommand } from '../../desk/use-command.ts';
import { useStream } from '../../desk/use-view.ts';
import { count } from '../../format/numerals.ts';
import { timeText } from '../../format/times.ts';
import { Badge, type Tone } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { HoldButton } from '../../parts/hold-button.tsx';
import { Problem } from '../../parts/panel.tsx';
import { useAppearance } from '../../theme/appearance.ts';
import { type Channel, ReplaceSecret } from './channel-forms.tsx';

type Delivery = OutputOf<'deliveries'>['deliveries'][number];

const STATES: Readonly<Record<Delivery['state'], readonly [words: string, tone: Tone]>> = {
  delivered: ['✓ delivered', 'good'],
  pending: ['under way', 'plain'],
  dead: ['given up', 'bad'],
};

interface ChannelCardProps {
  readonly channel: Channel;
  /** Whether whoever sits there may use secrets. */
  readonly isAdmin: boolean;
  readonly again: () => void;
}

/** A channel without its secret: where it leads, who uses it, what became of its last message, and a test. */
export function ChannelCard({ channel, isAdmin, again }: ChannelCardProps) {
  const { name, kind, target, allow, created, rules, secretChanged, formerSecret } = channel;
  const { clock } = useAppearance();
  const { at } = useMoment();
  const isDisabled = at !== null || !isAdmin;
  const finish = useCommand('channel rotate', { done: () => `Old secrets of ${name} are gone.` });
  const remove = useCommand('channel rm', { done: () => `Channel ${name} is gone, and its secret with it.` });
  return (
    <li aria-label={`${name}, ${kind}`} className="space-y-2 rounded-md border p-3">
      <p className="flex flex-wrap items-center gap-2">
        <strong>{name}</strong> <Badge tone="accent">{kind}</Badge>
        {formerSecret ? <Badge tone="warn">secret being replaced</Badge> : null}
      </p>
      <p className="text-sm break-words text-soft">{target === '' ? 'where to is part of its secret' : target}</p>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-0.5 text-sm [&>dd]:text-right [&>dd]:break-words">
        <LastDelivery name={name} />
        <dt className="text-soft">rules</dt>
        <dd>{rules.length === 0 ? 'none tells through it' : rules.join(', ')}</dd>
        {allow.length === 0 ? null : (
          <>
            <dt className="text-soft">may connect to</dt>
            <dd className="figure">{allow.join(', ')}</dd>
          </>
        )}
        <dt className="text-soft">added</dt>
        <dd className="figure">{timeText(created, clock, 'day')}</dd>
        {secretChanged === null ? null : (
          <>
            <dt className="text-soft">secret changed</dt>
            <dd className="figure">{timeText(secretChanged, clock, formerSecret ? 'second' : 'day')}</dd>
          </>
        )}
        <dt className="text-soft">secret lies</dt>
        <dd>{secretChanged === null ? 'nowhere: it needs none' : 'encrypted, AES-256-GCM'}</dd>
      </dl>
      {formerSecret ? (
        <div className="space-y-2 rounded-md border border-warn p-2 text-sm">
          <p>Old secrets are valid, too. Drop them once the receiver has the new one.</p>
          <HoldButton
            isDisabled={isDisabled || finish.isRunning}
            className="py-1"
            onHeld={() => void finish.run({ name, finish: true }).then(again)}
          >
            Hold to drop old secrets
          </HoldButton>
        </div>
      ) : null}
      <ChannelTest name={name} isDisabled={isDisabled}>
        {secretChanged === null ? null : <ReplaceSecret channel={channel} isDisabled={isDisabled} again={again} />}
        <HoldButton
          isDisabled={isDisabled || remove.isRunning || rules.length > 0}
          className="py-1 text-sm"
          onHeld={() => void remove.run({ name }).then(again)}
        >
          Hold to remove it
        </HoldButton>
      </ChannelTest>
      {rules.length === 0 ? null : (
        <p className="text-sm text-soft">
          It can be removed once no rule on{' '}
          <Link to="/alerts" className="text-accent underline">
            Alerts
          </Link>{' '}
          tells through it.
        </p>
      )}
    </li>
  );
}

/** What became of the last message of a rule, kept up to date. Tests are none. */
function LastDelivery({ name }: { readonly name: string }) {
  const { clock } = useAppearance();
  const view = useStream('deliveries', { channel: name, limit: 1, follow: true });
  const last = view.phase === 'there' ? view.data.deliveries[0] : undefined;
  if (last === undefined)
    return (
      <>
        <dt className="text-soft">last delivery</dt>
        <dd>
          {view.phase === 'loading'
            ? '…'
            : view.phase === 'problem'
              ? `not known: ${view.problem.message}`
              : 'none yet'}
        </dd>
      </>
    );
  const [words, tone] = STATES[last.state];
  const attempt = last.attempts.at(-1);
  return (
    <>
      <dt className="text-soft">last delivery</dt>
      <dd>
        <Badge tone={tone}>{words}</Badge>
      </dd>
      <dt className="text-soft">of alert {last.alert}</dt>
      <dd className="figure">{timeText(attempt?.time ?? last.created, clock)}</dd>
      <dt className="text-soft">after</dt>
      <dd className="figure">
        {count(last.attempts.length)} {last.attempts.length === 1 ? 'attempt' : 'attempts'}
      </dd>
      {attempt === undefined || attempt.reason === '' ? null : (
        <>
          <dt className="text-soft">it said</dt>
          <dd className={attempt.outcome === 'delivered' ? '' : 'text-bad'}>{attempt.reason}</dd>
        </>
      )}
    </>
  );
}

interface ChannelTestProps {
  readonly name: string;
  readonly isDisabled: boolean;
  /** What else can be done, beside it. */
  readonly children: ReactNode;
}

/** Sends a message that says that it is a test, and says beside it what came of that. */
function ChannelTest({ name, isDisabled, children }: ChannelTestProps) {
  const { clock } = useAppearance();
  const command = useCommand('channel test', { isQuiet: true });
  const [tested, setTested] = useState<OutputOf<'channel test'> | null>(null);
  const [sentAtMs, setSentAtMs] = useState(0);
  const run = async (): Promise<void> => {
    setTested(null);
    setSentAtMs(Date.now());
    setTested(await command.run({ name }));
  };
  return (
    <div className="space-y-2">
      <div className="flex flex-wrap items-center gap-2">
        <Button size="small" disabled={isDisabled || command.isRunning} onClick={() => void run()}>
          {command.isRunning ? 'Sending …' : `Test ${name}`}
        </Button>
        {children}
      </div>
      <div role="status" aria-label={`Test of ${name}`} className="text-sm">
        {tested === null ? null : (
          <p className="flex flex-wrap items-center gap-2">
            <Badge tone={tested.outcome === 'delivered' ? 'good' : 'bad'}>
              {tested.outcome === 'delivered' ? '✓ it arrived' : tested.outcome === 'retry' ? 'not now' : 'refused'}
            </Badge>
            <span className={tested.outcome === 'delivered' ? 'text-soft' : ''}>{tested.reason}</span>
            <span className="figure text-xs text-soft">
              {timeText(sentAtMs, clock)}, {count(tested.elapsedMs)} ms
            </span>
          </p>
        )}
        {command.problem === null ? null : <Problem problem={command.problem} />}
      </div>
    </div>
  );
}
