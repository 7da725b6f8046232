import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { UsdmDesk } from '../../../test/fixtures/usdm-desk.ts';
import { decimal } from '../../core/vocabulary/decimal.ts';
import { Random } from '../../core/vocabulary/random.ts';

const CLIENTS = 3;
const WALLET = 20_000;
const SYMBOLS = ['BTCUSDT', 'ETHUSDT'] as const;
const PRICES = { BTCUSDT: 95_000, ETHUSDT: 3_000 };

/** Drives random orders, settings, quotes, marks and time from one seed. Every choice is the generator's. */
function drive(d: UsdmDesk, random: Random, steps: number, check: () => void): void {
  const price: Record<string, number> = { ...PRICES };
  const pickOne = <T>(list: readonly T[]): T => list[random.integer(list.length)]!;
  const text = (value: number): string => value.toFixed(1);
  for (const account of [1, 2, 3]) {
    d.deposit(`${WALLET}`, account);
    if (account === 2) d.call('POST /fapi/v1/positionSide/dual', { dualSidePosition: 'true' }, account);
    if (account === 3)
      for (const symbol of SYMBOLS) d.call('POST /fapi/v1/marginType', { symbol, marginType: 'ISOLATED' }, account);
    for (const symbol of SYMBOLS) d.call('POST /fapi/v1/leverage', { symbol, leverage: pickOne([5, 20, 50]) }, account);
  }
  // Given from the start, so that the audit knows the mark at which the fund passed something on.
  for (const symbol of SYMBOLS) d.product.house.mark!(symbol, text(PRICES[symbol]), text(PRICES[symbol]));
  for (let i = 0; i < steps; i++) {
    const symbol = pickOne(SYMBOLS);
    const now = price[symbol]!;
    const account = 1 + random.integer(CLIENTS);
    const near = (): string => text(now * (1 + (random.uniform() - 0.5) * 0.02));
    const quantity = (0.01 + random.integer(40) / 100) * (symbol === 'BTCUSDT' ? 1 : 20);
    const side = pickOne(['BUY', 'SELL'] as const);
    const leg = account === 2 ? { positionSide: pickOne(['LONG', 'SHORT']) } : {};
    const reduce: object = account !== 2 && random.integer(4) === 0 ? { reduceOnly: 'true' } : {};
    const shared = { symbol, side, quantity: quantity.toFixed(3), ...leg, ...reduce };
    switch (random.integer(12)) {
      case 0:
      case 1:
      case 2: {
        const timeInForce = pickOne(['GTC', 'GTC', 'IOC', 'FOK', 'GTX']);
        const selfTradePreventionMode = pickOne(['NONE', 'EXPIRE_TAKER', 'EXPIRE_MAKER', 'EXPIRE_BOTH']);
        d.call(
          'POST /fapi/v1/order',
          { ...shared, type: 'LIMIT', timeInForce, price: near(), selfTradePreventionMode },
          account,
        );
        break;
      }
      case 3:
      case 4:
        d.call('POST /fapi/v1/order', { ...shared, type: 'MARKET' }, account);
        break;
      case 5: {
        const open = d.rows('GET /fapi/v1/openOrders', {}, account);
        if (open.length === 0) break;
        const order = pickOne(open);
        const params = { symbol: String(order['symbol']), orderId: Number(order['orderId']) };
        if (random.integer(2) === 0) d.call('DELETE /fapi/v1/order', params, account);
        else
          d.call(
            'PUT /fapi/v1/order',
            { ...params, side: String(order['side']), quantity: quantity.toFixed(3), price: near() },
            account,
          );
        break;
      }
      case 6: {
        const trigger = text(now * (side === 'BUY' ? 1.004 : 0.996));
        const params = {
          ...shared,
          algoType: 'CONDITIONAL',
          type: 'STOP_MARKET',
          triggerPrice: trigger,
          workingType: 'MARK_PRICE',
        };
        d.call('POST /fapi/v1/algoOrder', params, account);
        break;
      }
      case 7:
        d.call(
          'POST /fapi/v1/positionMargin',
          { symbol, amount: `${1 + random.integer(50)}.5`, type: 1 + random.integer(2) },
          account,
        );
        break;
      case 8: {
        // Now and then a gap, over which the book does not follow.
        const reach = random.integer(4) === 0 ? 0.3 : 0.06;
        const moved = Number(text(now * (1 + (random.uniform() - 0.5) * reach)));
        price[symbol] = moved;
        d.product.house.mark!(symbol, text(moved), text(moved * 1.0001));
        break;
      }
      case 9:
        d.trade(side === 'BUY' ? 'buy' : 'sell', near(), quantity.toFixed(3), symbol);
        break;
      case 10:
        d.step(pickOne([1, 1000, 4 * 3_600_000]));
        break;
      default: {
        const levels = (sign: number): [string, string][] =>
          Array.from({ length: 4 }, (_, k) => [text(now * (1 + sign * (k + 1) * 0.001)), `${0.1 + random.integer(9)}`]);
        d.quote(levels(-1), levels(1), symbol);
      }
    }
    check();
  }
}

