import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { sqliteJournals } from '../../src/adapters/sqlite/journals.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { decimal } from '../../src/core/vocabulary/decimal.ts';
import { Random } from '../../src/core/vocabulary/random.ts';
import { type LocalExchange, openLocalExchange } from '../../src/local-exchange/open.ts';
import type { JournaledIntent } from '../../src/ports/journal.ts';
import type { SessionInput } from '../../src/session/session-input.ts';
import { Scene, strategyFile } from '../e2e/command-line.ts';

const SESSION = 'killed';
const ACCEPT = 'this key works from any address';
/** Part of the kills that come at any moment after the start, ready or not. */
const EARLY = 0.3;
const LONGEST_START_MS = 120_000;
const KILLS_A_PLAIN_START = 5;
const MOST_MORE_STARTS = 3;
const LAST_S = 8;
/** Nobody knows of an order: that counts as proof only after half a minute of asking. */
const PROVING_S = 75;

/** Something at every bar: entries with a stop, exits, and limits that rest and are withdrawn. */
const RESTLESS = `
  const n = ++c.state.n;
  if (c.position.isOpen) c.position.close('held for a bar');
  else if (n % 3 === 0) c.buy({ size: { qty: 0.01 }, limit: c.price * 0.999, why: 'a little lower' });
  else { c.cancelAll('afresh'); c.buy({ size: { qty: 0.01 }, stop: { pct: 0.02 }, why: 'flat' }); }`;

export interface KillsOptions {
  readonly count: number;
  readonly seed: number;
  readonly told?: (line: string) => void;
}

export interface KillsResult {
  readonly kills: number;
  readonly orders: number;
  readonly trades: number;
  /** From the start of the process until orders may leave, in ms, rising. */
  readonly readyMs: readonly number[];
  /** How long the program took to start and to say its version, now and then in between, in ms, rising: how fast the machine is. */
  readonly plainMs: readonly number[];
}

/**
 * Runs the real program with a real account at a local exchange and kills it again and again (`kill -9`), ready or not. Throws where an
 * order or a trade was lost or doubled, an order was not journaled before the venue knew it, or books and venue differ in the end.
 */
