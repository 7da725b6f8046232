import type { Secret } from '../../core/vocabulary/secret.ts';
import { formatTime } from '../../core/vocabulary/time.ts';
import { PROVIDER_FACTS, type Provider, type ProviderSeen } from '../../ports/providers.ts';
import { Failure, type FailureCode } from '../failures.ts';
import type { ProviderLine } from '../operations/providers.ts';
import type { World } from '../world.ts';

/** Asks a provider, with a key that need not be kept. */
export async function lookAt(
  provider: Pick<Provider, 'kind' | 'url'>,
  key: Secret | null,
  world: World,
): Promise<ProviderSeen> {
  const look = await world.providerProbe.look(provider, key);
  return { atMs: world.clock.nowMs(), ...look };
}

const CODES: Readonly<Record<Exclude<ProviderSeen['outcome'], 'ready'>, FailureCode>> = {
  'key-refused': 'key-refused',
  limited: 'provider-unavailable',
  unavailable: 'provider-unavailable',
  'address-refused': 'provider-refused',
  unfit: 'provider-refused',
};

const HINTS: Readonly<Partial<Record<ProviderSeen['outcome'], string>>> = {
  'key-refused':
    'Look at the key at the provider, and give it again; tradewright provider rotate replaces one that is kept.',
  'address-refused':
    'Connected to are public addresses by https, and networks that TRADEWRIGHT_PROVIDER_NETWORKS opens, such as 127.0.0.1.',
  limited: 'Wait, or look at plan and limits at the provider.',
};

/** Throws what came of a look, where that was no answer of use. */
export function requireReady({ label, kind, url }: Pick<Provider, 'label' | 'kind' | 'url'>, seen: ProviderSeen): void {
  const { outcome, reason } = seen;
  if (outcome === 'ready') return;
  const { host } = new URL(url);
  const hint = HINTS[outcome];
  throw new Failure(CODES[outcome], `provider ${label} (${kind} at ${host}): ${reason}`, {
    ...(hint === undefined ? {} : { hint }),
    details: { found: outcome, ...(outcome === 'unfit' || outcome === 'address-refused' ? { field: 'url' } : {}) },
  });
}

/** A provider as it is told. */
export function lineOf({
  label,
  kind,
  url,
  model,
  secretId,
  createdAtMs,
  keyChangedAtMs,
  seen,
}: Provider): ProviderLine {
  const models = seen?.models ?? null;
  return {
    ...{ label, kind, url, model, does: PROVIDER_FACTS[kind].hasModels ? 'models' : 'search' },
    modelListed: model === null || models === null ? null : models.includes(model),
    ...{ hasKey: secretId !== null, created: formatTime(createdAtMs), keyChanged: formatTime(keyChangedAtMs) },
    seen:
      seen === null
        ? null
        : {
            ...{ time: formatTime(seen.atMs), outcome: seen.outcome, reason: seen.reason, latencyMs: seen.latencyMs },
            ...{ keyAccepted: seen.isKeyAccepted, models: models === null ? null : [...models], quota: seen.quota },
            allows: seen.allows === null ? null : [...seen.allows],
          },
  };
}