/** A row of texts, numbers and booleans, which is what they all are but for nested ones. */
type Texts = { readonly [key: string]: string | number | boolean };
type Params = Readonly<Record<string, string | number | boolean>>;
const rows = (d: UsdmDesk, route: string, params: Params, account: number): Texts[] =>
  d.rows(route, params, account) as unknown as Texts[];

/** Decimal text as a bigint of 1e-18; the audit shares no arithmetic with the exchange. */
const big = (text: unknown): bigint => decimal(String(text));
const times = (a: unknown, b: unknown): bigint => (big(a) * big(b)) / 10n ** 18n;

const tradesOf = (d: UsdmDesk, account: number): Texts[] =>
  SYMBOLS.flatMap((symbol) => rows(d, 'GET /fapi/v1/userTrades', { symbol, limit: 1000 }, account));

/** Whether a client's trade was told to everybody. */
function isPublic(d: UsdmDesk, trade: Texts): boolean {
  const stream = `${String(trade['symbol']).toLowerCase()}@trade`;
  return d.heard(stream).some((t) => t['t'] === trade['id']);
}

/** What does not add up in an account's money and positions, from its trades and income alone. */
function auditAccount(d: UsdmDesk, account: number): string[] {
  const found: string[] = [];
  const balance = rows(d, 'GET /fapi/v2/balance', {}, account)[0]!;
  const income = rows(d, 'GET /fapi/v1/income', { limit: 1000 }, account);
  const sumOf = (...types: string[]): bigint =>
    income.filter((r) => types.includes(String(r['incomeType']))).reduce((sum, r) => sum + big(r['income']), 0n);
  const booked = income.reduce((sum, r) => sum + big(r['income']), 0n);
  if (booked !== big(balance['balance'])) found.push(`income sums to ${booked}, the wallet is ${balance['balance']}`);

  // Paid in and out, money of the trades, fees, funding, and what is held at its mark.
  let worth = sumOf('TRANSFER', 'COMMISSION', 'FUNDING_FEE', 'INSURANCE_CLEAR');
  const held = new Map<string, bigint>();
  for (const trade of tradesOf(d, account)) {
    const sign = trade['side'] === 'BUY' ? 1n : -1n;
    worth -= sign * times(trade['price'], trade['qty']);
    const key = `${trade['symbol']} ${trade['positionSide']}`;
    held.set(key, (held.get(key) ?? 0n) + sign * big(trade['qty']));
  }
  for (const p of rows(d, 'GET /fapi/v2/positionRisk', {}, account)) {
    const amount = held.get(`${p['symbol']} ${p['positionSide']}`) ?? 0n;
    if (amount !== big(p['positionAmt']))
      found.push(`${p['symbol']}: trades sum to ${amount}, held is ${p['positionAmt']}`);
    worth += times(p['positionAmt'], p['markPrice']);
    const margin = Number(p['isolatedMargin']);
    const isolated = p['marginType'] === 'isolated' && amount !== 0n;
    const due = rows(d, 'GET /fapi/v3/positionRisk', { symbol: String(p['symbol']) }, account)[0];
    if (isolated && margin <= Number(due!['maintMargin']))
      found.push(`${p['symbol']}: ${margin} behind ${due!['maintMargin']}`);
  }
  const totals = d.ok('GET /fapi/v3/account', {}, account) as Texts;
  // A position at a mark of eight decimals is valued to the nearest 1e-8: half of that for each open one.
  const lee = 5_000_000_000n * BigInt(held.size);
  const off = worth - big(totals['totalMarginBalance']);
  if (off > lee || off < -lee) found.push(`trades make ${worth}, the balance is ${totals['totalMarginBalance']}`);
  const isCrossOpen = account !== 3 && [...held.values()].some((lots) => lots !== 0n);
  if (isCrossOpen && Number(totals['totalMarginBalance']) <= Number(totals['totalMaintMargin'])) {
    found.push(`${totals['totalMarginBalance']} behind ${totals['totalMaintMargin']}`);
  }
  return found;
}

