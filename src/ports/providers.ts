import type { Secret } from '../core/vocabulary/secret.ts';
import type { TimeMs } from '../core/vocabulary/time.ts';

/** `compatible`: any address that speaks OpenAI's protocol, as servers of local models do. */
export const PROVIDER_KINDS = ['xai', 'openai', 'openrouter', 'compatible', 'tavily'] as const;
export type ProviderKind = (typeof PROVIDER_KINDS)[number];

/** What is known of a kind before anybody is asked. */
export interface ProviderFacts {
  readonly title: string;
  /** Where it is by default; null where that must be said. */
  readonly url: string | null;
  readonly needsKey: boolean;
  /** False for web search. */
  readonly hasModels: boolean;
}

export const PROVIDER_FACTS: Readonly<Record<ProviderKind, ProviderFacts>> = {
  xai: { title: 'xAI', url: 'https://api.x.ai/v1', needsKey: true, hasModels: true },
  openai: { title: 'OpenAI', url: 'https://api.openai.com/v1', needsKey: true, hasModels: true },
  openrouter: { title: 'OpenRouter', url: 'https://openrouter.ai/api/v1', needsKey: true, hasModels: true },
  compatible: { title: 'an OpenAI-compatible server', url: null, needsKey: false, hasModels: true },
  tavily: { title: 'Tavily', url: 'https://api.tavily.com', needsKey: true, hasModels: false },
};

/**
 * What came of asking a provider. `ready`: it answered as its protocol says, and refused no key. `key-refused`: it takes the key not, or not any more.
 * `limited`: it answers nothing now, as too much was asked or spent. `unavailable`: no answer, or that of a fault which may pass. `address-refused`: it
 * is nowhere that may be connected to. `unfit`: what answers is no such provider.
 */
export const PROVIDER_OUTCOMES = [
  'ready',
  'key-refused',
  'limited',
  'unavailable',
  'address-refused',
  'unfit',
] as const;
export type ProviderOutcome = (typeof PROVIDER_OUTCOMES)[number];

/** What has been used of a provider, by its own words. */
export interface ProviderQuota {
  readonly used: number;
  /** Null for none, or where it is not told. */
  readonly limit: number | null;
  /** `credits`, `USD`. */
  readonly unit: string;
}

/** What was seen of a provider when it was asked last. Nothing of it holds the key. */
export interface ProviderSeen {
  readonly atMs: TimeMs;
  readonly outcome: ProviderOutcome;
  /** One line; empty where there is nothing to say. */
  readonly reason: string;
  /** Until the first answer was whole; null where none came. */
  readonly latencyMs: number | null;
  /** Null where no key was sent, or where it answers without one, too. */
  readonly isKeyAccepted: boolean | null;
  /** Ids, sorted; null where none were told. */
  readonly models: readonly string[] | null;
  /** What the key may be used for, as the provider words it; null where it does not tell. */
  readonly allows: readonly string[] | null;
  readonly quota: ProviderQuota | null;
}

export type ProviderLook = Omit<ProviderSeen, 'atMs'>;

/** A provider that is kept, without its key. */
export interface Provider {
  readonly label: string;
  readonly kind: ProviderKind;
  /** Without a slash at its end. */
  readonly url: string;
  /** Null until one is chosen. */
  readonly model: string | null;
  /** Its connection in the vault; null for a provider without a key. */
  readonly secretId: string | null;
  readonly createdAtMs: TimeMs;
  /** When its key was last put in. */
  readonly keyChangedAtMs: TimeMs;
  readonly seen: ProviderSeen | null;
}

/** Providers of a home; several programs may use it at once. Rejects with LatchError (`ports/latches.ts`). */
export interface ProviderStore {
  /** By label. */
  all(): Promise<readonly Provider[]>;
  /** False where there is one of that label. */
  add(provider: Provider): Promise<boolean>;
  /** False where there is none. */
  remove(label: string): Promise<boolean>;
  choose(label: string, model: string): Promise<boolean>;
  keyChanged(label: string, atMs: TimeMs, seen: ProviderSeen | null): Promise<boolean>;
  /** False where its key was changed in between: what was seen says nothing of the new one. */
  noteSeen(provider: Pick<Provider, 'label' | 'keyChangedAtMs'>, seen: ProviderSeen): Promise<boolean>;
}

/** Asks providers who they are and what a key may do there. Nothing is generated, searched or paid for. */
export interface ProviderProbe {
  /** One look. Never rejects. */
  look(provider: Pick<Provider, 'kind' | 'url'>, key: Secret | null): Promise<ProviderLook>;
}
