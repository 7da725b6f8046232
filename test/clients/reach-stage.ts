import { once } from 'node:events';
import type { IssuedAccount } from '../../src/local-exchange/accounts.ts';
import { openReachExchange, type ReachExchange } from './reach-exchange.ts';
import type { Loose } from './spot-clients.ts';

/** An exchange with both products, and third-party clients that are connected to it. */
export interface ReachStage extends ReachExchange {
  readonly ann: IssuedAccount;
  readonly cal: IssuedAccount;
  /** `@binance/spot` and `@binance/derivatives-trading-usds-futures`. The spot socket API belongs to `ed`, the rest to `ann`. */
  readonly officialSpot: Loose;
  readonly officialSpotApi: Loose;
  readonly officialSpotStreams: Loose;
  readonly officialUsdm: Loose;
  readonly officialUsdmApi: Loose;
  readonly officialUsdmStreams: Loose;
  /** Of `cal`. */
  readonly officialPoor: Loose;
  /** `binance`: REST of spot and futures, the WebSocket API of `ed`, streams of `ann`, and its older client of streams. */
  readonly main: Loose;
  readonly usdmMain: Loose;
  readonly socketApi: Loose;
  readonly streams: Loose;
  readonly olderStreams: Loose;
  /** What one call leaves for a later one. */
  readonly kept: Map<string, Loose>;
  close(): Promise<void>;
}

const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

/** Nothing goes further than 127.0.0.1. */
export async function openReachStage(): Promise<ReachStage> {
  const reach = await openReachExchange();
  const { exchange } = reach;
  const [ann, ed, cal] = exchange.accounts as [IssuedAccount, IssuedAccount, IssuedAccount];
  const { rest, streams, socketApi } = exchange.urls.spot!;
  const keysOf = (account: IssuedAccount): { apiKey: string; apiSecret: string } => {
    const [key] = account.keys;
    return { apiKey: key!.apiKey, apiSecret: key!.secret! };
  };
  const { apiKey, apiSecret } = keysOf(ann);
  const edKey = ed.keys[0]!;
  const edPair = { apiKey: edKey.apiKey, privateKey: edKey.privateKey! };

  const { Spot }: Loose = await import('@binance/spot');
  const { DerivativesTradingUsdsFutures }: Loose = await import('@binance/derivatives-trading-usds-futures');
  const level = process.env['LOG_LEVEL'];
  process.env['LOG_LEVEL'] = 'error';
  const spot = new Spot({
    configurationRestAPI: { ...keysOf(ann), basePath: rest },
    configurationWebsocketAPI: { ...edPair, wsURL: socketApi },
    configurationWebsocketStreams: { wsURL: streams },
  });
  const usdm = new DerivativesTradingUsdsFutures({
    configurationRestAPI: { ...keysOf(ann), basePath: rest },
    configurationWebsocketAPI: { ...keysOf(ann), wsURL: exchange.urls.usdm!.socketApi },
    configurationWebsocketStreams: { wsURL: streams },
  });
  const poor = new DerivativesTradingUsdsFutures({ configurationRestAPI: { ...keysOf(cal), basePath: rest } });
  const [officialSpotApi, officialSpotStreams, officialUsdmApi, officialUsdmStreams]: Loose[] = await Promise.all([
    spot.websocketAPI.connect(),
    spot.websocketStreams.connect(),
    usdm.websocketAPI.connect(),
    usdm.websocketStreams.connect(),
  ]);
  if (level === undefined) delete process.env['LOG_LEVEL'];
  else process.env['LOG_LEVEL'] = level;

  const { MainClient, USDMClient, WebsocketAPIClient, WebsocketClient, WebsocketClientV1 }: Loose = await import(
    'binance'
  );
  const keys = { api_key: apiKey, api_secret: apiSecret };
  const api = new WebsocketAPIClient(
    { api_key: edKey.apiKey, api_secret: edKey.privateKey!, wsUrl: streams, attachEventListeners: false },
    silent,
  );
  const streamClient = new WebsocketClient({ ...keys, wsUrl: streams, restOptions: { baseUrl: rest } }, silent);
  const older = new WebsocketClientV1({ ...keys }, silent);

  return {
    ...reach,
    ann,
    cal,
    officialSpot: spot.restAPI,
    officialSpotApi,
    officialSpotStreams,
    officialUsdm: usdm.restAPI,
    officialUsdmApi,
    officialUsdmStreams,
    officialPoor: poor.restAPI,
    main: new MainClient({ ...keys, baseUrl: rest }),
    usdmMain: new USDMClient({ ...keys, baseUrl: rest }),
    socketApi: api,
    streams: streamClient,
    olderStreams: older,
    kept: new Map(),
    async close() {
      const official = [officialSpotApi, officialSpotStreams, officialUsdmApi, officialUsdmStreams];
      await Promise.all(official.map((connection) => connection.disconnect()));
      for (const sockets of [api.getWSClient(), streamClient]) {
        for (const key of sockets.getWsStore().getKeys()) {
          const gone = once(sockets, 'close');
          sockets.close(key, true);
          await gone;
        }
      }
      older.closeAll(false);
      await exchange.close();
    },
  };
}

const LONGEST_MS = 4_000;
const EVERY_MS = 5;
const STEP_MS = 100;

/** Trades and quotes of the outside, on both products. */
export function stir(stage: ReachStage, turn: number): void {
  stage.exchange.market.trade('BTCUSDT', turn % 2 === 0 ? 'buy' : 'sell', 95_000 + (turn % 3), 0.01);
}

/** Steps the exchange's clock, and does `act` with each step, until something that a client waits for has come. */
export async function whileActing<T>(
  stage: ReachStage,
  awaited: Promise<T>,
  act: (stage: ReachStage, turn: number) => void = stir,
): Promise<T> {
  let turn = 0;
  let failed: (error: unknown) => void = () => {};
  const late = new Promise<never>((_, reject) => {
    failed = reject;
  });
  const timer = setInterval(() => {
    try {
      if (turn * EVERY_MS > LONGEST_MS) throw new Error('what the client waits for never came');
      act(stage, turn++);
      stage.exchange.clock.step(STEP_MS);
    } catch (error) {
      failed(error);
    }
  }, EVERY_MS);
  try {
    return await Promise.race([awaited, late]);
  } finally {
    clearInterval(timer);
  }
}

/** Steps the exchange's clock, and does `act` with each step, until something is so. */
export function until(
  stage: ReachStage,
  isSo: () => boolean,
  act: (stage: ReachStage, turn: number) => void = () => {},
): Promise<void> {
  let done: () => void = () => {};
  const awaited = new Promise<void>((resolve) => {
    done = resolve;
  });
  return whileActing(stage, awaited, (_, turn) => {
    if (isSo()) done();
    else act(stage, turn);
  });
}