/** The account as its events tell it: wallet, positions, open orders. */
function replayed(
  d: UsdmDesk,
  account: number,
): { wallet: unknown; cross: unknown; positions: string[]; orders: string[] } {
  let wallet: unknown = '0';
  let cross: unknown = '0';
  const positions = new Map<string, string>();
  const orders = new Map<number, string>();
  for (const { event } of d.events.filter((e) => e.account === account)) {
    if (event['e'] === 'ACCOUNT_UPDATE') {
      const { B, P } = event['a'] as { B: Texts[]; P: Texts[] };
      wallet = B[0]!['wb'];
      cross = B[0]!['cw'];
      for (const p of P) positions.set(`${p['s']} ${p['ps']}`, `${p['pa']} at ${p['ep']} with ${p['iw']}`);
    }
    if (event['e'] !== 'ORDER_TRADE_UPDATE') continue;
    const o = event['o'] as Texts;
    if (o['X'] === 'NEW' || o['X'] === 'PARTIALLY_FILLED')
      orders.set(Number(o['i']), `${o['X']} ${o['z']}/${o['q']} at ${o['p']}`);
    else orders.delete(Number(o['i']));
  }
  const open = [...positions].filter(([, text]) => !text.startsWith('0 '));
  return {
    wallet,
    cross,
    positions: open.map(([key, text]) => `${key} ${text}`).sort(),
    orders: [...orders.values()].sort(),
  };
}

/** The same as the routes answer it. */
function queried(d: UsdmDesk, account: number): ReturnType<typeof replayed> {
  const balance = rows(d, 'GET /fapi/v2/balance', {}, account)[0]!;
  const positions = rows(d, 'GET /fapi/v3/positionRisk', {}, account)
    .filter((p) => Number(p['positionAmt']) !== 0)
    .map(
      (p) =>
        `${p['symbol']} ${p['positionSide']} ${p['positionAmt']} at ${p['entryPrice']} with ${p['isolatedWallet']}`,
    );
  const orders = rows(d, 'GET /fapi/v1/openOrders', {}, account).map(
    (o) => `${o['status']} ${o['executedQty']}/${o['origQty']} at ${o['price']}`,
  );
  return {
    wallet: balance['balance'],
    cross: balance['crossWalletBalance'],
    positions: positions.sort(),
    orders: orders.sort(),
  };
}

/** What all clients and the insurance fund lack or have too much, given the house's share by their trades. */
function auditFund(d: UsdmDesk, gains: bigint): string[] {
  const { marginBalance } = (d.ok('GET /fapi/v1/insuranceBalance')['assets'] as Texts[])[0]!;
  let expected = big(FUND) + gains;
  for (const account of [1, 2, 3]) {
    for (const row of rows(d, 'GET /fapi/v1/income', { incomeType: 'INSURANCE_CLEAR', limit: 1000 }, account))
      expected -= big(row['income']);
  }
  return expected === big(marginBalance) ? [] : [`the fund should hold ${expected} and holds ${marginBalance}`];
}

