import { formatTime, timeframe } from '../../core/vocabulary/time.ts';
import type { ExchangeEvent, ExchangeMarket, RunningExchange } from '../../ports/local-exchange.ts';
import type { FeedSink } from '../../ports/market-feed.ts';
import { Failure } from '../failures.ts';
import type { Input, Output } from '../operations/table.ts';
import type { Call, World } from '../world.ts';
import { findSeries } from './load-data.ts';
import { pause } from './pause.ts';

const UPDATE_MS = 1_000;
/** Prices of a quiet market, near those of recent years. */
const QUIET_BOOK = { BTCUSDT: 95_000, ETHUSDT: 3_500, BNBUSDT: 650, SOLUSDT: 180 };

export async function exchange(input: Input<'exchange'>, world: World, call: Call): Promise<Output<'exchange'>> {
  const profiles = await world.exchanges.faultProfiles();
  if (!profiles.includes(input.faults)) {
    throw new Failure('input-invalid', `faults: expected one of ${profiles.join(', ')}, found ${input.faults}`, {
      details: { field: 'faults', found: input.faults, expected: profiles },
    });
  }
  const market = await marketOf(input, world);
  const startMs = world.clock.elapsedMs();
  const running = await open(input, market, world);
  try {
    const endMs = input.seconds === undefined ? Number.POSITIVE_INFINITY : startMs + input.seconds * 1000;
    call.update(view(running));
    while (!call.stop.aborted && world.clock.elapsedMs() < endMs) {
      await pause(world.clock, Math.min(UPDATE_MS, endMs - world.clock.elapsedMs()), call.stop);
      call.update(view(running));
    }
  } finally {
    await running.close();
  }
  return {
    seconds: (world.clock.elapsedMs() - startMs) / 1000,
    products: running.products.map((p) => p.product),
    accounts: running.accounts.map((a) => a.name),
  };
}

async function open(input: Input<'exchange'>, market: ExchangeMarket, world: World): Promise<RunningExchange> {
  const { host, port, tls, seed, faults, limits, account, accounts } = input;
  const accountsText = accounts === undefined ? null : world.files.read(accounts);
  if (accounts !== undefined && accountsText === null)
    throw new Failure('file-not-found', `there is no file ${accounts}`, {
      details: { file: accounts, field: 'accounts' },
    });
  try {
    return await world.exchanges.open({
      ...{ host, port, tls, seed, faults, limits, market, accountsText },
      clockSpeed: input.clock,
      accounts: account,
    });
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError)
      throw new Failure('input-invalid', error.message, { details: { field: 'accounts' }, cause: error });
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'EADDRINUSE' || code === 'EACCES' || code === 'EADDRNOTAVAIL')
      throw new Failure('port-unavailable', `cannot listen on ${host}:${port}: ${String(code)}`, {
        details: { field: 'port', found: port },
        cause: error,
      });
    throw error;
  }
}

async function marketOf(input: Input<'exchange'>, world: World): Promise<ExchangeMarket> {
  const { market, speed } = input;
  if (market === 'quiet') return { kind: 'quiet', book: QUIET_BOOK };
  if (market === 'synthetic') return { kind: 'synthetic', speed };
  if (world.files.exists(market)) return { kind: 'events', speed, events: await recorded(market, world) };
  const [series] = await findSeries(market, undefined, world);
  const { instrument, timeframe: tf } = series!;
  const { bars } = (await world.catalogue.load(instrument, tf))!;
  const barMs = timeframe(tf).ms;
  if (barMs === 0) throw new Failure('input-invalid', `market: ${tf} bars are too coarse to be played`);
  return { kind: 'bars', speed, bars: { [instrument.slice(instrument.indexOf(':') + 1)]: { columns: bars, barMs } } };
}

/** Trades and quotes of a recording, by the venue's own time. */
async function recorded(path: string, world: World): Promise<readonly ExchangeEvent[]> {
  const events: ExchangeEvent[] = [];
  const symbols = new Map<number, string>();
  const ignore = (): void => {};
  const sink: FeedSink = {
    ...{ bar: ignore, depth: ignore, mark: ignore, gap: ignore, anomaly: ignore },
    trade: (id, timeMs, _received, _tradeId, price, quantity, side) =>
      void events.push({
        ...{ kind: 'trade', timeMs, symbol: symbols.get(id)!, price, quantity },
        takerSide: side > 0 ? 'buy' : 'sell',
      }),
    quote: (id, timeMs, receivedMs, _updateId, bid, _bidQuantity, ask) =>
      // Some venues give quotes no time of their own.
      void events.push({ kind: 'quote', timeMs: timeMs > 0 ? timeMs : receivedMs, symbol: symbols.get(id)!, bid, ask }),
  };
  const recording = await world.recordings.open(world.files.resolve(path));
  await recording.play(sink, ({ id, request }) => void symbols.set(id, request.symbol));
  if (events.length === 0)
    throw new Failure('data-empty', `${path}: the recording has neither trades nor quotes`, {
      details: { file: path },
    });
  return events.sort((a, b) => a.timeMs - b.timeMs);
}

function view(running: RunningExchange) {
  return {
    time: formatTime(running.nowMs()),
    products: running.products.map((p) => ({ ...p, symbols: [...p.symbols] })),
    accounts: running.accounts.map(({ name, keys }) => ({ name, keys: keys.map((key) => ({ ...key })) })),
    certificate: running.certificate,
    sockets: running.openSockets(),
  };
}
