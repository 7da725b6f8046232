import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { decimal } from '../../src/core/vocabulary/decimal.ts';
import { Instrument } from '../../src/core/vocabulary/instrument.ts';
import {
  type ExchangeGateway,
  type GatewayCapabilities,
  type OrderPlacement,
  type Outcome,
  REQUEST_VALIDITY_MS,
  type VenueOrder,
} from '../../src/ports/exchange-gateway.ts';
import { RecordingSink } from '../recording-sink.ts';
import type { FaultyDialer, FaultyHttp } from './faulty-transport.ts';

/** A gateway under test with the venue that it trades at. Every number is valid for the symbol. */
export interface GatewaySubject {
  readonly gateway: ExchangeGateway;
  readonly symbol: string;
  /** A quantity that the account can pay many times over, and one that it cannot. */
  readonly quantity: string;
  readonly hugeQuantity: string;
  /** A price on tick, by percent from where the market stands at first. */
  price(percent: number): string;
  /** Trades of others at a price: what rests at it or better is filled, what waits for it is triggered. */
  moveTo(price: string): void;
  readonly http: FaultyHttp;
  readonly dialer: FaultyDialer;
  /** Words that must never be shown: key and secret. */
  readonly secrets: readonly string[];
  /** What the venue says when it ends the account stream but not the connection. */
  readonly streamEnded: unknown;
  /** An order event's text with a status of tomorrow; the same text for other frames. */
  drifted(text: string): string;
  /** The venue's clock jumps by so much. */
  skewVenue(ms: number): void;
  /** Waits, in whatever time the venue lives. */
  run<T>(promise: Promise<T>): Promise<T>;
  until(isTrue: () => boolean, what: string): Promise<void>;
  pass(ms: number): Promise<void>;
  dispose(): Promise<void>;
}

/** A subject whose gateway is connected, with what it told. */
export interface Desk extends GatewaySubject {
  readonly sink: RecordingSink;
  /** A fresh id of ours. */
  id(): string;
  place(order: Partial<OrderPlacement> & Pick<OrderPlacement, 'type'>): Promise<Outcome<VenueOrder>>;
  /** As {@link place}, which must be accepted. */
  accepted(order: Partial<OrderPlacement> & Pick<OrderPlacement, 'type'>): Promise<VenueOrder>;
  find(clientOrderId: string): Promise<VenueOrder | null>;
  isOpen(clientOrderId: string): Promise<boolean>;
  /** Orders of an id that reached the wire. */
  sent(clientOrderId: string): number;
}

export type GatewayCase = (
  title: string,
  body: (desk: Desk) => Promise<void>,
  lack?: (capabilities: GatewayCapabilities) => string | null,
) => void;

let nextId = 0;

function deskOf(subject: GatewaySubject, sink: RecordingSink): Desk {
  const { gateway, symbol } = subject;
  const place: Desk['place'] = (order) =>
    subject.run(
      gateway.place({
        clientOrderId: `gw${(nextId++).toString(36)}`,
        symbol,
        side: 'buy',
        tif: 'gtc',
        quantity: subject.quantity,
        ...order,
      }),
    );
  const find = (clientOrderId: string): Promise<VenueOrder | null> =>
    subject.run(gateway.findOrder(symbol, clientOrderId));
  return {
    ...bound(subject),
    sink,
    id: () => `gw${(nextId++).toString(36)}`,
    place,
    find,
    accepted: async (order) => {
      const outcome = await place(order);
      assert.equal(outcome.outcome, 'accepted', JSON.stringify(outcome));
      return (outcome as { readonly value: VenueOrder }).value;
    },
    isOpen: async (clientOrderId) =>
      (await subject.run(gateway.openOrders(symbol))).some((order) => order.clientOrderId === clientOrderId),
    sent: (clientOrderId) =>
      subject.http.requests.filter(
        (request) =>
          request.method === 'POST' && `${request.url} ${String(request.body ?? '')}`.includes(clientOrderId),
      ).length,
  };
}

function bound(subject: GatewaySubject): GatewaySubject {
  return {
    ...subject,
    price: (percent) => subject.price(percent),
    moveTo: (price) => subject.moveTo(price),
    drifted: (text) => subject.drifted(text),
    skewVenue: (ms) => subject.skewVenue(ms),
    run: (promise) => subject.run(promise),
    until: (isTrue, what) => subject.until(isTrue, what),
    pass: (ms) => subject.pass(ms),
    dispose: () => subject.dispose(),
  };
}

