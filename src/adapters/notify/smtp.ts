import { plain } from '../../connectivity/plain-answer.ts';
import type { Channel, ChannelSecret, DeliveryOutcome, Notifier } from '../../ports/notifier.ts';
import { ATTEMPT_MS, delivered } from './http-outcome.ts';
import { linesOf, subjectOf } from './message-text.ts';

const SUBMISSION_PORT = 587;
const SMTPS_PORT = 465;

export interface SmtpOptions {
  /** Certificates in PEM form to trust beyond the machine's own. */
  readonly ca?: string;
  readonly timeoutMs?: number;
}

/**
 * Mail by SMTP: `smtps://host` is TLS from the first byte, `smtp://host` must become TLS before a password or a mail is sent, unless the server
 * is this machine.
 */
export async function smtpNotifier(
  channel: Channel,
  secret: ChannelSecret | null,
  { ca, timeoutMs = ATTEMPT_MS }: SmtpOptions = {},
): Promise<Notifier> {
  const { createTransport } = await import('nodemailer');
  const { protocol, hostname, port } = new URL(channel.url!);
  const host = hostname.replace(/^\[|\]$/g, '');
  const secure = protocol === 'smtps:';
  const isLocal = ['localhost', '127.0.0.1', '::1'].includes(host);
  const secrets = secret === null ? [] : [secret.current];
  const transport = createTransport({
    ...{ host, port: port === '' ? (secure ? SMTPS_PORT : SUBMISSION_PORT) : Number(port), secure },
    ...{ requireTLS: !secure && !isLocal, connectionTimeout: timeoutMs, greetingTimeout: timeoutMs },
    ...{ socketTimeout: timeoutMs, dnsTimeout: timeoutMs, disableFileAccess: true, disableUrlAccess: true },
    ...(ca === undefined ? {} : { tls: { ca } }),
    ...(secret === null || channel.user === null
      ? {}
      : { auth: { user: channel.user, pass: secret.current.reveal() } }),
  });
  return {
    async deliver(message) {
      const { hostname: domain } = new URL(`smtp://${channel.from!.split('@').at(-1)!.replace(/>.*$/, '')}`);
      try {
        const { rejected } = await transport.sendMail({
          ...{ from: channel.from!, to: [...channel.to], subject: subjectOf(message) },
          ...{ text: linesOf(message).join('\n'), messageId: `<${message.delivery}@${domain}>` },
        });
        // Taken for some of them: again would be twice for those.
        return delivered(rejected.length === 0 ? 'accepted' : `accepted, but not for ${rejected.length} recipients`);
      } catch (error) {
        return outcomeOf(error as Error & { responseCode?: number; code?: string }, secrets);
      }
    },
    close: async () => transport.close(),
  };
}

/** 5xx is final, 4xx is not (RFC 5321 §4.2.1); what has no code is a fault of the way. */
function outcomeOf(
  { responseCode = 0, code = '' }: { readonly responseCode?: number; readonly code?: string },
  secrets: readonly ChannelSecret['current'][],
): DeliveryOutcome {
  const reason = plain(responseCode > 0 ? `status ${responseCode}` : code === '' ? 'unknown fault' : code, secrets);
  if (responseCode >= 500) return { kind: 'failed', reason };
  return { kind: 'retry', reason, retryAfterMs: null };
}
