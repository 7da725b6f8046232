import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { openTracing } from '../../src/adapters/otlp/tracing.ts';
import { OrderSpans } from '../../src/api/handlers/order-spans.ts';
import { ta } from '../../src/core/indicators/ta.ts';
import { bars } from '../../src/core/strategy/data.ts';
import { type AnyStrategy, defineStrategy } from '../../src/core/strategy/define-strategy.ts';
import type { Span, Tracing } from '../../src/ports/tracing.ts';
import { OrderCounts, vitalsOf } from '../../src/session/session-vitals.ts';
import { type Received, standIn } from '../notify/service-stand-in.ts';
import { configOf, INSTRUMENTS, newCore, part, recordingOf, SessionScene } from './session-scene.ts';

const [first] = INSTRUMENTS;
const swing = defineStrategy({
  id: 'swing',
  params: {},
  data: { main: bars('1h') },
  indicators: ({ data }) => ({ cross: ta.cross(ta.sma(data.main.close, 4), ta.ema(data.main.close, 15)) }),
  onBar(c) {
    if (c.ind.cross.up) c.target(0.5, 'up');
    else if (c.ind.cross.down) c.target(0, 'down');
  },
}) as never as AnyStrategy;

/** A session over twenty days, and what its orders were told as. */
async function run() {
  const core = newCore(configOf(swing, 'bars', [first!.definition]));
  const told: Span[] = [];
  const tracing: Tracing = { isOn: true, record: (span) => void told.push(span), close: async () => {} };
  const spans = new OrderSpans(core, tracing);
  const scene = new SessionScene();
  await scene.run('traced', core, recordingOf([[first!.definition, part(first!.bars, 0, 480)]]), { reason: 'over' });
  spans.look();
  spans.look();
  return { core, told };
}

interface WireSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly kind: number;
  readonly status: { readonly code?: number };
}

const collector = await standIn(() => ({ status: 200, headers: { 'content-type': 'application/json' }, body: '{}' }));
after(() => collector.close());
const spansOf = ({ json }: Received): WireSpan[] =>
  json.resourceSpans.flatMap((r: { scopeSpans: { spans: WireSpan[] }[] }) => r.scopeSpans.flatMap((s) => s.spans));

describe('orders as traces', () => {
  test('a session -> one trace for each order that ended, from decision to fill, and none for bars', async () => {
    const { core, told } = await run();
    const { orders } = core.engine.state;
    assert.ok(orders.count > 10);
    assert.ok(told.length >= orders.count - 1 && told.length <= orders.count, `${told.length} of ${orders.count}`);
    for (const { name, startMs, endMs, attributes, failure, parts } of told) {
      assert.deepEqual([name, failure, attributes['tradewright.status']], ['order', null, 'filled']);
      assert.match(String(attributes['tradewright.why']), /^(?:up|down)$/);
      assert.deepEqual(
        parts!.map((each) => each.name),
        ['decide', 'answer', 'work'],
      );
      let at = startMs;
      for (const each of parts!) {
        assert.equal(each.startMs, at);
        assert.ok(each.endMs >= at);
        at = each.endMs;
      }
      assert.equal(at, endMs);
    }
    const ids = told.map(({ attributes }) => attributes['tradewright.order']);
    assert.equal(new Set(ids).size, ids.length);
  });

  test('over OTLP to a stand-in for a collector -> parts below their order, a request below its caller, faults marked', async () => {
    const { told } = await run();
    const tracing = await openTracing(`${collector.url}/`, '1.2.3');
    for (const span of told.slice(0, 3)) tracing.record(span);
    const parent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const request = { startMs: 1_000, endMs: 1_250, attributes: { 'http.route': '/api/kill' }, failure: 'status 500' };
    tracing.record({ name: 'POST /api/kill', ...request, isServer: true, parent });
    tracing.record({ name: 'GET /x', ...request, isServer: true, parent: 'no traceparent' });
    await tracing.close();
    assert.ok(collector.received.every(({ path }) => path === '/v1/traces'));
    const all = collector.received.flatMap(spansOf);
    assert.equal(all.length, 3 * 4 + 2);
    const order = all.find(({ name }) => name === 'order')!;
    const below = all.filter(({ parentSpanId }) => parentSpanId === order.spanId);
    assert.deepEqual(below.map(({ name }) => name).sort(), ['answer', 'decide', 'work']);
    assert.ok(below.every(({ traceId }) => traceId === order.traceId));
    const [caller, alone] = ['POST /api/kill', 'GET /x'].map((name) => all.find((each) => each.name === name)!);
    assert.deepEqual([caller!.traceId, caller!.parentSpanId], ['a'.repeat(32), 'b'.repeat(16)]);
    assert.deepEqual([caller!.kind, caller!.status.code], [2, 2]);
    assert.equal(BigInt(caller!.endTimeUnixNano) - BigInt(caller!.startTimeUnixNano), 250_000_000n);
    assert.equal(alone!.parentSpanId ?? '', '');
    const resource = JSON.stringify(collector.received[0]!.json.resourceSpans[0].resource);
    assert.match(resource, /"service.name".*tradewright.*"service.version".*1\.2\.3/);
  });

  test('a collector that is not there -> the end is not held up', async () => {
    const tracing = await openTracing('http://127.0.0.1:9', '1.2.3');
    tracing.record({ name: 'x', startMs: 1, endMs: 2, attributes: {}, failure: null });
    const startMs = performance.now();
    await tracing.close();
    assert.ok(performance.now() - startMs < 4_000);
  });
});

describe('how a session does', () => {
  test('figures -> those of its books; orders counted once, however often it is asked', async () => {
    const { core } = await run();
    const counts = new OrderCounts(core);
    const health = {
      subscriptions: [
        { id: 1, request: {} as never, state: 'live', ageMs: 500, messages: 1, rate: 2, gaps: 0 },
        { id: 2, request: {} as never, state: 'stale', ageMs: Number.POSITIVE_INFINITY, messages: 0, rate: 0, gaps: 0 },
      ],
      connections: [],
      clockSkewMs: null,
    } as const;
    const facts = { session: 's', strategy: 'swing', venue: 'TEST', atMs: 1 };
    const source = { lastPrice: [], gaps: 1, missingBars: 2, anomalies: 3, timed: () => [] };
    const look = () => vitalsOf(facts, core, source, health, counts, { journalMs: 5, eventLoopDelayMs: 20 }, []);
    look();
    const { figures, limits, orderLatency } = look();
    const { state } = core.engine;
    assert.equal(figures['orders_placed_total'], state.orders.count);
    assert.equal(figures['fills_total'], state.fills.count);
    assert.ok(figures['fill_rate']! > 0.9 && figures['fill_rate']! <= 1);
    assert.equal(orderLatency.count, state.orders.count);
    assert.equal(figures['feed_age_seconds'], null, 'one that never had data has no age');
    assert.deepEqual(
      [figures['feeds_not_live'], figures['feed_gaps_total'], figures['feed_missing_bars_total']],
      [1, 1, 2],
    );
    assert.deepEqual([figures['journal_seconds'], figures['event_loop_delay_seconds']], [0.005, 0.02]);
    assert.ok(figures['drawdown']! >= 0 && figures['drawdown']! <= figures['max_drawdown']! + 1e-9);
    assert.ok(limits['drawdownPct']! >= 0);
    assert.deepEqual(JSON.parse(JSON.stringify(figures)), figures);
  });
});
