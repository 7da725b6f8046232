import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Script } from 'node:vm';
import { DAY_MS, formatTime } from '../../vocabulary/time.ts';
import { type Report, reportSchema } from '../report.ts';
import { waterfall } from './costs-section.ts';
import { fixed, minuteOf } from './format.ts';
import { HEADLINES } from './lookup.ts';
import { renderMarkdown } from './markdown.ts';
import { renderHtml } from './page.ts';
import { SCRIPT } from './script.ts';
import { exampleReport } from './test/example-report.ts';

const report = exampleReport();
const page = renderHtml(report);

const count = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].length;

/** What is left of a run that did nothing. */
const empty: Report = {
  ...report,
  data: [],
  checks: [],
  conventions: [],
  metrics: report.metrics.map((m) => ({ ...m, value: null, benchmark: null, reason: 'no-data' })),
  interval: null,
  equity: { timeMs: [], strategy: [], benchmark: null, drawdown: [], exposure: [] },
  returns: {
    daily: { timeMs: [], value: [] },
    monthly: [],
    rolling: { windowDays: 90, timeMs: [], sharpe: [], volatility: [] },
    bootstrapSharpe: null,
  },
  drawdowns: [],
  trades: [],
  costs: [],
  price: { ...report.price, timeMs: [], open: [], high: [], low: [], close: [] },
  fills: [],
  refusals: [],
  regimes: [],
};

