import type { ChannelSecret, Notifier } from '../../ports/notifier.ts';
import type { HttpClient } from '../../ports/transport.ts';
import { delivered, malformed, post } from './http-outcome.ts';
import { cut, linesOf, subjectOf } from './message-text.ts';

const MOST_TEXT = 3_000;

/** Characters that Slack gives a meaning. */
const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** Slack's incoming webhook. The address itself is the secret. */
export function slackNotifier({ current }: ChannelSecret, http: HttpClient): Notifier {
  return {
    deliver(message) {
      const [subject, lines] = [subjectOf(message), linesOf(message).join('\n')].map((text) =>
        escaped(cut(text, MOST_TEXT)),
      );
      const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text, verbatim: true } });
      const body = JSON.stringify({ text: subject, blocks: [section(`*${subject}*`), section(lines!)] });
      return post({
        ...{ http, url: current.reveal(), secrets: [current], body },
        read: (_json, answer) => (Buffer.from(answer.body).toString() === 'ok' ? delivered('status 200') : malformed()),
      });
    },
    close: () => http.close(),
  };
}
