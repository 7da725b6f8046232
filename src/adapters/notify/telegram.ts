import { numberField, textField } from '../../connectivity/plain-answer.ts';
import type { Channel, ChannelSecret, Notifier } from '../../ports/notifier.ts';
import type { HttpClient } from '../../ports/transport.ts';
import { delivered, malformed, post } from './http-outcome.ts';
import { cut, linesOf, subjectOf } from './message-text.ts';

const MOST_TEXT = 4_096;

/** A bot's message to one chat: `sendMessage` of Telegram's Bot API, as plain text. */
export function telegramNotifier(channel: Channel, { current }: ChannelSecret, http: HttpClient): Notifier {
  const base = channel.url ?? 'https://api.telegram.org';
  return {
    deliver: (message) =>
      post({
        http,
        url: `${base}/bot${current.reveal()}/sendMessage`,
        secrets: [current],
        body: JSON.stringify({
          chat_id: channel.to[0],
          text: cut([subjectOf(message), ...linesOf(message)].join('\n'), MOST_TEXT),
          disable_notification: message.severity === 'info',
          link_preview_options: { is_disabled: true },
        }),
        told: (json) => {
          const seconds = numberField((json as { parameters?: unknown } | null)?.parameters, 'retry_after');
          return {
            why: textField(json, 'description'),
            retryAfterMs: seconds === undefined ? undefined : seconds * 1000,
          };
        },
        read: (json) => ((json as { ok?: unknown } | null)?.ok === true ? delivered('status 200') : malformed()),
      }),
    close: () => http.close(),
  };
}