export async function runLiveKills({ count, seed, told = () => {} }: KillsOptions): Promise<KillsResult> {
  const scene = new Scene();
  // Real time, a market that runs sixty times as fast, and bars of a second.
  const exchange = await openLocalExchange({
    market: { kind: 'synthetic', speed: 60, tradesEachBar: 40 },
    limits: 'none',
    seed,
  });
  try {
    const { apiKey, secret } = exchange.accounts[0]!.keys[0]!;
    const env = { TRADEWRIGHT_LOCAL: exchange.urls.spot!.rest };
    scene.write('restless.ts', strategyFile('restless', RESTLESS, 'state: () => ({ n: 0 }),'));
    scene.write('limits.json', '{"messageOrders": null, "repeatedEntryFills": null, "duplicateOrders": null}');
    const added = await scene.run(
      ['account', 'add', 'local', '--label', 'k', '--no-test'],
      env,
      `${apiKey}\n${secret}\n`,
    );
    assert.equal(added.code, 0, added.err);
    const line = [
      ...['live', './restless.ts', '--account', 'k', '--confirm', 'k', '--limits', 'limits.json', '--accept', ACCEPT],
      ...[
        '--symbols',
        'BTCUSDT',
        '--timeframe',
        '1s',
        '--cash',
        '100000',
        '--param',
        'length=2',
        '--session',
        SESSION,
        '--json',
      ],
    ];
    const random = new Random(seed);
    const readyMs: number[] = [];
    const plainMs: number[] = [];
    for (let k = 0; k < count; k++) {
      if (k % KILLS_A_PLAIN_START === 0) {
        const beganMs = performance.now();
        assert.equal((await scene.run(['version'])).code, 0);
        plainMs.push(performance.now() - beganMs);
      }
      const startMs = performance.now();
      const child = scene.start(line, env);
      const ended = once(child, 'close');
      let isReady = false;
      const ready = new Promise<void>((resolve, reject) => {
        let [text, last] = ['', ''];
        child.stdout!.setEncoding('utf8').on('data', (more: string) => {
          const lines = (text + more).split('\n');
          text = lines.pop()!;
          last = lines.at(-1) ?? last;
          for (const each of lines)
            if (!isReady && JSON.parse(each).account?.notReady === null) {
              isReady = true;
              readyMs.push(performance.now() - startMs);
              resolve();
            }
        });
        child.on('close', (code) =>
          isReady || child.killed ? resolve() : reject(new Error(`it ended with ${code}: ${last}`)),
        );
        setTimeout(() => reject(new Error('not ready in time')), LONGEST_START_MS).unref();
      });
      if (random.uniform() < EARLY) await Promise.race([pause(random.uniform() * 5_000), ready]);
      else await ready.then(() => pause(random.uniform() * 2_500));
      child.kill('SIGKILL');
      await ended;
      await ready;
      told(
        `${k + 1}/${count} ${isReady ? `ready after ${readyMs.at(-1)!.toFixed(0)} ms` : 'killed before it was ready'}`,
      );
    }
    const whole = async (seconds: number) => {
      const { code, body } = await scene.json([...line.slice(0, -1), '--seconds', String(seconds)], env);
      assert.equal(code, 0, JSON.stringify(body.error));
      const owed = body.warnings.find(({ code }: { readonly code: string }) => code === 'account-unsettled');
      return { ...body.data, owed: (owed?.message ?? null) as string | null };
    };
    // A short start may end before anything is traded, or before the venue has told everything. An order that the last process made durable and
    // never sent is proven absent by a longer one. What is traded when nobody listens any more, by a stop that rests, the next start books.
    let result: Audit | null = null;
    let [end, starts] = [await whole(LAST_S), 1];
    for (; result === null; starts++) {
      const isLast = starts > MOST_MORE_STARTS;
      if (end.owed === null && (end.fills > 0 || isLast))
        result = await audit(scene, exchange, { apiKey, secret: secret! }, end);
      assert.ok(result !== null || !isLast, `after ${starts} starts: ${end.owed ?? 'trades that came after the end'}`);
      if (result === null) end = await whole(end.account.unknownOrders > 0 ? PROVING_S : LAST_S);
    }
    const rising = (a: number, b: number): number => a - b;
    return { kills: count, ...result, readyMs: readyMs.sort(rising), plainMs: plainMs.sort(rising) };
  } finally {
    await exchange.close();
    scene.remove();
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

interface VenueRow {
  readonly clientOrderId: string;
  readonly orderId: number;
  readonly id: number;
  readonly qty: string;
  /** When it was traded. */
  readonly time: number;
  readonly isBuyer: boolean;
  readonly commission: string;
  readonly commissionAsset: string;
  readonly status: string;
  readonly executedQty: string;
}

interface Audit {
  readonly orders: number;
  readonly trades: number;
}

/** Venue and journal beside each other, by their own words. Null where the venue traded after the journal's last word. */
async function audit(
  scene: Scene,
  exchange: LocalExchange,
  key: { readonly apiKey: string; readonly secret: string },
  end: {
    readonly positions: readonly { readonly quantity: string }[];
    readonly account: { readonly notReady: string | null; readonly unknownOrders: number };
  },
): Promise<Audit | null> {
  const ask = (path: string, from: string): Promise<VenueRow[]> => everything(exchange, key, path, from);
  const orders = (await ask('/api/v3/allOrders', 'orderId')).filter((each) => each.clientOrderId.startsWith('l'));
  const trades = await ask('/api/v3/myTrades', 'fromId');
  const journals = sqliteJournals({
    ...{ folder: scene.path('.tradewright/sessions'), homePath: scene.path('.tradewright/home.sqlite') },
    clock: systemClock(),
  });
  const verdict = await journals.verify(SESSION);
  assert.ok(verdict.intact, JSON.stringify(verdict));
  const placed = new Map<string, number>();
  const booked = new Map<string, number>();
  const accepted = new Set<string>();
  let lastMs = 0;
  for await (const { kind, payload, seq, atMs } of journals.read(SESSION)) {
    lastMs = atMs;
    if (kind === 'intent') {
      const { request, clientOrderId } = payload as unknown as JournaledIntent;
      if (request === 'place') {
        assert.ok(!placed.has(clientOrderId), `${clientOrderId} was placed twice`);
        placed.set(clientOrderId, seq);
      }
    } else if (kind === 'outcome') {
      const word = payload as unknown as SessionInput;
      if (word.type === 'fill-told') booked.set(word.fill.tradeId, (booked.get(word.fill.tradeId) ?? 0) + 1);
      if (word.type === 'request-answered' && word.request === 'place' && word.outcome === 'accepted')
        accepted.add(word.order);
    }
  }
  await journals.close();
  const ids = orders.map(({ clientOrderId }) => clientOrderId);
  assert.equal(new Set(ids).size, ids.length, 'the venue has an order twice');
  for (const id of ids) assert.ok(placed.has(id), `the venue knows ${id}, the journal does not`);
  for (const id of accepted) assert.ok(ids.includes(id), `${id} was accepted, and the venue does not have it`);
  for (const [k, trade] of trades.entries()) {
    const times = booked.get(String(trade.id)) ?? 0;
    if (times === 0 && trade.time >= lastMs) return null;
    const which = `trade ${trade.id}, ${k + 1} of ${trades.length}, ${lastMs - trade.time} ms before the last word of the journal`;
    assert.equal(times, 1, `${which}: ${JSON.stringify(orders.find(({ orderId }) => orderId === trade.orderId))}`);
  }
  assert.equal(booked.size, trades.length, 'trades that the venue does not have');
  // Received less what the venue took of it, to the smallest unit; what is less than a lot belongs to nobody.
  const held = trades.reduce(
    (sum, t) =>
      sum + (t.isBuyer ? 1n : -1n) * decimal(t.qty) - (t.commissionAsset === 'BTC' ? decimal(t.commission) : 0n),
    0n,
  );
  const position = decimal(end.positions[0]?.quantity ?? '0');
  const dust = held - position;
  assert.ok(dust >= 0n && dust < decimal('0.00001') * BigInt(trades.length + 1), `held ${held}, position ${position}`);
  assert.equal(end.account.notReady, null);
  assert.equal(end.account.unknownOrders, 0);
  return { orders: orders.length, trades: trades.length };
}

/** Every row, page after page. */
async function everything(
  exchange: LocalExchange,
  { apiKey, secret }: { readonly apiKey: string; readonly secret: string },
  path: string,
  from: string,
): Promise<VenueRow[]> {
  const rows: VenueRow[] = [];
  for (let next = 0; ; ) {
    const query = `symbol=BTCUSDT&limit=1000&${from}=${next}&timestamp=${Math.floor(exchange.clock.nowMs())}`;
    const signature = createHmac('sha256', secret).update(query).digest('hex');
    const answer = await fetch(`${exchange.urls.spot!.rest}${path}?${query}&signature=${signature}`, {
      headers: { 'X-MBX-APIKEY': apiKey },
    });
    const page = (await answer.json()) as VenueRow[];
    assert.ok(Array.isArray(page), JSON.stringify(page));
    rows.push(...page);
    if (page.length < 1000) return rows;
    const last = page.at(-1)!;
    next = (from === 'orderId' ? last.orderId : last.id) + 1;
  }
}
