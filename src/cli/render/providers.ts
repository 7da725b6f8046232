import type { ProviderLine } from '../../api/operations/providers.ts';
import type { Output } from '../../api/operations/table.ts';
import { table } from '../table.ts';
import { masterKeyLine } from './accounts.ts';
import { counted, labelled as labelledBy, minute } from './parts.ts';
import type { Rendering, Scene } from './render.ts';

const WIDTH_OF_LABELS = 13;
/** More are told by --json. */
const MOST_MODELS = 20;
const MOST_RIGHTS = 10;

type Seen = NonNullable<ProviderLine['seen']>;

/** A provider, and what was seen of it. */
function providerLines(provider: ProviderLine, scene: Scene): string[] {
  const { style } = scene;
  const labelled = (label: string, text: string): string => labelledBy(label, text, style, WIDTH_OF_LABELS);
  const { label, kind, url, does, model, modelListed, hasKey, keyChanged, seen } = provider;
  const listed = modelListed === false ? `, ${style.warn('which it does not list')}` : '';
  return [
    labelled('provider', `${style.bold(label)}, ${kind}`),
    labelled('address', url),
    labelled('key', hasKey ? `sealed ${minute(keyChanged)}` : 'none'),
    ...(does === 'search' ? [] : [labelled('model', model === null ? 'none chosen' : `${style.bold(model)}${listed}`)]),
    ...(seen === null ? [labelled('asked', style.warn('not yet'))] : seenLines(seen, scene)),
  ];
}

function seenLines({ time, outcome, reason, latencyMs, keyAccepted, models, allows, quota }: Seen, scene: Scene) {
  const { style } = scene;
  const labelled = (label: string, text: string): string => labelledBy(label, text, style, WIDTH_OF_LABELS);
  const latency = latencyMs === null ? '' : `, ${latencyMs.toFixed(0)} ms`;
  const state = outcome === 'ready' ? style.good('answers') : style.bad(outcome);
  return [
    labelled('asked', `${minute(time)}, ${state}${latency}${reason === '' ? '' : `: ${reason}`}`),
    ...(keyAccepted === null ? [] : [labelled('takes key', keyAccepted ? style.good('yes') : style.bad('no'))]),
    ...(allows === null ? [] : [labelled('key is for', firstOf(allows, MOST_RIGHTS))]),
    ...(quota === null ? [] : [labelled('used', quotaText(quota))]),
    ...(models === null ? [] : [labelled(counted(models.length, 'model'), firstOf(models, MOST_MODELS))]),
  ];
}

const quotaText = ({ used, limit, unit }: NonNullable<Seen['quota']>): string =>
  `${used} ${limit === null ? '' : `of ${limit} `}${unit}`;

function firstOf(words: readonly string[], most: number): string {
  if (words.length === 0) return 'none';
  const more = words.length - most;
  return `${words.slice(0, most).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

export function renderProviderAdded(output: Output<'provider-add'>, scene: Scene): Rendering {
  const { provider, homeKeyFile } = output;
  const lines = providerLines(provider, scene);
  if (homeKeyFile !== null) lines.push(masterKeyLine(homeKeyFile, scene));
  return { text: lines.join('\n'), next: nextOf(provider) };
}

export function renderProvider({ provider }: Output<'provider-check'>, scene: Scene): Rendering {
  return { text: providerLines(provider, scene).join('\n'), next: nextOf(provider) };
}

function nextOf({ label, does, model, seen }: ProviderLine): string {
  if (seen?.outcome !== 'ready') return `tradewright provider check ${label}`;
  return does === 'models' && model === null ? `tradewright provider set ${label} <model>` : 'tradewright provider ls';
}

export function renderProviders({ providers }: Output<'provider-ls'>, { style }: Scene): Rendering {
  if (providers.length === 0) return { text: ' no providers yet', next: 'tradewright provider add <kind> <label>' };
  const rows = providers.map(({ label, kind, url, model, modelListed, hasKey, seen }) => [
    style.bold(label),
    kind,
    url,
    model === null ? '–' : modelListed === false ? style.warn(model) : model,
    hasKey ? 'sealed' : 'none',
    seen === null ? 'not asked' : seen.outcome === 'ready' ? style.good('answers') : style.bad(seen.outcome),
    seen === null ? '' : minute(seen.time),
  ]);
  const columns = [
    { header: 'provider' },
    { header: 'kind' },
    { header: 'address', mayShrink: true },
    { header: 'model', mayShrink: true },
    { header: 'key' },
    { header: 'state' },
    { header: 'asked' },
  ];
  return { text: table(columns, rows, style), next: 'tradewright provider check <label>' };
}

export function renderProviderRotated({ provider }: Output<'provider-rotate'>, scene: Scene): Rendering {
  return {
    text: [
      ...providerLines(provider, scene),
      labelledBy('old key', 'overwritten here; delete it at the provider, too', scene.style, WIDTH_OF_LABELS),
    ].join('\n'),
    next: nextOf(provider),
  };
}

export function renderProviderRemoved({ removed }: Output<'provider-rm'>): Rendering {
  return {
    text: ` provider ${removed} is gone, and its key with it; delete the key at the provider, too`,
    next: 'tradewright provider ls',
  };
}
