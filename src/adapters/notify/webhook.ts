import { createHmac } from 'node:crypto';
import type { Secret } from '../../core/vocabulary/secret.ts';
import type { AlertMessage, Channel, ChannelSecret, Notifier } from '../../ports/notifier.ts';
import type { HttpClient } from '../../ports/transport.ts';
import { post } from './http-outcome.ts';

const PREFIX = 'whsec_';

/** A webhook by the Standard Webhooks specification 1.0: signed over id, time and body, under several secrets while one replaces the others. */
export function webhookNotifier(
  channel: Channel,
  secret: ChannelSecret,
  http: HttpClient,
  nowMs: () => number,
): Notifier {
  const secrets = [secret.current, ...secret.former];
  return {
    deliver(message) {
      const body = webhookBody(message);
      const seconds = Math.floor(nowMs() / 1000);
      const headers = {
        'webhook-id': message.delivery,
        'webhook-timestamp': String(seconds),
        'webhook-signature': secrets.map((each) => signature(each, message.delivery, seconds, body)).join(' '),
      };
      return post({ http, url: channel.url!, headers, body, secrets }, nowMs);
    },
    close: () => http.close(),
  };
}

/** `v1,<base64 of HMAC-SHA256>` over `id.timestamp.body`; the key is what stands behind `whsec_`, in base64. */
export function signature(secret: Secret, id: string, seconds: number, body: string): string {
  const key = Buffer.from(secret.reveal().slice(PREFIX.length), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')}`;
}

/** Fields are added, never changed. */
function webhookBody({ delivery: _delivery, atMs, ...message }: AlertMessage): string {
  const time = new Date(atMs).toISOString();
  return JSON.stringify({ type: 'alert.raised', timestamp: time, data: { ...message, time } });
}
