import { TriangleAlert } from 'lucide-react';
import type { OutputOf } from '../../../../src/api/client/client.ts';
import { useMoment } from '../../desk/moment.ts';
import { useCommand } from '../../desk/use-command.ts';
import { timeText } from '../../format/times.ts';
import { Badge, type Tone } from '../../parts/badge.tsx';
import { HoldButton } from '../../parts/hold-button.tsx';
import { useAppearance } from '../../theme/appearance.ts';
import { ReplaceKeys, type Venue } from './account-keys.tsx';
import { AccountTest } from './account-test.tsx';

export type Account = OutputOf<'account ls'>['accounts'][number];

const TONES: Readonly<Record<string, Tone>> = { live: 'warn', testnet: 'violet', local: 'accent' };

interface AccountCardProps {
  readonly account: Account;
  /** By which operations find it: its label, or its id where another one is called the same. */
  readonly name: string;
  /** Whether whoever sits there may use accounts. */
  readonly isAdmin: boolean;
  readonly venues: readonly Venue[];
  readonly again: () => void;
}

/** An account without its keys: where its orders go, what its key may do and when that was seen, and a test of it. */
export function AccountCard({ account, name, isAdmin, venues, again }: AccountCardProps) {
  const { label, venue, environment, created, keysChanged, revoked, permissions } = account;
  const { clock } = useAppearance();
  const { at } = useMoment();
  const revoke = useCommand('account revoke', {
    done: () => `The keys of ${label} are forgotten. Revoke them at the venue, too.`,
  });
  const isUsable = revoked === null;
  return (
    <li aria-label={`${label}, ${venue} ${environment}`} className="space-y-2 rounded-md border p-3">
      <p className="flex flex-wrap items-center gap-2">
        <strong>{label}</strong> <span className="text-soft">{venue}</span>{' '}
        <Badge tone={TONES[environment] ?? 'plain'}>{environment.toUpperCase()}</Badge>
        {isUsable ? null : <Badge tone="bad">revoked</Badge>}
      </p>
      {isUsable && permissions?.canWithdraw === true ? (
        <p className="flex items-start gap-2 rounded-md border border-bad bg-bad/10 p-2 text-sm text-bad">
          <TriangleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
          <span>
            <strong>This key may withdraw funds.</strong> Trading never needs that: make one at the venue that may not,
            and replace this one by it.
          </span>
        </p>
      ) : null}
      <dl className="grid grid-cols-[1fr_auto] gap-x-3 text-sm">
        <dt className="text-soft">may trade</dt>
        <dd>{permissions === null ? 'not asked yet' : permissions.canTrade ? 'yes' : 'no'}</dd>
        <dt className="text-soft">may withdraw</dt>
        <dd className={permissions?.canWithdraw === true ? 'text-bad' : ''}>
          {answer(permissions?.canWithdraw, permissions !== null, 'YES')}
        </dd>
        <dt className="text-soft">only from some addresses</dt>
        <dd>{answer(permissions?.ipRestricted, permissions !== null, 'yes')}</dd>
        <dt className="text-soft">right ends</dt>
        <dd className="figure">
          {permissions === null
            ? 'not asked yet'
            : permissions.expiresAt === null
              ? '–'
              : timeText(permissions.expiresAt, clock)}
        </dd>
        <dt className="text-soft">seen</dt>
        <dd className="figure">{permissions === null ? 'never' : timeText(permissions.seen, clock)}</dd>
        <dt className="text-soft">added</dt>
        <dd className="figure">{timeText(created, clock, 'day')}</dd>
        <dt className="text-soft">keys changed</dt>
        <dd className="figure">{timeText(keysChanged, clock, 'day')}</dd>
        <dt className="text-soft">keys lie</dt>
        <dd>{isUsable ? 'encrypted, AES-256-GCM' : 'nowhere any more'}</dd>
      </dl>
      {isUsable ? (
        <>
          <AccountTest label={label} name={name} isDisabled={at !== null || !isAdmin} again={again} />
          <ReplaceKeys
            account={account}
            name={name}
            venues={venues}
            isDisabled={at !== null || !isAdmin}
            again={again}
          />
          <HoldButton
            isDisabled={at !== null || !isAdmin || revoke.isRunning}
            className="py-1 text-sm"
            onHeld={() => void revoke.run({ label: name }).then(again)}
          >
            Hold to forget its keys
          </HoldButton>
        </>
      ) : null}
    </li>
  );
}

/** What a venue said of a key: what it does not tell is another thing than what nobody has asked. */
function answer(is: boolean | null | undefined, isAsked: boolean, yes: string): string {
  if (!isAsked) return 'not asked yet';
  if (is === null || is === undefined) return 'the venue does not tell';
  return is ? yes : 'no';
}