/** Numbers the cases and connects the gateway first. What a venue lacks is a skip that says so. */
export function gatewayCases(
  name: string,
  capabilities: GatewayCapabilities,
  create: () => Promise<GatewaySubject>,
): GatewayCase {
  let number = 0;
  return (title, body, lack) => {
    number++;
    test(`exchange gateway (${name}) ${number}, ${title}`, async (t: TestContext) => {
      const lacking = lack?.(capabilities) ?? null;
      if (lacking !== null) {
        t.skip(`venue has no ${lacking}`);
        return;
      }
      const subject = await create();
      const sink = new RecordingSink();
      try {
        await subject.run(subject.gateway.connect(sink));
        await body(deskOf(subject, sink));
      } finally {
        await subject.dispose();
      }
    });
  };
}

export function assertRejected(outcome: Outcome<unknown>, ...codes: string[]): void {
  assert.equal(outcome.outcome, 'rejected', JSON.stringify(outcome));
  const { code } = outcome as { readonly code: string };
  assert.ok(codes.includes(code), `expected ${codes.join(' or ')}, found ${JSON.stringify(outcome)}`);
}

export const same = (a: string | null | undefined, b: string | null | undefined): boolean =>
  a != null && b != null && decimal(a) === decimal(b);

const lacksType =
  (type: OrderPlacement['type']) =>
  (c: GatewayCapabilities): string | null =>
    c.orderTypes.includes(type) ? null : `${type} orders`;

