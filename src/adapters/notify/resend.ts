import { textField } from '../../connectivity/plain-answer.ts';
import type { Channel, ChannelSecret, Notifier } from '../../ports/notifier.ts';
import type { HttpClient } from '../../ports/transport.ts';
import { delivered, malformed, post } from './http-outcome.ts';
import { linesOf, subjectOf } from './message-text.ts';

/** Mail by Resend: `POST /emails`, done once however often it is tried, by its idempotency key. */
export function resendNotifier(channel: Channel, { current }: ChannelSecret, http: HttpClient): Notifier {
  const base = channel.url ?? 'https://api.resend.com';
  return {
    deliver: (message) =>
      post({
        ...{ http, url: `${base}/emails`, secrets: [current] },
        headers: { authorization: `Bearer ${current.reveal()}`, 'idempotency-key': message.delivery },
        body: JSON.stringify({
          ...{ from: channel.from, to: channel.to, subject: subjectOf(message) },
          text: linesOf(message).join('\n'),
        }),
        told: (json) => ({ why: textField(json, 'name') }),
        // The same mail is on its way from another attempt.
        isPassing: (status, json) =>
          status === 409 ? textField(json, 'name') === 'concurrent_idempotent_requests' : null,
        read: (json) => (textField(json, 'id') === undefined ? malformed() : delivered('status 200')),
      }),
    close: () => http.close(),
  };
}
