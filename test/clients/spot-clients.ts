import { once } from 'node:events';
import { type LocalExchange, openLocalExchange } from '../../src/local-exchange/open.ts';
import type { Surroundings } from '../../src/local-exchange/product.ts';
import { createSpotProduct } from '../../src/local-exchange/spot/spot-product.ts';
import { openCcxtSpot } from './ccxt-spot-client.ts';

// biome-ignore lint/suspicious/noExplicitAny: third-party clients of many shapes, called as their users call them
export type Loose = any;

/** Third-party clients, each logged on to one local exchange, and what they have asked it for. */
export interface SpotClients {
  readonly exchange: LocalExchange;
  readonly ccxt: Loose;
  readonly main: Loose;
  readonly socketApi: Loose;
  readonly streams: Loose;
  readonly official: Loose;
  readonly officialApi: Loose;
  readonly officialStreams: Loose;
  readonly nodeBinance: Loose;
  /** Names as in the table of what is served: of requests, of streams that were opened or spoke, of user events that were sent. */
  readonly asked: Set<string>;
  /** What one call leaves for a later one. */
  readonly kept: Map<string, Loose>;
  close(): Promise<void>;
}

const SPEED = 20;
const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

/** A stream's name as the table of what is served has it. */
const servedStream = (name: string): string =>
  name
    .replace(/^btcusdt@/, '<symbol>@')
    .replace(/kline_1m$/, 'kline_<interval>')
    .replace(/depth5/, 'depth<levels>');

/** The product, with every request, opened stream and sent event written down. */
function watched(around: Surroundings, asked: Set<string>) {
  const product = createSpotProduct(
    {},
    {
      nowMs: () => around.nowMs(),
      at: (timeMs, run) => around.at(timeMs, run),
      random: () => around.random(),
      publish: (stream, data) => {
        asked.add(servedStream(stream));
        around.publish(stream, data);
      },
      hasListeners: (stream) => around.hasListeners(stream),
      accounts: around.accounts,
      notify(account, event) {
        asked.add(String((event as Loose).e));
        around.notify(account, event);
      },
    },
  );
  const noted = <T extends { handle: (...given: Loose[]) => Loose }>(endpoint: T, name: string): T => ({
    ...endpoint,
    handle: (...given: Loose[]) => {
      asked.add(name);
      return endpoint.handle(...given);
    },
  });
  return {
    name: product.name,
    routes: product.routes.map((r) => noted(r, `${r.method} ${r.path}`)),
    methods: product.methods.map((m) => noted(m, m.name)),
    house: product.house,
    symbols: product.symbols,
    hasStream: (name: string) => product.hasStream(name),
    streamOpened: (name: string) => {
      asked.add(servedStream(name));
      product.streamOpened(name);
    },
    streamClosed: (name: string) => product.streamClosed(name),
    deposit: (...given: Parameters<typeof product.deposit>) => product.deposit(...given),
    served: () => product.served(),
  };
}

/** Starts an exchange that runs twenty times as fast as real time, and the clients; nothing goes further than 127.0.0.1. */
export async function openSpotClients(): Promise<SpotClients> {
  const asked = new Set<string>();
  const exchange = await openLocalExchange({
    products: { spot: (around) => watched(around, asked) },
    clock: { speed: SPEED },
    checkTimestamps: false,
    market: { kind: 'quiet', book: { BTCUSDT: 100_000, ETHUSDT: 4_000 } },
    accounts: [{ name: 'ann', balances: { spot: { USDT: '1000000', BTC: '10', BNB: '5' } } }],
  });
  const { apiKey, secret } = exchange.accounts[0]!.keys[0]!;
  const { rest, streams, socketApi } = exchange.urls.spot!;

  const ccxt = await openCcxtSpot(exchange);
  const { MainClient, WebsocketAPIClient, WebsocketClient }: Loose = await import('binance');
  const main = new MainClient({ api_key: apiKey, api_secret: secret, baseUrl: rest });
  const apiClient = new WebsocketAPIClient(
    { api_key: apiKey, api_secret: secret, wsUrl: streams, attachEventListeners: false },
    silent,
  );

  const streamClient = new WebsocketClient({ wsUrl: streams, restOptions: { baseUrl: rest } }, silent);

  const { Spot }: Loose = await import('@binance/spot');
  const level = process.env['LOG_LEVEL'];
  process.env['LOG_LEVEL'] = 'error';
  const official = new Spot({
    configurationRestAPI: { apiKey, apiSecret: secret, basePath: rest, timeout: 5000 },
    configurationWebsocketAPI: { apiKey, apiSecret: secret, wsURL: socketApi },
    configurationWebsocketStreams: { wsURL: streams },
  });
  const officialApi = await official.websocketAPI.connect();
  const officialStreams = await official.websocketStreams.connect();
  if (level === undefined) delete process.env['LOG_LEVEL'];
  else process.env['LOG_LEVEL'] = level;

  const { default: NodeBinance }: Loose = await import('node-binance-api');
  const nodeBinance = new NodeBinance({
    APIKEY: apiKey,
    APISECRET: secret,
    log: () => {},
    urls: { base: `${rest}/api/`, sapi: `${rest}/sapi/` },
  });

  return {
    exchange,
    ccxt,
    main,
    socketApi: apiClient,
    streams: streamClient,
    official: official.restAPI,
    officialApi,
    officialStreams,
    nodeBinance,
    asked,
    kept: new Map(),
    async close() {
      await Promise.all([ccxt.close(), officialApi.disconnect(), officialStreams.disconnect()]);
      for (const sockets of [apiClient.getWSClient(), streamClient]) {
        const gone = sockets.getWsStore().getKeys().length > 0 ? once(sockets, 'close') : null;
        sockets.closeAll(true);
        await gone;
      }
      await exchange.close();
    },
  };
}
