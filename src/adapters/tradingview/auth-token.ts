import { redactor } from '../../connectivity/redact.ts';
import { retryAfterMs } from '../../connectivity/retry-after.ts';
import type { HttpAnswer } from '../../ports/transport.ts';
import { TransportError } from '../../ports/transport.ts';
import { VenueError } from '../../ports/venue-error.ts';
import { type Auth, type TradingViewOptions, VENUE } from './options.ts';
import { isRecord } from './server-message.ts';

const VISITOR = 'unauthorized_user_token';
/** Logging in at every reconnect would end in a captcha. */
const KEEP_MS = 6 * 3_600_000;

/** Pause after an answer that asks for patience and does not say how long. */
const PATIENCE_MS = 15 * 60_000;

type AuthOptions = Pick<TradingViewOptions, 'http' | 'clock' | 'account' | 'siteOrigin'>;

/**
 * Token of the account, kept for some hours. `token` rejects with {@link VenueError}: `key-invalid` where the log-in is refused. A refusal
 * is final: the password is never sent again, as repeated refusals lock accounts. Share one among all that use the account.
 */
export class AuthToken implements Auth {
  readonly #options: AuthOptions;
  readonly #secrets: string[] = [];
  #redact = redactor();
  #kept: { readonly token: string; readonly sinceMs: number } | null = null;
  #refusal: { readonly error: VenueError; readonly untilMs: number } | null = null;
  #asking: Promise<string> | null = null;

  constructor(options: AuthOptions) {
    this.#options = options;
    const { account } = options;
    if (account !== undefined) this.#hide('authToken' in account ? account.authToken : account.password);
  }

  /** Takes password and tokens out of text that somebody may read: site and server repeat what they complain of. Cut it afterwards. */
  redact(text: string): string {
    return this.#redact(text);
  }

  async token(): Promise<string> {
    const { account, clock } = this.#options;
    if (account === undefined) return VISITOR;
    if ('authToken' in account) return account.authToken;
    if (this.#kept !== null && clock.elapsedMs() - this.#kept.sinceMs < KEEP_MS) return this.#kept.token;
    if (this.#refusal !== null && clock.elapsedMs() < this.#refusal.untilMs) throw this.#refusal.error;
    this.#asking ??= this.#logIn(account.username, account.password).finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  #hide(secret: string): void {
    this.#secrets.push(...spellings(secret));
    this.#redact = redactor(this.#secrets);
  }

  async #logIn(username: string, password: string): Promise<string> {
    const { http, siteOrigin = 'https://www.tradingview.com' } = this.#options;
    let answer: HttpAnswer;
    try {
      answer = await http.send({
        method: 'POST',
        url: `${siteOrigin}/accounts/signin/`,
        headers: { 'content-type': 'application/x-www-form-urlencoded', referer: 'https://www.tradingview.com' },
        body: new URLSearchParams({ username, password, remember: 'on' }).toString(),
        timeoutMs: 15_000,
      });
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      // Without the cause, whose words nobody has looked through.
      throw new VenueError('unavailable', VENUE, this.#redact(`log-in: ${error.message}`));
    }
    const found = parsed(answer);
    const user = found?.['user'];
    const token = isRecord(user) ? user['auth_token'] : undefined;
    if (typeof token === 'string' && token !== '') {
      this.#hide(token);
      this.#kept = { token, sinceMs: this.#options.clock.elapsedMs() };
      return token;
    }
    const error = found?.['error'];
    const said = this.#redact(typeof error === 'string' && error !== '' ? error : `status ${answer.status}`);
    if (answer.status >= 500) throw new VenueError('unavailable', VENUE, `log-in: ${said}`);
    if (answer.status === 429) throw this.#patience(said, answer.headers['retry-after']);
    const refused = new VenueError(
      'key-invalid',
      VENUE,
      `the log-in was refused (${said}) and is not tried again until the program restarts; where TradingView asks for a captcha or a second factor, use a token`,
    );
    this.#refusal = { error: refused, untilMs: Number.POSITIVE_INFINITY };
    throw refused;
  }

  #patience(said: string, header: string | undefined): VenueError {
    const { clock } = this.#options;
    const waitMs = retryAfterMs(header, clock.nowMs()) ?? PATIENCE_MS;
    const error = new VenueError('rate-limited', VENUE, `log-in: ${said}`, { retryAfterMs: waitMs });
    this.#refusal = { error, untilMs: clock.elapsedMs() + waitMs };
    return error;
  }
}

function parsed(answer: HttpAnswer): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(answer.body));
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

/** As a form and JSON write it, JSON inside JSON and JSON in ASCII included. */
function spellings(secret: string): readonly string[] {
  const form = new URLSearchParams({ s: secret }).toString().slice(2);
  const json = JSON.stringify(secret).slice(1, -1);
  const ascii = json.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return [secret, form, ...[json, ascii].flatMap((each) => [each, JSON.stringify(each).slice(1, -1)])];
}