/** Levels of the book once the house has gone, against what the open orders of all clients have left. */
function auditBook(d: UsdmDesk): string[] {
  const found: string[] = [];
  for (const symbol of SYMBOLS) {
    d.quote([], [], symbol);
    const depth = d.ok('GET /fapi/v1/depth', { symbol });
    const shown = new Map(
      [...(depth['bids'] as [string, string][]), ...(depth['asks'] as [string, string][])].map(([p, q]) => [
        Number(p),
        big(q),
      ]),
    );
    const left = new Map<number, bigint>();
    const closing = new Set<number>();
    for (const account of [1, 2, 3]) {
      for (const o of rows(d, 'GET /fapi/v1/openOrders', { symbol }, account)) {
        const price = Number(o['price']);
        left.set(price, (left.get(price) ?? 0n) + big(o['origQty']) - big(o['executedQty']));
        // Orders that can only reduce may rest with less.
        const closesLeg =
          (o['positionSide'] === 'LONG' && o['side'] === 'SELL') ||
          (o['positionSide'] === 'SHORT' && o['side'] === 'BUY');
        if (o['reduceOnly'] === true || closesLeg) closing.add(price);
      }
    }
    for (const price of new Set([...shown.keys(), ...left.keys()])) {
      const [has, should] = [shown.get(price) ?? 0n, left.get(price) ?? 0n];
      if (closing.has(price) ? has > should : has !== should)
        found.push(`${symbol} ${price}: shows ${has}, orders have ${should}`);
    }
  }
  return found;
}

const FUND = '100000';

describe('usdm conservation', () => {
  test('random commands of three clients and the house -> money adds up, no position without margin, events replay to what queries answer', () => {
    const reached = { liquidations: 0, takenOver: 0, funding: 0, trades: 0, reduced: 0 };
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (seed) => {
        const d = new UsdmDesk({ insurance: FUND }, CLIENTS);
        for (const symbol of SYMBOLS) d.listen(`${symbol.toLowerCase()}@trade`);
        let gains = 0n;
        const taken = new Map<number, number>([1, 2, 3].map((account) => [account, 0]));
        let step = 0;
        drive(d, new Random(seed), 120, () => {
          for (const account of [1, 2, 3]) {
            // What the fund took over is no public trade; it passes it on at the mark of that moment.
            const takeovers = tradesOf(d, account).filter((t) => !isPublic(d, t));
            for (const t of takeovers.slice(taken.get(account))) {
              const { markPrice } = d.ok('GET /fapi/v1/premiumIndex', { symbol: String(t['symbol']) });
              gains += (t['side'] === 'BUY' ? 1n : -1n) * (times(t['price'], t['qty']) - times(markPrice, t['qty']));
            }
            taken.set(account, takeovers.length);
            if (step % 8 === 0) {
              assert.deepEqual(auditAccount(d, account), []);
              assert.deepEqual(replayed(d, account), queried(d, account));
            }
          }
          step++;
        });
        assert.deepEqual(auditFund(d, gains), []);
        assert.deepEqual(auditBook(d), []);
        for (const account of [1, 2, 3]) {
          assert.deepEqual(auditAccount(d, account), []);
          assert.deepEqual(replayed(d, account), queried(d, account));
          const income = d.rows('GET /fapi/v1/income', { limit: 1000 }, account);
          reached.liquidations += d.rows('GET /fapi/v1/forceOrders', {}, account).length;
          reached.takenOver += taken.get(account)!;
          reached.funding += income.filter((r) => r['incomeType'] === 'FUNDING_FEE').length;
          reached.trades += tradesOf(d, account).length;
          reached.reduced += d.orderEvents(account).filter((e) => e['er'] === '4').length;
        }
      }),
      // The rarest case, the fund taking a position over, comes with one seed in thirteen: with these two.
      { numRuns: 25, examples: [[17], [20]] },
    );
    // A property that never met the rare cases would prove nothing about them.
    for (const [what, count] of Object.entries(reached)) assert.ok(count > 0, `${what} never happened`);
  });

  test('the same seed twice -> the same answers, events and streams; another seed -> others', () => {
    const run = (seed: number): string => {
      const d = new UsdmDesk({ insurance: FUND }, CLIENTS);
      for (const stream of ['btcusdt@depth@100ms', '!ticker@arr', 'ethusdt@trade', '!markPrice@arr', '!forceOrder@arr'])
        d.listen(stream);
      drive(d, new Random(seed), 150, () => {});
      return JSON.stringify([d.events, d.published]);
    };
    assert.equal(run(5), run(5));
    assert.notEqual(run(5), run(6));
  });
});
