import { type Objection, objectionsTo, standingObjections } from '../../core/risk/credential-objections.ts';
import type { AnyGateway } from '../../ports/account.ts';
import type { AccountSink, CredentialFacts, ExchangeGateway } from '../../ports/exchange-gateway.ts';
import type { Environment, KeyPermissions } from '../../ports/secret-vault.ts';
import { Failure } from '../failures.ts';
import type { World } from '../world.ts';

/** Beyond this the times of orders, bars and fills do not belong together. */
const MOST_SKEW_MS = 1_000;

const IGNORE = (): void => {};
/** A check asks; what the account's stream tells meanwhile is of no interest. */
const DEAF: AccountSink = {
  ...{ order: IGNORE, fill: IGNORE, balance: IGNORE, position: IGNORE, funding: IGNORE },
  ...{ liquidation: IGNORE, resumed: IGNORE, anomaly: IGNORE },
};

export interface ConnectOptions {
  /** What hears of the account; nobody by default. */
  readonly sink?: AccountSink;
  /** Objections that were answered, in their own words. */
  readonly accept: readonly string[];
  /** Told what the venue says of the key before anything is objected to. */
  readonly seen?: (permissions: KeyPermissions) => Promise<unknown>;
}

export interface Connected {
  readonly facts: CredentialFacts;
  readonly permissions: KeyPermissions;
  /** Objections that were answered in words. */
  readonly accepted: readonly Objection[];
}

/**
 * Connects and refuses what should not trade. Rejects with VenueError, and with {@link Failure} `key-unfit` or `clock-skewed`; the gateway
 * stays the caller's to close.
 */
export async function connectAccount(
  { environment, gateway }: AnyGateway,
  world: World,
  { sink = DEAF, accept, seen }: ConnectOptions,
): Promise<Connected> {
  const facts = await gateway.connect(sink);
  const nowMs = world.clock.nowMs();
  const { canTrade, canWithdraw, ipRestricted, expiresAtMs } = facts;
  const permissions = { seenAtMs: nowMs, canTrade, canWithdraw, isIpRestricted: ipRestricted, expiresAtMs };
  await seen?.(permissions);
  const objections = objectionsTo(facts, nowMs).filter((each) => matters(each, environment));
  const standing = standingObjections(objections, accept);
  if (standing.length > 0)
    throw new Failure('key-unfit', `${gateway.venue}: ${standing.map((o) => o.message).join('; ')}`, {
      hint: hintOf(standing.flatMap(({ words }) => words ?? [])),
      details: {
        ...{ venue: gateway.venue, reasons: standing.map(({ code }) => code) },
        // Where no words help, none are asked for.
        expected: standing.some(({ words }) => words === null) ? [] : standing.flatMap(({ words }) => words ?? []),
      },
    });
  // The local exchange keeps a time of its own, and may run at any speed.
  if (environment !== 'local') refuseSkew(gateway);
  return {
    ...{ facts, permissions },
    accepted: objections.filter((each) => !standing.includes(each)),
  };
}

/** A test network tells nothing of a key, and there is nothing to steal: only what makes trading impossible counts. */
function matters({ words }: Objection, environment: Environment): boolean {
  return environment !== 'testnet' || words === null;
}

/** A clock that may be right within what the measurement tells is not refused. */
export function refuseSkew({ venue, clockSkew }: Pick<ExchangeGateway, 'venue' | 'clockSkew'>): void {
  if (clockSkew === null || Math.abs(clockSkew.skewMs) - clockSkew.uncertaintyMs <= MOST_SKEW_MS) return;
  const { skewMs, uncertaintyMs } = clockSkew;
  const by = `${(Math.abs(skewMs) / 1000).toFixed(1)} s (± ${(uncertaintyMs / 1000).toFixed(1)} s)`;
  throw new Failure(
    'clock-skewed',
    `${venue}: expected a clock within ${MOST_SKEW_MS / 1000} s of the venue's, found this machine's ${by} ${skewMs > 0 ? 'behind' : 'ahead'}`,
    {
      hint: 'Have the clock set from the network (timedatectl set-ntp true, or chronyc makestep), then try again.',
      details: { venue, skewMs: Math.round(skewMs), uncertaintyMs: Math.round(uncertaintyMs) },
    },
  );
}

function hintOf(words: readonly string[]): string {
  const make = 'Make a key at the venue that may trade, may not withdraw and is bound to this address';
  if (words.length === 0) return `${make}.`;
  return `${make}; or take it upon yourself: ${words.map((text) => `--accept "${text}"`).join(' ')}`;
}
