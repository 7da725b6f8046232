import type { Auth, TradingViewAccount, TradingViewOptions } from './adapters/tradingview/options.ts';
import type { Outside, VenueRow } from './venue-rows.ts';

/** What the user says about TradingView. */
export interface TradingViewSetting {
  readonly acceptsTerms: boolean;
  readonly allowsDelayed: boolean;
  readonly account?: TradingViewAccount;
  readonly streamOrigin?: string;
}

/**
 * `TRADEWRIGHT_TRADINGVIEW=accept-terms` switches it on, `TRADEWRIGHT_TRADINGVIEW_DELAYED=allow` takes data that come late. An account is
 * optional: `_TOKEN`, or `_USER` and `_PASSWORD`. `_ORIGIN` is another server, such as `wss://prodata.tradingview.com` of paid plans.
 */
export function tradingViewSetting(env: Readonly<Record<string, string | undefined>>): TradingViewSetting {
  const said = (name: string): string | undefined => env[`TRADEWRIGHT_TRADINGVIEW${name}`] || undefined;
  const [authToken, username, password, streamOrigin] = ['_TOKEN', '_USER', '_PASSWORD', '_ORIGIN'].map(said);
  const login = username !== undefined && password !== undefined ? { username, password } : null;
  const account = authToken === undefined ? login : { authToken };
  return {
    acceptsTerms: said('') === 'accept-terms',
    allowsDelayed: said('_DELAYED') === 'allow',
    ...(account === null ? {} : { account }),
    ...(streamOrigin === undefined ? {} : { streamOrigin }),
  };
}

/** TradingView, which refuses to be opened until the user has accepted its terms. */
export function tradingView(setting: TradingViewSetting): VenueRow {
  // One log-in for everything: a password that was refused is not sent again by whatever is opened next.
  let auth: Auth | null = null;
  const options = async ({ http, dialer, clock, random }: Outside): Promise<TradingViewOptions> => {
    const { AuthToken } = await import('./adapters/tradingview/auth-token.ts');
    auth ??= new AuthToken({ http, clock, account: setting.account });
    return { http, dialer, clock, random, auth, ...setting };
  };
  return {
    gateways: {},
    facts: {
      ...{
        name: 'tradingview',
        id: 'TRADINGVIEW',
        title: 'TradingView',
        history: ['rest'],
        feed: true,
      },
      hasPassphrase: false,
      note: 'off until you set TRADEWRIGHT_TRADINGVIEW=accept-terms, as its terms restrict automated use',
    },
    async history(outside) {
      const { TradingViewHistory } = await import('./adapters/tradingview/bar-history.ts');
      const history = new TradingViewHistory(await options(outside));
      outside.onClose(() => history.close());
      return history;
    },
    async feed(outside) {
      const { TradingViewFeed } = await import('./adapters/tradingview/feed.ts');
      return new TradingViewFeed(await options(outside));
    },
  };
}
