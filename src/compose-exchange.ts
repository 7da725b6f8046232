import type { LocalExchanges } from './ports/local-exchange.ts';

/** Enough for a market that looks alive: about three trades a second of one-minute bars. */
const TRADES_EACH_BAR = 180;

/** The local exchange behind its port; nothing of it is loaded before it is started. */
export const localExchanges: LocalExchanges = {
  async faultProfiles() {
    const { FAULT_PROFILES } = await import('./local-exchange/faults/profiles.ts');
    return Object.keys(FAULT_PROFILES);
  },
  async open({ market, clockSpeed, accountsText, accounts, ...request }) {
    const [{ openLocalExchange }, { readAccountFlag, readAccountsFile }] = await Promise.all([
      import('./local-exchange/open.ts'),
      import('./local-exchange/accounts-input.ts'),
    ]);
    const named = [...(accountsText === null ? [] : readAccountsFile(accountsText)), ...accounts.map(readAccountFlag)];
    const exchange = await openLocalExchange({
      ...request,
      clock: { speed: clockSpeed },
      market:
        market.kind === 'events'
          ? { kind: 'recording', speed: market.speed, source: market.events }
          : market.kind === 'quiet'
            ? market
            : { ...market, tradesEachBar: TRADES_EACH_BAR },
      ...(named.length === 0 ? {} : { accounts: named }),
    });
    return {
      port: exchange.port,
      certificate: exchange.certificate,
      products: Object.entries(exchange.urls).map(([product, urls]) => ({
        ...{ product, ...urls },
        symbols: exchange.symbols(product as keyof typeof exchange.urls),
      })),
      accounts: exchange.accounts.map(({ account, keys }) => ({
        name: account.name,
        keys: keys.map(({ kind, apiKey, secret, privateKey }) => ({ kind, apiKey, secret: secret ?? privateKey })),
      })),
      nowMs: () => exchange.clock.nowMs(),
      openSockets: () => exchange.openSockets(),
      close: () => exchange.close(),
    };
  },
};