/** What every {@link ExchangeGateway} does while nothing goes wrong. `create` gives a gateway that is not connected, at a fresh venue. */
export function exchangeGatewayContract(
  name: string,
  capabilities: GatewayCapabilities,
  create: () => Promise<GatewaySubject>,
): void {
  const check = gatewayCases(name, capabilities, create);

  check('an order whose time is over -> certainly not sent', async (desk) => {
    const clientOrderId = desk.id();
    const late = { type: 'limit', limit: desk.price(-10), clientOrderId, validUntilMs: 1 } as const;
    assertRejected(await desk.place(late), 'not-sent');
    assert.equal(desk.sent(clientOrderId), 0);
    await desk.accepted({ ...late, clientOrderId: desk.id(), validUntilMs: Number.MAX_SAFE_INTEGER });
  });

  check(
    'an order that was on its way for longer than a request is good -> the venue does not take it',
    async (desk) => {
      const clientOrderId = desk.id();
      desk.skewVenue(REQUEST_VALIDITY_MS + 500);
      const outcome = await desk.place({ type: 'limit', limit: desk.price(-5), clientOrderId });
      assert.notEqual(outcome.outcome, 'accepted', JSON.stringify(outcome));
      assert.equal(desk.sent(clientOrderId), 1);
      assert.equal(await desk.find(clientOrderId), null);
    },
  );

  check(
    'an order that arrives after its time, soon after its time stamp -> the venue does not take it',
    async (desk) => {
      const { updatedAtMs } = await desk.accepted({ type: 'limit', limit: desk.price(-10) });
      const clientOrderId = desk.id();
      desk.skewVenue(REQUEST_VALIDITY_MS * 0.75);
      const validUntilMs = updatedAtMs + REQUEST_VALIDITY_MS / 2;
      const outcome = await desk.place({ type: 'limit', limit: desk.price(-5), clientOrderId, validUntilMs });
      assert.notEqual(outcome.outcome, 'accepted', JSON.stringify(outcome));
      assert.equal(await desk.find(clientOrderId), null);
    },
  );

  check('instruments: the symbol -> listed with exact steps', async (desk) => {
    const { gateway, symbol, quantity } = desk;
    const listed = (await desk.run(gateway.instruments())).find((each) => each.id === `${gateway.venue}:${symbol}`);
    assert.ok(listed);
    const rules = new Instrument(listed);
    assert.equal(rules.priceText(rules.ticks(Number(desk.price(-5)), 'half-even')), desk.price(-5));
    assert.ok(rules.lots(Number(quantity), 'floor') >= rules.minLots);
  });

  check('clock: after connecting -> measured, within its uncertainty of the venue', async ({ gateway }) => {
    assert.ok(gateway.clockSkew);
    assert.ok(
      Math.abs(gateway.clockSkew.skewMs) <= gateway.clockSkew.uncertaintyMs + 50,
      JSON.stringify(gateway.clockSkew),
    );
  });

  check('market order -> filled, told once as fill and at last as filled', async (desk) => {
    const order = await desk.accepted({ type: 'market' });
    const { clientOrderId } = order;
    await desk.until(
      () => desk.sink.orders.some((each) => each.clientOrderId === clientOrderId && each.status === 'filled'),
      'filled',
    );
    const fills = desk.sink.fills.filter((each) => each.clientOrderId === clientOrderId);
    const sum = fills.reduce((total, each) => total + decimal(each.quantity), 0n);
    assert.equal(sum, decimal(desk.quantity));
    assert.equal(new Set(fills.map((each) => each.tradeId)).size, fills.length);
    assert.ok(
      fills.every((each) => each.side === 'buy' && decimal(each.fee) >= 0n && each.feeAsset !== '' && !each.isMaker),
    );
    assert.equal((await desk.find(clientOrderId))?.status, 'filled');
  });

  check('limit order away from the market -> open, listed, found, told; canceled -> gone everywhere', async (desk) => {
    const order = await desk.accepted({ type: 'limit', limit: desk.price(-5) });
    const { clientOrderId } = order;
    assert.deepEqual([order.status, order.type, order.side, order.tif], ['open', 'limit', 'buy', 'gtc']);
    assert.ok(
      same(order.limit, desk.price(-5)) && same(order.quantity, desk.quantity) && same(order.filledQuantity, '0'),
    );
    assert.ok(await desk.isOpen(clientOrderId));
    assert.equal((await desk.find(clientOrderId))?.venueOrderId, order.venueOrderId);
    await desk.until(
      () => desk.sink.orders.some((each) => each.clientOrderId === clientOrderId && each.status === 'open'),
      'open',
    );
    const canceled = await desk.run(desk.gateway.cancel(desk.symbol, clientOrderId));
    assert.equal(canceled.outcome, 'accepted', JSON.stringify(canceled));
    assert.equal((canceled as { readonly value: VenueOrder }).value.clientOrderId, clientOrderId);
    assert.equal((canceled as { readonly value: VenueOrder }).value.status, 'canceled');
    assert.equal(await desk.isOpen(clientOrderId), false);
    assert.equal((await desk.find(clientOrderId))?.status, 'canceled');
    await desk.until(
      () => desk.sink.orders.some((each) => each.clientOrderId === clientOrderId && each.status === 'canceled'),
      'canceled',
    );
    assert.deepEqual(desk.sink.fills, []);
  });

  check('limit order, then the market comes -> maker fill at the limit', async (desk) => {
    const { clientOrderId } = await desk.accepted({ type: 'limit', limit: desk.price(-1) });
    desk.moveTo(desk.price(-2));
    await desk.until(
      () => desk.sink.orders.some((each) => each.clientOrderId === clientOrderId && each.status === 'filled'),
      'filled',
    );
    const fill = desk.sink.fills.find((each) => each.clientOrderId === clientOrderId);
    assert.ok(fill?.isMaker && same(fill.price, desk.price(-1)), JSON.stringify(fill));
  });

  check('ids and amounts that make no sense -> rejected, nothing on the wire', async (desk) => {
    const before = desk.http.requests.length;
    const bad: readonly Partial<OrderPlacement>[] = [
      { clientOrderId: 'with-dash' },
      { clientOrderId: 'a'.repeat(33) },
      { quantity: '0' },
      { quantity: '1e-3' },
      { quantity: 'NaN' },
      { limit: '-1' },
    ];
    for (const each of bad)
      assertRejected(await desk.place({ type: 'limit', limit: desk.price(-5), ...each }), 'request-invalid');
    assert.equal(desk.http.requests.length, before);
  });

  check(
    'post only that would take -> never fills',
    async (desk) => {
      const clientOrderId = desk.id();
      const outcome = await desk.place({ type: 'limit', limit: desk.price(5), postOnly: true, clientOrderId });
      if (outcome.outcome === 'accepted')
        assert.match((await desk.find(clientOrderId))?.status ?? '', /^(expired|canceled)$/);
      else assertRejected(outcome, 'post-only-would-take');
      await desk.pass(200);
      assert.deepEqual(desk.sink.fills, []);
      await desk.accepted({ type: 'limit', limit: desk.price(-5), postOnly: true });
    },
    (c) => (c.postOnly ? null : 'post-only orders'),
  );

  check('immediate or cancel away from the market -> ends unfilled', async (desk) => {
    const order = await desk.accepted({ type: 'limit', limit: desk.price(-5), tif: 'ioc' });
    await desk.until(
      () => desk.sink.orders.some((each) => each.clientOrderId === order.clientOrderId && each.status === 'expired'),
      'expired',
    );
    assert.equal((await desk.find(order.clientOrderId))?.status, 'expired');
    assert.deepEqual(desk.sink.fills, []);
  });

  check(
    'fill or kill away from the market -> ends unfilled or is refused',
    async (desk) => {
      const outcome = await desk.place({ type: 'limit', limit: desk.price(-5), tif: 'fok' });
      if (outcome.outcome === 'accepted')
        assert.equal((await desk.find(outcome.value.clientOrderId))?.status, 'expired');
      else assertRejected(outcome, 'order-refused');
      assert.deepEqual(desk.sink.fills, []);
    },
    (c) => (c.timesInForce.includes('fok') ? null : 'fill-or-kill orders'),
  );

  check(
    'good till date -> rests',
    async (desk) => {
      const expireAtMs = 4_000_000_000_000;
      const order = await desk.accepted({ type: 'limit', limit: desk.price(-5), tif: 'gtd', expireAtMs });
      assert.equal(order.tif, 'gtd');
      assert.ok(await desk.isOpen(order.clientOrderId));
    },
    (c) => (c.timesInForce.includes('gtd') ? null : 'good-till-date orders'),
  );

  for (const [type, trigger, limit] of [
    ['stop-market', -2, null],
    ['stop-limit', -2, -4],
    ['take-profit-market', 2, null],
    ['take-profit-limit', 2, 1],
  ] as const)
    check(
      `${type} -> rests at the venue; the market comes -> filled under our id`,
      async (desk) => {
        await desk.accepted({ type: 'market' });
        const order = await desk.accepted({
          type,
          side: 'sell',
          trigger: desk.price(trigger),
          ...(limit === null ? {} : { limit: desk.price(limit) }),
        });
        const { clientOrderId } = order;
        assert.deepEqual([order.status, order.type, order.side], ['open', type, 'sell']);
        assert.ok(same(order.trigger, desk.price(trigger)), JSON.stringify(order));
        assert.ok(await desk.isOpen(clientOrderId));
        assert.equal((await desk.find(clientOrderId))?.type, type);
        desk.moveTo(desk.price(trigger * 1.5));
        await desk.until(
          () => desk.sink.orders.some((each) => each.clientOrderId === clientOrderId && each.status === 'filled'),
          'filled',
        );
        assert.equal((await desk.find(clientOrderId))?.status, 'filled');
        assert.ok(desk.sink.fills.some((each) => each.clientOrderId === clientOrderId && each.side === 'sell'));
        assert.equal(await desk.isOpen(clientOrderId), false);
      },
      lacksType(type),
    );

  check(
    'trailing stop -> follows the market up, sells when it falls back',
    async (desk) => {
      await desk.accepted({ type: 'market' });
      const { clientOrderId } = await desk.accepted({ type: 'trailing-stop', side: 'sell', trail: '0.02' });
      assert.equal((await desk.find(clientOrderId))?.type, 'trailing-stop');
      for (const percent of [0.5, 2, 4]) desk.moveTo(desk.price(percent));
      await desk.pass(300);
      assert.ok(await desk.isOpen(clientOrderId));
      desk.moveTo(desk.price(1));
      await desk.until(
        () => desk.sink.orders.some((each) => each.clientOrderId === clientOrderId && each.status === 'filled'),
        'filled',
      );
    },
    lacksType('trailing-stop'),
  );

  check(
    'stop that rests -> canceled under our id',
    async (desk) => {
      await desk.accepted({ type: 'market' });
      const { clientOrderId } = await desk.accepted({ type: 'stop-market', side: 'sell', trigger: desk.price(-3) });
      const outcome = await desk.run(desk.gateway.cancel(desk.symbol, clientOrderId));
      assert.equal(outcome.outcome, 'accepted', JSON.stringify(outcome));
      assert.equal((await desk.find(clientOrderId))?.status, 'canceled');
      await desk.until(
        () => desk.sink.orders.some((each) => each.clientOrderId === clientOrderId && each.status === 'canceled'),
        'canceled',
      );
    },
    lacksType('stop-market'),
  );

  check(
    'stop on the wrong side -> rejected',
    async (desk) => {
      await desk.accepted({ type: 'market' });
      const outcome = await desk.place({ type: 'stop-market', side: 'sell', trigger: desk.price(3) });
      assertRejected(outcome, 'would-trigger-immediately');
    },
    lacksType('stop-market'),
  );

  check(
    'reduce only without a position -> rejected',
    async (desk) => {
      assertRejected(await desk.place({ type: 'market', side: 'sell', reduceOnly: true }), 'reduce-only-rejected');
    },
    (c) => (c.reduceOnly ? null : 'reduce-only orders'),
  );

  check(
    'positions: after a buy -> one long, told and listed; after a reducing sell -> none',
    async (desk) => {
      await desk.accepted({ type: 'market' });
      const [position] = await desk.run(desk.gateway.positions());
      assert.ok(position && same(position.quantity, desk.quantity), JSON.stringify(position));
      assert.deepEqual([position.symbol, position.positionSide], [desk.symbol, 'net']);
      await desk.until(() => desk.sink.positions.some(([each]) => same(each.quantity, desk.quantity)), 'position told');
      await desk.accepted({ type: 'market', side: 'sell', reduceOnly: true });
      await desk.until(() => desk.sink.positions.some(([each]) => same(each.quantity, '0')), 'flat told');
      assert.deepEqual(await desk.run(desk.gateway.positions()), []);
    },
    (c) => (c.positions ? null : 'positions'),
  );

  check('more than the account has -> rejected', async (desk) => {
    const outcome = await desk.place({ type: 'limit', limit: desk.price(-1), quantity: desk.hugeQuantity });
    assertRejected(outcome, 'insufficient-balance');
  });

  check('a price between ticks -> rejected', async (desk) => {
    const outcome = await desk.place({ type: 'limit', limit: `${desk.price(-5).replace(/\..*/, '')}.00000001` });
    assertRejected(outcome, 'filter-violated');
  });

  check('a symbol that nobody lists -> rejected', async (desk) => {
    assertRejected(await desk.place({ type: 'market', symbol: 'NOSUCHCOIN' }), 'symbol-unknown');
  });

  check('an id that is open already -> rejected, one order', async (desk) => {
    const { clientOrderId } = await desk.accepted({ type: 'limit', limit: desk.price(-5) });
    assertRejected(await desk.place({ type: 'limit', limit: desk.price(-6), clientOrderId }), 'duplicate-order');
    const open = await desk.run(desk.gateway.openOrders(desk.symbol));
    assert.equal(open.filter((each) => each.clientOrderId === clientOrderId).length, 1);
  });

  check('cancel of an order that is not, or no longer -> rejected as unknown', async (desk) => {
    assertRejected(await desk.run(desk.gateway.cancel(desk.symbol, desk.id())), 'unknown-order');
    const { clientOrderId } = await desk.accepted({ type: 'limit', limit: desk.price(-5) });
    await desk.run(desk.gateway.cancel(desk.symbol, clientOrderId));
    assertRejected(await desk.run(desk.gateway.cancel(desk.symbol, clientOrderId)), 'unknown-order');
  });

  check('an order that never was -> null', async (desk) => {
    assert.equal(await desk.find(desk.id()), null);
  });

  check('amend: price -> changed in place, or refused as unsupported and untouched', async (desk) => {
    const { clientOrderId } = await desk.accepted({ type: 'limit', limit: desk.price(-5) });
    const outcome = await desk.run(desk.gateway.amend(desk.symbol, clientOrderId, { limit: desk.price(-6) }));
    if (desk.gateway.capabilities.amend) assert.equal(outcome.outcome, 'accepted', JSON.stringify(outcome));
    else assertRejected(outcome, 'unsupported');
    const expected = desk.price(desk.gateway.capabilities.amend ? -6 : -5);
    const found = await desk.find(clientOrderId);
    assert.ok(found?.status === 'open' && same(found.limit, expected), JSON.stringify(found));
  });

  check('amend to what makes no sense -> rejected, nothing on the wire', async (desk) => {
    const { clientOrderId } = await desk.accepted({ type: 'limit', limit: desk.price(-5) });
    const before = desk.http.requests.length;
    for (const change of [{}, { quantity: '-1' }, { quantity: '1e-3' }, { limit: '0' }])
      assertRejected(await desk.run(desk.gateway.amend(desk.symbol, clientOrderId, change)), 'request-invalid');
    assert.equal(desk.http.requests.length, before);
  });

  check('amend: smaller quantity -> changed under the same id, or refused as unsupported', async (desk) => {
    const quantity = String(Number(desk.quantity) / 2);
    const { clientOrderId } = await desk.accepted({ type: 'limit', limit: desk.price(-5) });
    const outcome = await desk.run(desk.gateway.amend(desk.symbol, clientOrderId, { quantity }));
    const isRefused = outcome.outcome === 'rejected' && !desk.gateway.capabilities.amend;
    if (isRefused) assertRejected(outcome, 'unsupported');
    else assert.equal(outcome.outcome, 'accepted', JSON.stringify(outcome));
    const found = await desk.find(clientOrderId);
    assert.ok(
      found?.status === 'open' && same(found.quantity, isRefused ? desk.quantity : quantity),
      JSON.stringify(found),
    );
  });

  check('cancel all -> nothing is open, conditional orders included; again -> accepted', async (desk) => {
    await desk.accepted({ type: 'market' });
    for (const percent of [-4, -5]) await desk.accepted({ type: 'limit', limit: desk.price(percent) });
    const hasStops = desk.gateway.capabilities.orderTypes.includes('stop-market');
    if (hasStops) await desk.accepted({ type: 'stop-market', side: 'sell', trigger: desk.price(-3) });
    const outcome = await desk.run(desk.gateway.cancelAll(desk.symbol));
    assert.equal(outcome.outcome, 'accepted', JSON.stringify(outcome));
    const { value } = outcome as { readonly value: number | null };
    assert.ok(value === null || value === (hasStops ? 3 : 2), String(value));
    assert.deepEqual(await desk.run(desk.gateway.openOrders(desk.symbol)), []);
    assert.equal((await desk.run(desk.gateway.cancelAll(desk.symbol))).outcome, 'accepted');
  });

  check('fills since an instant and since a trade -> what was told, in order, under our ids', async (desk) => {
    const ids: string[] = [];
    for (const side of ['buy', 'sell', 'buy'] as const)
      ids.push((await desk.accepted({ type: 'market', side })).clientOrderId);
    await desk.until(() => ids.every((id) => desk.sink.fills.some((each) => each.clientOrderId === id)), 'fills told');
    const fills = await desk.run(desk.gateway.fills(desk.symbol, { timeMs: desk.sink.fills[0]!.tradedAtMs - 1000 }));
    const key = ({ tradeId, clientOrderId, quantity, price }: (typeof fills)[number]): string =>
      [tradeId, clientOrderId, decimal(quantity), decimal(price)].join(' ');
    assert.deepEqual(fills.map(key), desk.sink.fills.map(key));
    const later = await desk.run(desk.gateway.fills(desk.symbol, { tradeId: fills[0]!.tradeId }));
    assert.deepEqual(later.map(key), fills.slice(1).map(key));
    assert.deepEqual(await desk.run(desk.gateway.fills(desk.symbol, { tradeId: fills.at(-1)!.tradeId })), []);
  });

  check('balances -> listed and told alike', async (desk) => {
    await desk.accepted({ type: 'market' });
    await desk.until(() => desk.sink.balances.length > 0, 'a balance told');
    await desk.pass(300);
    const listed = await desk.run(desk.gateway.balances());
    const told = new Map(desk.sink.balances.map(([balance]) => [balance.asset, balance] as const));
    for (const balance of told.values()) {
      const found = listed.find((each) => each.asset === balance.asset);
      assert.ok(
        same(found?.free ?? '0', balance.free) && same(found?.locked ?? '0', balance.locked),
        JSON.stringify([balance, found]),
      );
    }
  });
}
