import { numberField, textField } from '../../connectivity/plain-answer.ts';
import type { ChannelSecret, Notifier } from '../../ports/notifier.ts';
import type { HttpClient } from '../../ports/transport.ts';
import { delivered, malformed, post } from './http-outcome.ts';
import { cut, linesOf, subjectOf } from './message-text.ts';

const MOST_TEXT = 2_000;

/** A webhook of Discord. The address itself is the secret; nobody is mentioned, whatever a text says. */
export function discordNotifier({ current }: ChannelSecret, http: HttpClient): Notifier {
  return {
    deliver(message) {
      const url = new URL(current.reveal());
      // The message comes back, so that it is certain that there is one.
      url.searchParams.set('wait', 'true');
      const content = cut([`**${subjectOf(message)}**`, ...linesOf(message)].join('\n'), MOST_TEXT);
      return post({
        ...{ http, url: url.href, secrets: [current] },
        body: JSON.stringify({ content, allowed_mentions: { parse: [] } }),
        told: (json) => {
          const seconds = numberField(json, 'retry_after');
          return { why: textField(json, 'message'), retryAfterMs: seconds === undefined ? undefined : seconds * 1000 };
        },
        read: (json, { status }) =>
          status === 204 || textField(json, 'id') !== undefined ? delivered(`status ${status}`) : malformed(),
      });
    },
    close: () => http.close(),
  };
}
