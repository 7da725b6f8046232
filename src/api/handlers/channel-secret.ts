import { randomBytes } from 'node:crypto';
import { Secret } from '../../core/vocabulary/secret.ts';
import { CHANNEL_FACTS, type ChannelKind, type ChannelSecret } from '../../ports/notifier.ts';
import type { AskSecret, ConnectionKeys, SecretVault } from '../../ports/secret-vault.ts';
import { Failure } from '../failures.ts';

const SECRET_BYTES = 32;
const MOST_FORMER = 4;

/** How a secret looks; what does not look so was pasted into the wrong place. */
const SHAPES: Readonly<Partial<Record<ChannelKind, { readonly pattern: RegExp; readonly expected: string }>>> = {
  telegram: { pattern: /^\d{3,20}:[A-Za-z0-9_-]{20,100}$/, expected: 'digits, a colon and letters' },
  slack: { pattern: /^https?:\/\/[^\s@]+$/, expected: 'an address that begins with https://' },
  discord: { pattern: /^https?:\/\/[^\s@]+$/, expected: 'an address that begins with https://' },
  pagerduty: { pattern: /^[A-Za-z0-9_-]{16,64}$/, expected: '32 letters and digits' },
  resend: { pattern: /^[\x21-\x7e]{8,200}$/, expected: 'a key without spaces' },
};

/** Asks for the secret of a channel, or makes one. Throws {@link Failure}. */
export async function newSecret(kind: ChannelKind, askSecret: AskSecret | null): Promise<Secret> {
  const { secret: question } = CHANNEL_FACTS[kind];
  if (question === null) return new Secret(`whsec_${randomBytes(SECRET_BYTES).toString('base64')}`);
  if (askSecret === null)
    throw new Failure('secret-missing', 'expected a terminal or standard input to ask for a secret, found neither');
  const secret = await askSecret(question);
  const shape = SHAPES[kind];
  if (shape === undefined || shape.pattern.test(secret.reveal())) return secret;
  throw new Failure('key-unfit', `${question}: expected ${shape.expected}, found something else`, {
    hint: 'Copy it again, whole.',
  });
}

export function keysOf({ current, former }: ChannelSecret): ConnectionKeys {
  const passphrase = new Secret(former.map((each) => each.reveal()).join(' '));
  return { apiKey: new Secret(''), apiSecret: current, ...(former.length === 0 ? {} : { passphrase }) };
}

function secretIn({ apiSecret, passphrase }: ConnectionKeys): ChannelSecret {
  const former = passphrase === undefined ? [] : passphrase.reveal().split(' ');
  return { current: apiSecret, former: former.map((each) => new Secret(each)) };
}

export async function secretOf(vault: SecretVault, id: string): Promise<ChannelSecret> {
  return secretIn(await vault.keys(id));
}

/**
 * The keys with another secret; null: with the one that they have, and none of those before. A webhook’s stay valid, as its receiver may verify with any of
 * them: also where the answer with the last one was lost.
 */
export function replaced(keys: ConnectionKeys, kind: ChannelKind, fresh: Secret | null): ConnectionKeys {
  const { current, former } = secretIn(keys);
  if (fresh === null) return keysOf({ current, former: [] });
  const stay = kind === 'webhook' ? [current, ...former].slice(0, MOST_FORMER) : [];
  return keysOf({ current: fresh, former: stay });
}
