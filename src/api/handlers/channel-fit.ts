import { CHANNEL_FACTS, type Channel, type ChannelSettings } from '../../ports/notifier.ts';
import { Failure } from '../failures.ts';
import { isNetwork } from '../http/access.ts';
import { urlObjection } from './url-objection.ts';

const SETTINGS = ['url', 'to', 'from', 'user', 'allow'] as const;
const ADDRESS_IS_SECRET = 'none for this kind: its address is a secret, and asked for';

function wrong(field: string, expected: string): Failure {
  return new Failure('input-invalid', `${field}: expected ${expected}`, {
    hint: 'tradewright help channel add says what each kind needs.',
    details: { field },
  });
}

/** Throws {@link Failure} `input-invalid` where a kind lacks what it needs, or is given what it knows nothing of. */
export function requireFit(channel: Channel): void {
  const { kind, url, to, from, allow } = channel;
  const { needs, takes } = CHANNEL_FACTS[kind];
  const isGiven = (field: keyof ChannelSettings): boolean => (channel[field]?.length ?? 0) > 0;
  const odd = SETTINGS.find((field) => isGiven(field) && !needs.includes(field) && !takes.includes(field));
  if (odd !== undefined) throw wrong(odd, odd === 'url' ? ADDRESS_IS_SECRET : 'none for this kind');
  const isMail = kind === 'smtp' || kind === 'resend';
  if (isMail && (from === null || !/^[^\r\n]*[^\s@]+@[^\s@]+$/.test(from)))
    throw wrong('from', 'an address such as desk@example.com');
  if (isMail && (to.length === 0 || to.some((each) => !/^[^\s@]+@[^\s@,]+$/.test(each))))
    throw wrong('to', 'addresses such as desk@example.com');
  if (kind === 'telegram' && (to.length !== 1 || !/^(?:-?\d+|@\w+)$/.test(to[0]!)))
    throw wrong('to', 'one id of a chat, or @channel');
  const network = allow.find((each) => !isNetwork(each));
  if (network !== undefined) throw wrong('allow', 'an address or a network such as 10.1.0.0/16');
  if (url === null) {
    if (kind === 'webhook' || kind === 'smtp')
      throw wrong('url', kind === 'smtp' ? 'smtp://host:587 or smtps://host' : 'https://…');
    return;
  }
  requireUrl(url, kind === 'smtp' ? ['smtp:', 'smtps:'] : allow.length > 0 ? ['https:', 'http:'] : ['https:']);
}

/** Addresses of Slack and Discord are secrets: nothing of them is repeated. */
export function requireSecretFit({ kind, allow }: Channel, secret: string): void {
  if (kind === 'slack' || kind === 'discord') requireUrl(secret, allow.length > 0 ? ['https:', 'http:'] : ['https:']);
}

function requireUrl(text: string, schemes: readonly string[]): void {
  const objection = urlObjection(text, schemes);
  if (objection !== null) throw wrong('url', objection);
}
