import type { Clock } from './ports/clock.ts';
import type { ChannelSecret, Notifiers } from './ports/notifier.ts';

/** So much of an answer is looked at. */
const KEPT_BYTES = 16_384;

/** Ways to people, each loaded when it is needed. All of HTTP connect to the public Internet and to what their channel opens, nowhere else. */
export function composeNotifiers(clock: Clock): Notifiers {
  return {
    async open(channel, secret) {
      if (channel.kind === 'smtp') return (await import('./adapters/notify/smtp.ts')).smtpNotifier(channel, secret);
      const { openHttpClient } = await import('./adapters/system/http-client.ts');
      const http = await openHttpClient({ keptAnswerBytes: KEPT_BYTES, allowedNetworks: channel.allow });
      const known = secret as ChannelSecret;
      switch (channel.kind) {
        case 'resend':
          return (await import('./adapters/notify/resend.ts')).resendNotifier(channel, known, http);
        case 'webhook': {
          const { webhookNotifier } = await import('./adapters/notify/webhook.ts');
          return webhookNotifier(channel, known, http, () => clock.nowMs());
        }
        case 'telegram':
          return (await import('./adapters/notify/telegram.ts')).telegramNotifier(channel, known, http);
        case 'slack':
          return (await import('./adapters/notify/slack.ts')).slackNotifier(known, http);
        case 'discord':
          return (await import('./adapters/notify/discord.ts')).discordNotifier(known, http);
        case 'pagerduty':
          return (await import('./adapters/notify/pagerduty.ts')).pagerDutyNotifier(channel, known, http);
      }
    },
  };
}
