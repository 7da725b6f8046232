import { textField } from '../../connectivity/plain-answer.ts';
import type { AlertSeverity } from '../../core/vocabulary/alert.ts';
import type { Channel, ChannelSecret, Notifier } from '../../ports/notifier.ts';
import type { HttpClient } from '../../ports/transport.ts';
import { delivered, malformed, post } from './http-outcome.ts';
import { cut, oneLine } from './message-text.ts';

const MOST_SUMMARY = 1_024;
const SEVERITY: Readonly<Record<AlertSeverity, string>> = { page: 'critical', warn: 'warning', info: 'info' };

/** PagerDuty's Events API v2: alerts of one cause are one incident there, by `dedup_key`. */
export function pagerDutyNotifier(channel: Channel, { current }: ChannelSecret, http: HttpClient): Notifier {
  const base = channel.url ?? 'https://events.pagerduty.com';
  return {
    deliver(message) {
      const { session, strategy, instrument, rule, kind, text, count, alert } = message;
      return post({
        ...{ http, url: `${base}/v2/enqueue`, secrets: [current] },
        body: JSON.stringify({
          ...{ routing_key: current.reveal(), event_action: 'trigger', dedup_key: message.dedupKey },
          client: 'Tradewright',
          payload: {
            summary: cut(oneLine(message.title), MOST_SUMMARY),
            source: session ?? 'tradewright',
            severity: SEVERITY[message.severity],
            timestamp: new Date(message.atMs).toISOString(),
            ...(instrument === null ? {} : { component: instrument }),
            ...(strategy === null ? {} : { group: strategy }),
            class: kind,
            custom_details: { text, rule, count, alert },
          },
        }),
        told: (json) => ({ why: textField(json, 'message') }),
        read: (json) => (textField(json, 'status') === 'success' ? delivered('status 202') : malformed()),
      });
    },
    close: () => http.close(),
  };
}
