import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { Scene, strategyFile } from './command-line.ts';
import { openFastExchange } from './fast-exchange.ts';
import { openPastExchange } from './past-exchange.ts';

/** What programs that trade expect to find, called as they would: a server, a session and an exchange, each a process or socket of its own. */
const scene = new Scene();
after(() => scene.remove());
const exchange = await openFastExchange();
after(() => exchange.close());
const { env } = exchange;
scene.write('idle.ts', strategyFile('idle', 'void c.ind.average.value;'));
let deeds = 0;
const endings: (() => unknown)[] = [];
after(async () => {
  for (const end of endings) await end();
});

// biome-ignore lint/suspicious/noExplicitAny: each answer its own
type Told = any;

const NO_KEY: Record<string, string> = {};

/** A server of this scene. */
async function serve(more: Readonly<Record<string, string>>) {
  const child = scene.start(['serve', '--port', '0', '--json', '--rate', '1000', '--quota', '1000'], more);
  endings.push(() => child.kill('SIGKILL'));
  const url = await new Promise<string>((resolve) => {
    let text = '';
    child.stdout!.on('data', (part: Buffer) => {
      text += String(part);
      const end = text.indexOf('\n');
      if (end >= 0) resolve(JSON.parse(text.slice(0, end)).url);
    });
  });
  const ask = async (method: string, path: string, body?: object, headers: Record<string, string> = {}) => {
    const isDeed = method !== 'GET' && (body as Told)?.dryRun !== true && headers !== NO_KEY;
    const answer = await fetch(`${url}/api/${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(isDeed ? { 'idempotency-key': `deed-${deeds++}` } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: (text === '' ? null : JSON.parse(text)) as Told };
  };
  const ok = async (method: string, path: string, body?: object): Promise<Told> => {
    const answer = await ask(method, path, body);
    assert.equal(answer.status, 200, `${method} ${path}: ${JSON.stringify(answer.body)}`);
    return answer.body.data;
  };
  return { url, ask, ok };
}

async function until<T>(what: string, look: () => Promise<T>, isRight: (seen: T) => boolean): Promise<T> {
  let seen: T | undefined;
  // Tables follow a session that runs every few seconds.
  for (const endMs = performance.now() + 20_000; performance.now() < endMs; await setTimeout(50)) {
    seen = await look();
    if (isRight(seen)) return seen;
  }
  throw new Error(`${what}: did not come to be, found ${JSON.stringify(seen)}`);
}

describe('orders over HTTP', () => {
  let server: Awaited<ReturnType<typeof serve>>;
  before(async () => {
    const paper = ['paper', './idle.ts', '--venue', 'local', '--symbols', 'BTCUSDT', '--timeframe', '1s'];
    const running = await scene.startRunning(
      [...paper, '--param', 'length=2', '--session', 'desk'],
      env,
      (update) => update['settled'] === true,
    );
    endings.push(() => running.end());
    server = await serve(env);
  });

  test('POST /api/orders -> risk, order, venue, fill, position, event to who listens; the stored order reads filled', async () => {
    const listening = await fetch(`${server.url}/api/fills?session=desk`, {
      headers: { accept: 'application/x-ndjson' },
    });
    const market = { symbol: 'BTCUSDT', side: 'BUY', quantity: '0.01', type: 'MARKET', stop: '5%', target: '30%' };
    const placed = await until(
      'the order',
      () => server.ask('POST', 'orders', market),
      ({ body }) => body.details?.reason !== 'warming-up',
    );
    assert.equal(placed.status, 200, JSON.stringify(placed.body));
    const { order, instrument, side } = placed.body.data;
    const again = await server.ask('POST', 'orders', market, { 'idempotency-key': `deed-${deeds - 1}` });
    assert.deepEqual([again.body, again.headers.get('idempotency-replayed')], [placed.body, 'true']);
    assert.deepEqual([instrument, side], ['LOCAL:BTCUSDT', 'buy']);
    let heard = '';
    for await (const part of listening.body!.pipeThrough(new TextDecoderStream())) {
      heard += part;
      if (heard.includes(`"order":"${order}"`)) break;
    }
    const { order: known, fills } = await until(
      'the fill',
      () => server.ok('GET', `orders/${order}`),
      (seen) => seen.order.status === 'filled',
    );
    assert.deepEqual([known.quantity, known.filled], ['0.01', '0.01']);
    assert.ok(fills.length > 0 && fills.every((fill: Told) => Number(fill.price) > 0));
    assert.equal((await server.ok('GET', 'positions?session=desk')).positions[0].quantity, '0.01');
    const legs = (await server.ok('GET', 'orders?session=desk')).orders;
    assert.deepEqual(legs.map((leg: Told) => `${leg.role} ${leg.side}`).sort(), ['stop sell', 'target sell']);
    const { events } = await server.ok('GET', 'events?session=desk&limit=1000');
    const told = events.map((event: Told) => event.type);
    for (const type of ['signal-generated', 'order-placed', 'order-filled', 'position-opened'])
      assert.ok(told.includes(type), type);
    const where = encodeURIComponent(`id=${order}`);
    const { rows } = await until(
      'the stored order',
      () => server.ok('GET', `query?table=orders&session=desk&where=${where}`),
      (seen) => seen.rows[0]?.status === 'filled',
    );
    assert.deepEqual([rows[0].quantity, rows[0].filled, rows[0].instrument], ['0.01', '0.01', 'LOCAL:BTCUSDT']);
    assert.ok(rows[0].average_price > 0);
  });

  test('a resting order -> amended by PATCH, canceled by DELETE; its words are those of exchanges', async () => {
    const limit = {
      symbol: 'BTCUSDT',
      side: 'BUY',
      quantity: '0.001',
      type: 'LIMIT',
      price: '1000',
      timeInForce: 'GTC',
    };
    const far = await server.ask('POST', 'orders', limit);
    assert.equal(far.body.code, 'order-refused');
    const [{ price }] = (await server.ok('GET', 'positions?session=desk')).positions;
    const near = String(Math.floor(price * 0.97));
    const { order } = await server.ok('POST', 'orders', { ...limit, price: near });
    const lower = String(Math.floor(price * 0.96));
    await server.ok('PATCH', `orders/${order}`, { price: lower, quantity: '0.002' });
    const amended = await until(
      'the amendment',
      () => server.ok('GET', `orders/${order}`),
      (seen) => Number(seen.order.limit) === Number(lower),
    );
    assert.equal(Number(amended.order.quantity), 0.002);
    await server.ok('DELETE', `orders/${order}`);
    await until(
      'the end',
      () => server.ok('GET', `orders/${order}`),
      (seen) => seen.order.status === 'canceled',
    );
    assert.equal((await server.ask('PATCH', `orders/${order}`, { price: near })).status, 422);
    assert.equal((await server.ask('GET', 'orders/nothing')).body.code, 'order-unknown');
    const wrong = await server.ask('POST', 'orders', { ...limit, qty: '1' });
    assert.deepEqual([wrong.status, wrong.body.code, wrong.body.details.field], [400, 'input-invalid', 'qty']);
  });

  test('dryRun -> what every rule says, with used and after; needs no key and changes nothing', async () => {
    const count = async (): Promise<number> => (await server.ok('GET', 'orders?all=true&limit=1000')).orders.length;
    const before_ = await count();
    const order = { symbol: 'BTCUSDT', side: 'buy', quantity: '0.001', dryRun: true };
    const small = await server.ask('POST', 'orders', order);
    assert.equal(small.body.schema, 'tradewright.dry-run/1');
    assert.deepEqual([small.body.data.allowed, small.body.data.refusal], [true, null]);
    assert.match(small.body.data.would[0], /^buy qty 0\.001 LOCAL:BTCUSDT at market in session desk$/);
    const { quantity: _quantity, ...unsized } = order;
    const tenth = await server.ok('POST', 'orders', { ...unsized, pctEquity: '10%' });
    assert.match(tenth.would[0], /^buy 10 % of the equity in LOCAL:BTCUSDT/);
    assert.match(tenth.would[1], /^that is 0\.\d+ LOCAL:BTCUSDT$/);
    const atRisk = await server.ok('POST', 'orders', { ...unsized, riskPct: '0.1%', stop: '2%' });
    assert.match(atRisk.would.join(), /0\.1 % of the equity at risk in .* stop 2 % away.*that is 0\.\d+ /);
    const unmeasured = await server.ask('POST', 'orders', { ...unsized, riskPct: '0.1%' });
    assert.deepEqual([unmeasured.status, unmeasured.body.details.field], [400, 'stop']);
    const trailed = await server.ok('POST', 'orders', { ...order, trail: '2%', target: '2r' });
    assert.match(trailed.would[0], /trailing stop 2 % away, target 2 times the risk away/);
    const levels = /^with its trailing stop at ([\d.]+) and its target at ([\d.]+), if it fills/.exec(
      trailed.would[1],
    )!;
    // The risk is 2 % of the price at which it is expected to fill, and the target twice that above.
    const [trail, target] = [Number(levels[1]), Number(levels[2])];
    assert.ok(Math.abs(target - (trail / 0.98) * 1.04) < 0.05, `${trail} ${target}`);
    // Whether the range is known already is a matter of how many bars have come.
    const ranged = await server.ok('POST', 'orders', { ...order, stop: '3ATR', target: '50ticks' });
    assert.match(ranged.would[0], /stop 3 atr away, target 50 ticks away/);
    const ticks = await server.ok('POST', 'orders', { ...order, stop: '300ticks', target: '50ticks' });
    const [, stop, above] = /^with its stop at ([\d.]+) and its target at ([\d.]+),/.exec(ticks.would[1])!;
    assert.ok(Math.abs(Number(above) - Number(stop) - 3.5) < 0.005, `${stop} ${above}`);
    for (const [field, given] of Object.entries({ target: '2r', trail: '60000', stop: '2r' })) {
      const { status, body } = await server.ask('POST', 'orders', { ...order, [field]: given });
      assert.deepEqual([status, body.details.field], [400, field]);
    }
    const twice = await server.ask('POST', 'orders', { ...order, pctEquity: '10%' });
    assert.deepEqual([twice.status, twice.body.details.field], [400, 'quantity']);
    const large = await server.ok('POST', 'orders', { ...order, quantity: '1000' });
    assert.equal(large.allowed, false);
    const [rule] = large.rules.filter((each: Told) => !each.passed);
    assert.equal(rule.refusal, large.refusal.code);
    const position = large.rules.find((each: Told) => each.rule === 'instrument-exposure');
    assert.ok(position.after > position.used, JSON.stringify(position));
    const { dryRun: _, ...asked } = order;
    const whatIf = await server.ask('POST', 'risk/what-if', { ...asked, quantity: '1000', side: 'BUY' }, NO_KEY);
    assert.deepEqual([whatIf.body.data.refusal, whatIf.body.schema], [large.refusal, 'tradewright.dry-run/1']);
    assert.equal((await server.ask('POST', 'risk/what-if', { ...order, dryRun: false })).body.details.field, 'dryRun');
    const all = await server.ok('DELETE', 'orders', { dryRun: true });
    assert.deepEqual(all.would.length, 2);
    assert.deepEqual((await server.ok('DELETE', 'orders?dryRun=true&symbol=BTCUSDT')).allowed, true);
    assert.equal(await count(), before_);
    const killed = await server.ok('POST', 'kill', { level: 'flatten', reason: 'x', dryRun: true });
    assert.match(killed.would[1], /session desk, which runs/);
    assert.deepEqual((await server.ok('GET', 'status')).latches, []);
    const { code, body } = await scene.json(['order', 'buy', 'BTCUSDT', '--qty', '1000', '--dry-run'], env);
    assert.deepEqual([code, body.schema, body.data.allowed], [10, 'tradewright.dry-run/1', false]);
  });

  test('lists -> page by page to the oldest, and what comes meanwhile moves nothing', async () => {
    const { orders: whole } = await server.ok('GET', 'orders?session=desk&all=true');
    const newer = await server.ok('GET', 'orders?session=desk&all=true&limit=2');
    const older = await server.ok('GET', `orders?session=desk&all=true&limit=2&cursor=${newer.cursor}`);
    assert.deepEqual([...older.orders, ...newer.orders], whole);
    assert.deepEqual([whole.length, older.cursor], [4, null]);
    assert.equal((await server.ask('GET', 'fills?cursor=Z')).body.details.field, 'cursor');
    const followed = await server.ask('GET', 'fills?cursor=1', undefined, { accept: 'application/x-ndjson' });
    assert.equal(followed.body.code, 'input-invalid');
    const { runs, cursor, total } = await server.ok('GET', 'runs/ls');
    assert.deepEqual([runs, cursor, total], [[], null, 0]);
  });

  test('balances, equity, profit -> of the position that was bought, and they agree', async () => {
    const { balances, equity, currency } = await server.ok('GET', 'portfolio/balances?session=desk');
    const bitcoin = balances.find((each: Told) => each.asset === 'BTC');
    assert.deepEqual([currency, Number(bitcoin.amount) > 0.0099], ['USDT', true]);
    const worth = balances.reduce((sum: number, each: Told) => sum + each.value, 0);
    assert.ok(Math.abs(worth - equity) < 1e-6, `${worth} ${equity}`);
    const won = await server.ok('GET', 'portfolio/profit?session=desk');
    assert.equal(won.instruments[0].instrument, 'LOCAL:BTCUSDT');
    assert.match(won.instruments[0].fees, /^\d+\.\d+$/);
    const { points, cursor } = await server.ok('GET', 'portfolio/equity?session=desk&limit=3');
    assert.equal(points.length, 3);
    const older = await server.ok('GET', `portfolio/equity?session=desk&limit=3&cursor=${cursor}`);
    assert.ok(older.points.at(-1).time < points[0].time);
    assert.equal((await server.ok('GET', 'portfolio/positions?session=desk')).positions.length, 1);
  });

  test('DELETE /api/orders -> every order, stop and target too', async () => {
    assert.equal((await server.ok('DELETE', 'orders', { symbol: 'BTCUSDT' })).canceled, 2);
    await until(
      'the end',
      () => server.ok('GET', 'orders'),
      (seen) => seen.orders.length === 0,
    );
  });

  test('an entry with a trailing stop and a target by its risk -> both rest from its fill on, as far away as was asked', async () => {
    const given = { symbol: 'BTCUSDT', side: 'BUY', quantity: '0.001', trail: '5%', target: '2r' };
    const { order } = await server.ok('POST', 'orders', given);
    const { orders } = await until(
      'the legs',
      () => server.ok('GET', 'orders?session=desk'),
      (seen) => seen.orders.map(({ role }: Told) => role).join() === 'trail,target',
    );
    const { fills } = await server.ok('GET', `orders/${order}`);
    const worth = fills.reduce((sum: number, fill: Told) => sum + fill.price * fill.quantity, 0);
    const price = worth / fills.reduce((sum: number, fill: Told) => sum + Number(fill.quantity), 0);
    const leg = (role: string): Told => orders.find((each: Told) => each.role === role);
    assert.deepEqual([leg('trail').type, leg('target').type], ['trailing-stop', 'limit']);
    assert.ok(Math.abs(leg('target').limit - price * 1.1) < price / 500, `${leg('target').limit} of ${price}`);
    // It follows the price from then on.
    assert.ok(leg('trail').trigger >= price * 0.949 && leg('trail').trigger < price, leg('trail').trigger);
    assert.equal((await server.ok('DELETE', 'orders', { symbol: 'BTCUSDT' })).canceled, 2);
  });

  test('POST /api/execution/execute -> 501 not-built, whatever is given', async () => {
    const { status, body } = await server.ask('POST', 'execution/execute', { symbol: 'BTCUSDT', model: 'grok' });
    assert.deepEqual([status, body.code], [501, 'not-built']);
    assert.equal((await server.ask('POST', 'execution/execute', { dryRun: true })).status, 501);
  });

  test('quotes -> started, listed, the latest at once, followed, stopped', async () => {
    const asked = { venue: 'local', symbols: ['BTCUSDT'] };
    assert.equal((await server.ok('POST', 'quotes/start', asked)).quotes[0].symbol, 'BTCUSDT');
    const latest = await server.ok('GET', 'quotes/latest?exchange=local&symbol=BTCUSDT');
    assert.ok(Number(latest.bid) > 0 && Number(latest.ask) >= Number(latest.bid), JSON.stringify(latest));
    assert.equal((await server.ok('GET', 'quotes')).quotes.length, 1);
    const followed = await fetch(`${server.url}/api/quotes/subscribe?exchange=local&symbols=BTCUSDT&seconds=1.2`, {
      headers: { accept: 'application/x-ndjson' },
    });
    assert.match(await followed.text(), /"k":"update".*"bid":/);
    assert.deepEqual(await server.ok('POST', 'quotes/stop', { venue: 'local' }), { stopped: ['BTCUSDT'] });
    assert.deepEqual((await server.ok('GET', 'quotes')).quotes, []);
    // The one that is refused takes nothing from the other.
    const [refused, kept] = await Promise.all([
      server.ask('POST', 'quotes/start', { ...asked, symbols: ['BTCUSDT', 'NOTHING'] }),
      server.ask('POST', 'quotes/start', asked),
    ]);
    assert.deepEqual([refused.body.code, kept.status], ['symbol-unknown', 200]);
    assert.equal((await server.ok('GET', 'quotes')).quotes.length, 1);
    assert.equal(
      (await server.ask('POST', 'quotes/start', { ...asked, symbols: ['NOTHING'] })).body.code,
      'symbol-unknown',
    );
    const alone = await scene.json(['quote', 'local', 'BTCUSDT'], env);
    assert.ok(Number(alone.body.data.bid) > 0);
  });
});

describe('market data over HTTP', () => {
  test('sync, bars, symbols, status; history is kept by caches for an hour, and told again only where it changed', async () => {
    const past = await openPastExchange();
    endings.push(() => past.close());
    const { ok, ask } = await serve(past.env);
    const asked = { symbol: 'BTCUSDT', exchange: 'local', interval: '1m', n_bars: 1600 };
    const synced = await ask('POST', 'market-data/sync', asked);
    assert.deepEqual([synced.status, synced.body.schema], [200, 'tradewright.market-data-sync/1']);
    const { bars_synced: count, status } = synced.body.data;
    // It has been trading for two hours, and goes on.
    assert.ok(count >= 119 && count < 150 && status === 'synced', JSON.stringify(synced.body.data));
    const path = 'market-data/ohlcv/local/BTCUSDT?interval=1m&limit=50';
    const newest = await ask('GET', path);
    assert.equal(newest.headers.get('cache-control'), 'private, no-cache');
    const { bars, cursor, instrument, final } = newest.body.data;
    assert.deepEqual([bars.length, instrument, final], [50, 'LOCAL:BTCUSDT', false]);
    assert.match(bars[0].close, /^\d+(\.\d+)?$/);
    const again = await ask('GET', path, undefined, { 'if-none-match': `W/${newest.headers.get('etag')!}` });
    assert.deepEqual([again.status, again.body, again.headers.get('etag')], [304, null, newest.headers.get('etag')]);

    const older = await ask('GET', `${path}&cursor=${cursor}`);
    assert.equal(older.headers.get('cache-control'), 'private, max-age=3600');
    assert.notEqual(older.headers.get('etag'), newest.headers.get('etag'));
    assert.equal(Date.parse(older.body.data.bars.at(-1).time) + 60_000, Date.parse(bars[0].time));
    const oldest = await ok('GET', `${path}&cursor=${older.body.data.cursor}`);
    assert.deepEqual([oldest.bars.length, oldest.cursor], [count - 100, null]);
    const from = bars[10].time;
    const period = await ok('GET', `market-data/ohlcv/LOCAL/btcusdt?interval=1m&from=${from}&to=${bars[20].time}`);
    assert.deepEqual([period.bars, period.final, period.cursor], [bars.slice(10, 20), true, null]);

    const { symbols } = await ok('GET', 'market-data/symbols?exchange=local');
    assert.deepEqual([symbols[0].symbol, symbols[0].timeframes], ['BTCUSDT', ['1m']]);
    const [series] = (await ok('GET', 'market-data/sync/status?symbol=BTCUSDT')).series;
    assert.deepEqual([series.bars, series.coverage, series.sync.status, series.sync.added], [count, 1, 'done', count]);
    assert.equal((await ask('GET', 'market-data/ohlcv/local/NOTHING')).body.code, 'data-unknown');
    assert.equal((await ask('GET', `${path}&cursor=-`)).status, 400);
    const both = await ask('GET', 'market-data/ohlcv/local/BTCUSDT?symbol=ETHUSDT');
    assert.deepEqual([both.status, both.body.details.field], [400, 'symbol']);
  });
});
