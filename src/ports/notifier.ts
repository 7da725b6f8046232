import type { AlertSeverity } from '../core/vocabulary/alert.ts';
import type { Secret } from '../core/vocabulary/secret.ts';
import type { TimeMs } from '../core/vocabulary/time.ts';

export const CHANNEL_KINDS = ['smtp', 'resend', 'webhook', 'telegram', 'slack', 'discord', 'pagerduty'] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];

/** What a channel tells people. Texts are plain; each channel writes them its own way. */
export interface AlertMessage {
  /** The same in every attempt, so that who receives it twice can tell. */
  readonly delivery: string;
  /** The same for every alert of one cause. */
  readonly dedupKey: string;
  readonly alert: number;
  readonly rule: string;
  readonly severity: AlertSeverity;
  readonly kind: string;
  /** One line. */
  readonly title: string;
  readonly text: string;
  readonly session: string | null;
  readonly strategy: string | null;
  readonly instrument: string | null;
  /** When what it tells of happened. */
  readonly atMs: TimeMs;
  /** How often it happened so far. */
  readonly count: number;
  /** 0 for who is told first; each further step is because nobody acknowledged. */
  readonly step: number;
}

/**
 * What became of one attempt. `delivered`: the other side took it. `retry`: it may be tried again, not before `retryAfterMs` where the other side
 * said so. `failed`: trying again changes nothing. Reasons hold no secret.
 */
export type DeliveryOutcome =
  | { readonly kind: 'delivered'; readonly reason: string }
  | { readonly kind: 'retry'; readonly reason: string; readonly retryAfterMs: number | null }
  | { readonly kind: 'failed'; readonly reason: string };

/** A way to people. */
export interface Notifier {
  /** One attempt. Never rejects. */
  deliver(message: AlertMessage): Promise<DeliveryOutcome>;
  close(): Promise<void>;
}

/** What a channel is set to, without its secret. */
export interface ChannelSettings {
  /** Where to: URL of a webhook, mail server `smtp://host:port`, or another address of the service. Null where the service has one. */
  readonly url: string | null;
  /** Recipients: mail addresses, or a Telegram chat. */
  readonly to: readonly string[];
  /** Sender of mails. */
  readonly from: string | null;
  /** User at the mail server; null for none. */
  readonly user: string | null;
  /** Networks of this machine or site that it may connect to, such as `10.1.0.0/16`. */
  readonly allow: readonly string[];
}

/** What channels of a kind are told beside their name. */
export interface ChannelFacts {
  readonly needs: readonly (keyof ChannelSettings)[];
  /** What it may be told, too. Of all else it knows nothing. */
  readonly takes: readonly (keyof ChannelSettings)[];
  /** What is asked for; null for a secret that is made here. */
  readonly secret: string | null;
}

export const CHANNEL_FACTS: Readonly<Record<ChannelKind, ChannelFacts>> = {
  // The secret is for a user alone.
  smtp: { needs: ['url', 'to', 'from'], takes: ['user'], secret: 'password at the mail server' },
  resend: { needs: ['to', 'from'], takes: ['url', 'allow'], secret: 'API key of Resend' },
  webhook: { needs: ['url'], takes: ['allow'], secret: null },
  telegram: { needs: ['to'], takes: ['url', 'allow'], secret: 'token of the Telegram bot' },
  slack: { needs: [], takes: ['allow'], secret: 'address of the incoming webhook of Slack' },
  discord: { needs: [], takes: ['allow'], secret: 'address of the webhook of Discord' },
  pagerduty: { needs: [], takes: ['url', 'allow'], secret: 'integration key of PagerDuty (Events API v2)' },
};

export interface Channel extends ChannelSettings {
  readonly name: string;
  readonly kind: ChannelKind;
}

/** What a channel needs to know that nobody else may. `former`: secrets that are being replaced, valid meanwhile, newest first. */
export interface ChannelSecret {
  readonly current: Secret;
  readonly former: readonly Secret[];
}

export interface Notifiers {
  /** `secret`: null for a mail server without a password. */
  open(channel: Channel, secret: ChannelSecret | null): Promise<Notifier>;
}
