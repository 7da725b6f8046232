import { catalogue } from '../../src/core/indicators/catalogue.ts';
import type { Indicator, IndicatorGroup } from '../../src/core/indicators/indicator.ts';
import { builtInStrategies } from '../../src/core/strategy/catalogue.ts';
import { type BarsSpec, ruleText, type UniverseSpec } from '../../src/core/strategy/data.ts';
import type { AnyStrategy } from '../../src/core/strategy/define-strategy.ts';
import type { ParamSpec } from '../../src/core/strategy/params.ts';
import { indicatorCalls } from './indicator-calls.ts';
import { block, code, page, table } from './markdown.ts';

const GROUPS: Readonly<Record<IndicatorGroup, string>> = {
  average: 'Averages',
  momentum: 'Momentum',
  volatility: 'Volatility',
  trend: 'Trend',
  volume: 'Volume',
  statistics: 'Statistics',
  price: 'Price and arithmetic',
  pattern: 'Candlestick patterns',
};

function barsText(indicator: Indicator): string {
  const defaults = Object.fromEntries(Object.entries(indicator.params).map(([name, range]) => [name, range.default]));
  const first = [indicator.warmup(defaults)].flat();
  const settled = Math.max(...first, indicator.settle?.(defaults) ?? 0);
  const bars = first.length > 1 && new Set(first).size > 1 ? first.join(' / ') : String(first[0]);
  return `Warm-up ${bars} bars, settled after ${settled}.`;
}

function indicatorSection(indicator: Indicator, calls: readonly string[]): string {
  const params = Object.entries(indicator.params).map(([name, range]) => [
    code(name),
    String(range.default),
    `${range.min} … ${range.max}${range.integer ? '' : ', fractions allowed'}`,
    range.about,
  ]);
  const outputs = indicator.outputs.length > 1 ? ` Outputs: ${indicator.outputs.map(code).join(', ')}.` : '';
  return [
    `### ${indicator.name}`,
    `**${indicator.title}.** ${calls.join(' or ')}`,
    `\`${indicator.formula}\``,
    `Unit: ${indicator.unit}.${outputs} ${barsText(indicator)} Source: ${indicator.source}.`,
    ...(params.length > 0 ? [table(['parameter', 'default', 'range', 'meaning'], params)] : []),
  ].join('\n\n');
}

export function indicatorsPage(): string {
  const calls = indicatorCalls();
  return page(
    'Indicators',
    `All ${catalogue.length} indicators: formula, source, unit, parameters and warm-up. To look things up; how to use them: [use the indicators](../how-to/use-the-indicators-from-npm.md).`,
    [
      `Each is one definition that runs as a stream and over a column with the same bits. *Warm-up* is the number of bars before the first value, *settled* the number after which the value no longer
depends on where the data began (to one part in ten thousand); both with default parameters, \`a / b\` where outputs differ. Orders wait for the latter: [look-ahead and warm-up](../explanation/look-ahead-and-warm-up.md).

\`series\` is any series (\`data.main.close\`, another indicator), \`bars\` is a declared feed (\`data.main\`). Parameters follow as they stand in the call, and may be left out from the end; \`{ change1: … }\` means that all are given by name. Where a call gives one of several outputs, \`lines\` of [\`tradewright/indicators\`](../how-to/use-the-indicators-from-npm.md) gives them all.
Functions that are not in the table: \`ta.custom\`, for an indicator of your own.`,
      ...Object.entries(GROUPS).flatMap(([group, title]) => [
        `## ${title}`,
        ...catalogue.filter((i) => i.group === group).map((i) => indicatorSection(i, calls.get(i.name) ?? [])),
      ]),
    ],
  );
}

function feedText(spec: BarsSpec | UniverseSpec): string {
  if (spec.kind === 'universe') return 'every instrument of the run';
  const rule = spec.rule.by === 'run' ? 'the run’s timeframe' : ruleText(spec.rule);
  return `${rule}${spec.symbol === undefined ? '' : ` of ${spec.symbol}`}${spec.view === 'plain' ? '' : `, ${spec.view}`}`;
}

function rangeText({ range, options, kind }: ParamSpec<unknown>): string {
  if (kind === 'pick') return options.join(', ');
  if (kind === 'bool') return 'true, false';
  return `${range.min ?? '−∞'} … ${range.max ?? '∞'}${range.step === undefined ? '' : `, step ${range.step}`}`;
}

function strategySection({ def }: AnyStrategy): string {
  const params = Object.entries(def.params as Readonly<Record<string, ParamSpec<unknown>>>).map(([name, spec]) => [
    code(name),
    spec.kind,
    String(spec.default),
    rangeText(spec),
  ]);
  const feeds = Object.entries(def.data as Readonly<Record<string, BarsSpec | UniverseSpec>>).map(
    ([name, spec]) => `\`${name}\`: ${feedText(spec)}`,
  );
  return [
    `### ${def.id}`,
    def.about ?? '',
    `*When it fails:* ${def.failsWhen ?? 'not said'}`,
    `Data: ${feeds.join('; ')}. Version ${def.version ?? '1'}.`,
    ...(params.length > 0 ? [table(['parameter', 'kind', 'default', 'range'], params)] : []),
    block('sh', `npx tradewright backtest ${def.id} --data synthetic${severalFlags(def.data)}`),
  ].join('\n\n');
}

/** Strategies over several instruments need more than the one that `synthetic` alone stands for. */
function severalFlags(data: Readonly<Record<string, BarsSpec | UniverseSpec>>): string {
  const isWide = Object.values(data).some((spec) => spec.kind === 'universe');
  return isWide ? ' --symbol ALPHA-USD --symbol BETA-USD' : '';
}

export function strategiesPage(): string {
  return page(
    'Built-in strategies',
    'The strategies that come with the package: what each does, when it fails, and its parameters. To look things up.',
    [
      'They are for learning and for comparison: yardsticks, not advice. Each is one file in `src/core/strategy/built-in/`. Parameters are given as `--param name=value`; `pct` parameters take `0.05` or `5%`.',
      ...builtInStrategies.map(strategySection),
    ],
  );
}
