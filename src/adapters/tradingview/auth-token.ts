import type { HttpAnswer } from '../../ports/transport.ts';
import { TransportError } from '../../ports/transport.ts';
import { VenueError } from '../../ports/venue-error.ts';
import { type TradingViewOptions, VENUE } from './options.ts';
import { isRecord } from './server-message.ts';

const VISITOR = 'unauthorized_user_token';
/** Logging in at every reconnect would end in a captcha. */
const KEEP_MS = 6 * 3_600_000;

/** Token of the account, kept for some hours. `token` rejects with {@link VenueError}: `key-invalid` where the log-in is refused. */
export class AuthToken {
  readonly #options: TradingViewOptions;
  #kept: { readonly token: string; readonly sinceMs: number } | null = null;

  constructor(options: TradingViewOptions) {
    this.#options = options;
  }

  async token(): Promise<string> {
    const { account, clock } = this.#options;
    if (account === undefined) return VISITOR;
    if ('authToken' in account) return account.authToken;
    if (this.#kept !== null && clock.elapsedMs() - this.#kept.sinceMs < KEEP_MS) return this.#kept.token;
    const token = await this.#logIn(account.username, account.password);
    this.#kept = { token, sinceMs: clock.elapsedMs() };
    return token;
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
      throw new VenueError('unavailable', VENUE, `log-in: ${error.message}`, { cause: error });
    }
    const found = parsed(answer);
    const user = found?.['user'];
    const token = isRecord(user) ? user['auth_token'] : undefined;
    if (typeof token === 'string' && token !== '') return token;
    const said = typeof found?.['error'] === 'string' ? found['error'] : `status ${answer.status}`;
    if (answer.status >= 500) throw new VenueError('unavailable', VENUE, `log-in: ${said}`);
    throw new VenueError(
      'key-invalid',
      VENUE,
      `the log-in was refused (${said}); where TradingView asks for a captcha or a second factor, use a token`,
    );
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
