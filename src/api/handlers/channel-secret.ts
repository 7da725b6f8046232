import { randomBytes } from 'node:crypto';
import { Secret } from '../../core/vocabulary/secret.ts';
import { CHANNEL_FACTS, type ChannelKind, type ChannelSecret } from '../../ports/notifier.ts';
import type { AskSecret, ConnectionKeys, SecretVault } from '../../ports/secret-vault.ts';
import { Failure } from '../failures.ts';

const SECRET_BYTES = 32;

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

export function keysOf({ current, previous }: ChannelSecret): ConnectionKeys {
  return { apiKey: new Secret(''), apiSecret: current, ...(previous === null ? {} : { passphrase: previous }) };
}

export async function secretOf(vault: SecretVault, id: string): Promise<ChannelSecret> {
  const { apiSecret, passphrase = null } = await vault.keys(id);
  return { current: apiSecret, previous: passphrase };
}