describe('renderHtml', () => {
  test('example -> follows the schema of reports', () => {
    assert.deepEqual(reportSchema().parse(report), report);
  });

  test('headlines: twelve -> each with its value, and the benchmark’s where it has one', () => {
    for (const [name, title] of HEADLINES) {
      const cell = new RegExp(`data-metric="${name}"><dt>${title}.*?</dd><dd class="versus">(.*?)</dd>`, 's').exec(
        page,
      );
      assert.ok(cell, name);
      assert.ok(!cell[0].includes('n/a'), name);
    }
    assert.equal(count(page, /data-metric=/g), 12);
    assert.equal(count(page, /class="versus">buy &amp; hold/g), 8);
  });

  test('sections -> in the order of the specification, each with a heading and a link', () => {
    const order = [...page.matchAll(/<section id="([\w-]+)"><h2>/g)].map((m) => m[1]);
    assert.deepEqual(order, [
      'results',
      'checks',
      'equity',
      'months',
      'drawdowns',
      'rolling',
      'distribution',
      'trades',
      'costs',
      'interval',
      'price',
      'trade-list',
      'metrics',
      'refusals',
      'again',
      'definitions',
    ]);
    const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map((m) => m[1]));
    for (const [, target] of page.matchAll(/href="#([^"]+)"/g)) assert.ok(ids.has(target), `#${target}`);
    assert.equal(count(page, /<h1>/g), 1);
  });

  test('data: synthetic -> a band in words; recorded -> none', () => {
    assert.match(page, /<strong>SYNTHETIC DATA<\/strong>/);
    assert.match(page, /class="badge">BACKTEST</);
    assert.ok(!renderHtml(exampleReport({ synthetic: false, trades: 5, days: 100 })).includes('SYNTHETIC DATA'));
  });

  test('checks -> sign and word for each outcome', () => {
    for (const text of ['✓</span><div><b>Passed', '!</span><div><b>Warning', '–</span><div><b>Not run'])
      assert.ok(page.includes(text), text);
    const failed = renderHtml({ ...report, checks: [{ name: 'x', status: 'failed', text: 'peeks' }] });
    assert.ok(failed.includes('✗</span><div><b>Failed</b> <span>peeks'));
  });

  test('policy: nothing can be fetched and nothing asks to be', () => {
    assert.ok(
      page.includes(
        `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">`,
      ),
    );
    assert.equal(count(page, /https?:\/\//g), 0);
    assert.equal(count(page, /\s(?:src|srcset|action|poster|data)="/g), 0);
    assert.equal(count(page, /<link|@import|url\(|<iframe|<img|<object/g), 0);
    for (const [, target] of page.matchAll(/href="([^"]*)"/g)) assert.match(target!, /^#/);
    assert.equal(count(page, /\son\w+="/g), 0);
  });

  test('accessibility: drawings have a text, tables a caption and scopes, ids are unique', () => {
    assert.equal(count(page, /<svg/g), count(page, /<svg[^>]* role="img" aria-label="[^"]{20,}"/g));
    assert.ok(count(page, /<svg/g) >= 11);
    assert.equal(count(page, /<table/g), count(page, /<caption/g));
    assert.equal(count(page, /<th[ >]/g), count(page, /<th scope="(?:col|row)"/g));
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map((m) => m[1]);
    assert.equal(new Set(ids).size, ids.length);
    assert.ok(count(page, /<summary>View as table/g) >= 5);
    assert.match(page, /<html lang="en">/);
  });

  test('elements -> as many closed as opened', () => {
    for (const name of [
      'section',
      'figure',
      'figcaption',
      'table',
      'tbody',
      'svg',
      'div',
      'dl',
      'ul',
      'li',
      'details',
      'p',
      'b',
      'i',
      'u',
      'span',
      'form',
    ])
      assert.equal(count(page, new RegExp(`<${name}[ >]`, 'g')), count(page, new RegExp(`</${name}>`, 'g')), name);
  });

  test('size: two years and 1,000 trades -> below 800 kB', () => {
    const size = new TextEncoder().encode(renderHtml(exampleReport({ trades: 1_000 }))).length;
    assert.ok(size < 800_000, `${size}`);
  });

  test('trades: more than 1,000 -> the first 1,000 and a note on the rest', () => {
    const many = exampleReport({ trades: 1_200 });
    const text = renderHtml(many);
    assert.match(text, /The first 1000 of 1200 trades; trades\.csv has all/);
    assert.equal(count(/<table id="trade-table">.*?<\/table>/s.exec(text)![0], /<tr><td>/g), 1_000);
  });

  test('trades and fills: more than the report lists -> the page says how many there were, and what the CSV files hold', () => {
    const many = exampleReport({ trades: 1_200 });
    const text = renderHtml({ ...many, counts: { trades: 27_386, fills: 54_772 } }).replaceAll('\u202f', ' ');
    assert.match(text, /The first 1000 of 27 386 trades; trades\.csv has the first 1200/);
    assert.match(text, /The first 1200 of 27 386 trades; all metrics count all/);
    assert.match(text, /fills are drawn; fills\.csv has the first \d+ of 54 772\./);
  });

  test('trades: more than a screen has room for -> bars of groups, wide enough to be seen', () => {
    const chart = /Profit of each trade.*?<svg.*?<\/svg>/s;
    const widths = (text: string): number[] =>
      [.../M([\d.]+) \d+V\d+H([\d.]+)V/g[Symbol.matchAll](chart.exec(text)![0])].map(([, from, to]) =>
        Number((Number(to) - Number(from)).toFixed(1)),
      );
    const few = widths(renderHtml(exampleReport({ trades: 600 })));
    assert.equal(few.length, 600);
    const text = renderHtml(exampleReport({ trades: 6_000 }));
    const many = widths(text);
    assert.ok(many.length >= 600 && many.length <= 1_200, `${many.length} bars`);
    assert.ok(Math.min(...many) >= Math.min(...few), `${Math.min(...many)} wide`);
    assert.match(text, /Each bar is the best and the worst of 10 trades/);
  });

  test('trades: mean prices with a tail of a double -> as many decimals as fills have', () => {
    const report = exampleReport({ trades: 3 });
    const fills = report.fills.map((fill) => ({ ...fill, price: '29629.10' }));
    const trades = report.trades.map((trade) => ({ ...trade, entryPrice: 29629.100000000002 }));
    assert.match(renderHtml({ ...report, fills, trades }), /<td>29\u202f629\.10\n?<td>/);
  });

  test('escaping: markup in every text of the report -> none of it reaches the page', () => {
    const nasty = `"'><script>alert(1)</script><img src=x onerror=alert(1)>`;
    const poison = (value: unknown, key: string): unknown => {
      if (typeof value === 'string')
        return ['schema', 'status', 'side', 'liquidity', 'unit', 'from', 'to', 'price'].includes(key)
          ? value
          : value + nasty;
      if (Array.isArray(value)) return value.map((v) => poison(v, key));
      if (value !== null && typeof value === 'object')
        return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, poison(v, k)]));
      return value;
    };
    const small = exampleReport({ trades: 12, days: 120 });
    const text = renderHtml(reportSchema().parse(poison(small, '')));
    assert.ok(text.includes('alert(1)'), 'the text itself is shown');
    assert.equal(count(text, /<script/g), 3);
    assert.equal(count(text, /<img/g), 0);
    assert.equal(count(text, /<\/script>/g), 3);
    assert.equal(count(text.replace(/<script type="application\/json".*?<\/script>/gs, ''), /"'>/g), 0);
  });

  test('nothing happened -> a page that says so, without NaN or undefined', () => {
    const text = renderHtml(empty);
    assert.match(text, /No trade was made/);
    assert.match(text, /No check was run/);
    assert.match(text, /No order was refused/);
    assert.equal(count(text, /data-metric="[^"]+"><dt>.*?n\/a<\/span><\/dd><dd class="versus">no data/g), 12);
    for (const body of [text, page, renderHtml(exampleReport({ trades: 1, days: 3 }))])
      assert.equal(count(body.replace(/<script>.*?<\/script>/gs, ''), /NaN|undefined|Infinity/g), 0);
  });

  test('flat equity, a wiped-out account, one price -> still a page', () => {
    const n = report.equity.timeMs.length;
    const flat = {
      ...report.equity,
      strategy: new Array<number>(n).fill(10_000),
      drawdown: new Array<number>(n).fill(0),
      benchmark: null,
    };
    const ruined = { ...report.equity, strategy: report.equity.strategy.map((v, i) => (i > n / 2 ? 0 : v)) };
    const still = {
      ...report.price,
      high: report.price.high.map(() => 5),
      low: report.price.low.map(() => 5),
      close: report.price.close.map(() => 5),
    };
    for (const changed of [{ equity: flat }, { equity: ruined }, { price: still }]) {
      const text = renderHtml({ ...report, ...changed }).replace(/<script>.*?<\/script>/gs, '');
      assert.equal(count(text, /NaN|undefined|Infinity/g), 0);
    }
    assert.ok(!renderHtml({ ...report, equity: ruined }).includes('scale-log"'), 'no logarithm of nothing');
  });

  test('more days than a screen has room for -> tables have the very last of each month, closed at midnight as it is', () => {
    const days = 2_000;
    const from = Date.UTC(2020, 0, 1);
    const closes = Array.from({ length: days }, (_, i) => from + (i + 1) * DAY_MS);
    // Bent so that a thinned line keeps other points than month ends.
    const strategy = closes.map((_, i) => 10_000 + i + 500 * Math.sin(i / 3));
    const drawdown = closes.map(() => 0);
    const rolled = closes.slice(89).map((timeMs) => timeMs - DAY_MS);
    const long = renderHtml({
      ...report,
      regimes: [],
      equity: { timeMs: closes, strategy, benchmark: null, drawdown, exposure: drawdown },
      returns: {
        ...report.returns,
        rolling: { windowDays: 90, timeMs: rolled, sharpe: strategy.slice(89), volatility: strategy.slice(89) },
      },
    });
    const rows = (caption: RegExp): string[][] => {
      const body = new RegExp(`${caption.source}</caption>.*?<tbody>(.*?)</tbody>`, 's').exec(long)![1]!;
      return body
        .split('</tr>')
        .map((row) => [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/g)].map((cell) => cell[1]!))
        .filter((cells) => cells.length > 0);
    };
    const lastOf = (month: number): number => (Date.UTC(2020, month + 1, 1) - from) / DAY_MS - 1;
    const equity = rows(/Equity at the end of each month/);
    equity.slice(0, -1).forEach(([month, at, value], k) => {
      const close = closes[lastOf(k)]!;
      const name = formatTime(Date.UTC(2020, k, 1)).slice(0, 7);
      assert.deepEqual([month, at, value], [name, minuteOf(close), fixed(strategy[lastOf(k)]!, 2)]);
    });
    const sharpes = rows(/Rolling [^<]*month/);
    assert.deepEqual(
      sharpes.slice(0, 2).map(([day, value]) => [day, value]),
      [
        ['2020-03-31', fixed(strategy[lastOf(2)]!, 2)],
        ['2020-04-30', fixed(strategy[lastOf(3)]!, 2)],
      ],
    );
    assert.equal(sharpes.length, equity.length - 2);
  });

  test('drawdowns: at closes of days -> the days that they closed; from the beginning -> its first', () => {
    const day = (text: string): number => Date.parse(`${text}T00:00:00Z`);
    const fall = { depth: -0.1, peakTimeMs: day('2024-03-01'), troughTimeMs: day('2024-03-11'), days: 31 };
    const drawdowns = [
      { ...fall, recoveredTimeMs: day('2024-04-01') },
      { ...fall, depth: -0.05, peakTimeMs: day('2024-01-01'), recoveredTimeMs: null },
    ];
    const text = renderHtml({ ...report, drawdowns }).replaceAll(/<[^>]*>/g, ' ');
    assert.match(text, /2024-02-29 +2024-03-10 +2024-03-31/);
    assert.match(text, /2024-01-01 +2024-03-10 +not yet/);
    assert.match(renderMarkdown({ ...report, drawdowns }), /from 2024-02-29 to 2024-03-31/);
  });

  test('an account of one coin -> amounts to eight places everywhere, and axes that tell them apart', () => {
    const small = (amounts: readonly number[]): number[] => amounts.map((amount) => amount / 10_000);
    const coins: Report = {
      ...report,
      config: { ...report.config, account: { currency: 'BTC', cash: 1 } },
      metrics: report.metrics.map((m) => (m.unit === 'money' && m.value !== null ? { ...m, value: 0.00012345 } : m)),
      equity: { ...report.equity, strategy: small(report.equity.strategy), benchmark: null },
      trades: report.trades.map((t) => ({ ...t, profit: 0.00054321 })),
      costs: report.costs.map((c) => ({ ...c, amount: 0.00067891 })),
    };
    const text = renderHtml(coins)
      .replaceAll(/<[^>]*>/g, ' ')
      .replaceAll('\u202f', ' ');
    assert.match(text, /Net profit +\+0\.00012345 BTC/);
    assert.match(text, /\+0\.00054321/);
    assert.match(text, /\+0\.00067891 BTC/);
    assert.ok(text.includes(` ${fixed(coins.equity.strategy.at(-1)!, 8)} `), 'the last equity, in the table of months');
    assert.match(renderMarkdown(coins), /Costs: .*0\.00067891\u202fBTC/);
    assert.match(renderMarkdown(report), /Costs: [^→]*\.\d\d\u202f[A-Z]+ →/, 'others keep to cents');
  });

  test('rolling figures -> the convention of the Sharpe ratio', () => {
    assert.match(page, /Rolling Sharpe and volatility, 90 days, annualised \(365 d, rf 0 %\)/);
  });

  test('same report -> same page', () => {
    assert.equal(renderHtml(exampleReport()), page);
  });

  test('script -> parses, and writes no markup', () => {
    assert.doesNotThrow(() => new Script(SCRIPT));
    assert.ok(!/innerHTML|insertAdjacentHTML|document\.write|eval\(|fetch\(/.test(SCRIPT));
  });

  test('fills: reason in the trade list -> its row and not the text again', () => {
    const data = JSON.parse(/id="fill-data">(.*?)<\/script>/s.exec(page)![1]!) as {
      why: (number | string)[];
      at: number[];
    };
    assert.equal(data.why.length, report.fills.length);
    assert.ok(data.why.every((w) => typeof w === 'number' && w !== 0 && Math.abs(w) <= report.trades.length));
    const drawn = [...page.matchAll(/<div class="fills (buy|sell)" aria-hidden="true">(.*?)<\/div>/gs)];
    assert.deepEqual(
      drawn.map(([, side, marks]) => [side, count(marks!, /<i style="left:/g)]),
      (['buy', 'sell'] as const).map((side) => [side, report.fills.filter((f) => f.side === side).length]),
    );
  });
});

describe('waterfall', () => {
  test('costs as changes or as amounts paid -> the same steps from gross to net', () => {
    const steps = (fees: number, spread: number) =>
      waterfall([
        { label: 'Gross', amount: 100 },
        { label: 'Fees', amount: fees },
        { label: 'Spread', amount: spread },
        { label: 'Net', amount: 65 },
      ]);
    assert.deepEqual(steps(-30, -5), steps(30, 5));
    assert.deepEqual(
      steps(30, 5).map((s) => [s.change, s.to]),
      [
        [100, 100],
        [-30, 70],
        [-5, 65],
        [65, 65],
      ],
    );
  });

  test('funding received among costs paid -> adds', () => {
    const steps = waterfall([
      { label: 'Gross', amount: 100 },
      { label: 'Fees', amount: 30 },
      { label: 'Funding', amount: -4 },
      { label: 'Net', amount: 74 },
    ]);
    assert.deepEqual(
      steps.map((s) => s.change),
      [100, -30, 4, 74],
    );
    assert.deepEqual(waterfall([]), []);
  });
});
