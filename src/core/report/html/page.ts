import type { Report } from '../report.ts';
import { costsSection } from './costs-section.ts';
import { drawdownSection, equitySection, thinEquity } from './equity-section.ts';
import { period, strategyTitle } from './lookup.ts';
import { html, Markup, scriptJson } from './markup.ts';
import { fillData, priceSection } from './price-section.ts';
import { definitionSection, metricsSection, refusalSection, reproductionSection } from './reference-sections.ts';
import { distributionSection, monthlySection, rollingSection } from './returns-section.ts';
import { SCRIPT } from './script.ts';
import { strategiesSection } from './strategies-section.ts';
import { STYLE } from './style.ts';
import { headerSection, headlineSection, honestySection, intervalSection } from './summary-sections.ts';
import { listedTrades, tradeListSection } from './trade-list.ts';
import { tradesSection } from './trades-section.ts';

/** Nothing may be fetched: style and script are in the page, pictures only as data. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

const LINKS = [
  ['results', 'Results'],
  ['strategies', 'By strategy'],
  ['checks', 'Checks'],
  ['equity', 'Equity'],
  ['months', 'Months'],
  ['drawdowns', 'Drawdowns'],
  ['distribution', 'Distribution'],
  ['trades', 'Trades'],
  ['costs', 'Costs'],
  ['interval', 'Interval'],
  ['price', 'Price'],
  ['trade-list', 'Trade list'],
  ['metrics', 'All metrics'],
  ['again', 'Run again'],
  ['definitions', 'Definitions'],
] as const;

/**
 * The report as one HTML page that needs nothing else: no file, no network, and no JavaScript to be read. Every text of the report
 * is escaped.
 */
export function renderHtml(report: Report): string {
  const title = `${strategyTitle(report)}, ${period(report)}`;
  const sections = [
    strategiesSection(report),
    honestySection(report),
    equitySection(report),
    monthlySection(report),
    drawdownSection(report),
    rollingSection(report),
    distributionSection(report),
    tradesSection(report),
    costsSection(report),
    intervalSection(report),
    priceSection(report),
    tradeListSection(report),
    metricsSection(report),
    refusalSection(report),
    reproductionSection(report),
    definitionSection(report),
  ];
  const text = sections.map((s) => s?.text ?? '').join('\n');
  const links = LINKS.filter(([id]) => id === 'results' || text.includes(`<section id="${id}"`));
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="tradewright ${report.run.version}">
<title>${title}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<a class="skip" href="#results">Skip to the results</a>
<main>
${headerSection(report)}
<nav aria-label="Sections"><ul>${links.map(([id, label]) => html`<li><a href="#${id}">${label}</a></li>`)}</ul></nav>
${headlineSection(report)}
${new Markup(text)}
<footer><p>Created ${report.run.createdAt} by tradewright ${report.run.version} on Node ${report.run.node}. Times are UTC. Past results, real or simulated, do not tell future ones.</p></footer>
</main>
<script type="application/json" id="equity-data">${equityData(report)}</script>
<script type="application/json" id="fill-data">${fillData(report, listedTrades(report))}</script>
<script>${new Markup(SCRIPT)}</script>
</body>
</html>
`.text;
}

/** Columns for the cursor; money to the cent, drawdown to a hundredth of a percent. */
function equityData(report: Report): Markup {
  const { timeMs, strategy, benchmark, drawdown } = thinEquity(report);
  if (timeMs.length < 2) return new Markup('null');
  const rounded = (values: readonly number[], by: number): number[] => values.map((v) => Math.round(v * by) / by);
  return scriptJson({
    intraday: timeMs.some((t) => t % 86_400_000 !== timeMs[0]! % 86_400_000),
    startMs: timeMs[0],
    t: timeMs.map((t) => Math.round((t - timeMs[0]!) / 1000)),
    e: rounded(strategy, 100),
    b: benchmark ? rounded(benchmark, 100) : null,
    d: rounded(drawdown, 1e5),
  });
}
