import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { METRIC_FAMILIES } from '../../src/api/http/metric-families.ts';
import { LATENCY_BOUNDS_S, type SessionVitals, VITALS } from '../../src/ports/session-vitals.ts';
import { openScene } from './server-scene.ts';

const scene = await openScene();
after(() => scene.close());
const ROOT = join(import.meta.dirname, '../..');

const vitals = (session: string, atMs: number): SessionVitals => ({
  ...{ session, strategy: 'odd "name"\\', venue: 'BINANCE', atMs },
  figures: { ...Object.fromEntries(Object.keys(VITALS).map((name, k) => [name, k])), fill_rate: null },
  limits: { drawdownPct: 0.25, netExposurePct: null },
  refusals: { 'max-position': 3 },
  timed: [],
  budgets: [
    ...[{ venue: 'BINANCE', environment: 'live', meter: 'weight', windowMs: 60_000, limit: 6_000, used: 42 } as const],
    ...[{ venue: 'BINANCE', environment: 'live', meter: 'orders', windowMs: 10_000, limit: 100, used: null } as const],
  ].map((budget) => ({ ...budget, blockedForMs: 1_500 })),
  orderLatency: { counts: LATENCY_BOUNDS_S.map((_, k) => k), count: 20, sum: 4.5 },
});

/** Names of series in expressions of PromQL. */
function namesIn(text: string): readonly string[] {
  return [...new Set(text.match(/\b(?:tradewright|process)_[a-z_]+\b/g) ?? [])];
}

const SERIES = new Set(
  METRIC_FAMILIES.flatMap(({ name, type }) =>
    type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
  ),
);

describe('/metrics', () => {
  test('two sessions, one fallen silent -> figures of the one, the other down; labels are escaped', async () => {
    const board = await scene.world.vitals();
    await board.put(vitals('live-one', Date.now()));
    await board.put(vitals('silent', Date.now() - 60_000));
    await board.put(vitals('ended', Date.now()));
    await board.remove('ended');
    const { text } = await scene.ask('/metrics');
    const of = 'strategy="odd \\"name\\"\\\\",venue="BINANCE"';
    for (const line of [
      `tradewright_session_up{session="live-one",${of}} 1`,
      `tradewright_session_up{session="silent",${of}} 0`,
      `tradewright_session_equity{session="live-one",${of}} 0`,
      `tradewright_session_limit_used_ratio{session="live-one",${of},limit="drawdownPct"} 0.25`,
      `tradewright_session_refusals_total{session="live-one",${of},code="max-position"} 3`,
      `tradewright_session_order_latency_seconds_bucket{session="live-one",${of},le="+Inf"} 20`,
      `tradewright_session_order_latency_seconds_sum{session="live-one",${of}} 4.5`,
      'tradewright_session_venue_limit{session="live-one",venue="BINANCE",environment="live",meter="orders",window_seconds="10"} 100',
      'tradewright_session_venue_limit_used{session="live-one",venue="BINANCE",environment="live",meter="weight",window_seconds="60"} 42',
      'tradewright_session_venue_blocked_seconds{session="live-one",venue="BINANCE",environment="live",meter="weight",window_seconds="60"} 1.5',
      'tradewright_home_readable 1',
      'tradewright_alert_deliveries{state="dead"} 0',
    ])
      assert.ok(text.includes(`\n${line}\n`), line);
    assert.doesNotMatch(text, /"ended"|_equity\{session="silent"|_fill_rate\{|netExposurePct|limit_used\{[^}]*orders/);
  });

  test('what is told -> the families of the catalogue, each once, with its type, and no series beside them', async () => {
    const { text } = await scene.ask('/metrics');
    const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => `${name} ${type}`);
    assert.deepEqual(types.sort(), METRIC_FAMILIES.map(({ name, type }) => `${name} ${type}`).sort());
    for (const [, name] of text.matchAll(/^([a-z_]+)[ {]/gm)) assert.ok(SERIES.has(name!), name);
  });

  test('many sessions -> no more than a hundred have series', async () => {
    const board = await scene.world.vitals();
    for (let k = 0; k < 120; k++) await board.put(vitals(`s${k}`, Date.now()));
    const { text } = await scene.ask('/metrics');
    assert.equal(text.match(/^tradewright_session_up\{/gm)!.length, 100);
  });
});

describe('what is shipped for Grafana and Prometheus', () => {
  test('the dashboard -> JSON whose every query asks for series that are there, and that has the whole screen', () => {
    const text = readFileSync(join(ROOT, 'deploy/grafana/tradewright.json'), 'utf8');
    const dashboard = JSON.parse(text) as {
      panels: { id: number; type: string; gridPos: { x: number; w: number }; targets?: { expr: string }[] }[];
    };
    const expressions = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    assert.ok(expressions.length > 20);
    for (const expr of expressions) {
      const names = namesIn(expr);
      assert.ok(names.length > 0, expr);
      assert.deepEqual(
        names.filter((name) => !SERIES.has(name)),
        [],
        expr,
      );
    }
    assert.equal(new Set(dashboard.panels.map(({ id }) => id)).size, dashboard.panels.length);
    for (const { gridPos } of dashboard.panels) assert.ok(gridPos.x + gridPos.w <= 24);
  });

  test('the rules of Prometheus -> each asks for series that are there, and says what is the matter', () => {
    const text = readFileSync(join(ROOT, 'deploy/prometheus/tradewright-rules.yml'), 'utf8');
    const rules = text.split(/^ {6}- alert: /m).slice(1);
    assert.ok(rules.length > 10);
    for (const rule of rules) {
      const [, expr = ''] = /^ {8}expr: (.+)$/m.exec(rule) ?? [];
      const names = namesIn(expr);
      assert.ok(names.length > 0 || expr.startsWith('up{job="tradewright"}'), rule);
      assert.deepEqual(
        names.filter((name) => !SERIES.has(name)),
        [],
        expr,
      );
      assert.match(rule, /^ {8}labels: \{ severity: (?:warn|page) \}$/m);
      assert.match(rule, /^ {10}summary: \S/m);
    }
    const scrape = readFileSync(join(ROOT, 'deploy/prometheus/prometheus.yml'), 'utf8');
    assert.match(scrape, /metrics_path: \/metrics/);
    assert.match(scrape, /^ {2}- tradewright-rules\.yml$/m);
    assert.ok(!SERIES.has('tradewright_session_no_such_figure'), 'the catalogue does not hold everything');
  });
});
