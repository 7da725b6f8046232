import type { Clock } from '../../ports/clock.ts';
import type { ProviderKind, ProviderLook } from '../../ports/providers.ts';
import { type Asking, ask, type Told } from './ask.ts';
import { modelsOf, openRouterQuotaOf, tavilyQuotaOf, xaiKeyOf } from './read-answers.ts';

/** One answer may take so long. */
const ANSWER_MS = 10_000;

const NOTHING = { latencyMs: null, isKeyAccepted: null, models: null, allows: null, quota: null } as const;

/** What each kind is asked. */
const LOOKS: Readonly<Record<ProviderKind, (asking: Asking) => Promise<ProviderLook>>> = {
  xai: lookAtXai,
  openai: (asking) => lookAtModels(asking, true),
  openrouter: lookAtOpenRouter,
  compatible: lookAtCompatible,
  tavily: lookAtTavily,
};

/** Asks a provider who it is. Never rejects. */
export function look(
  kind: ProviderKind,
  asking: Omit<Asking, 'timeoutMs' | 'elapsedMs' | 'nowMs'>,
  clock: Pick<Clock, 'elapsedMs' | 'nowMs'>,
  timeoutMs = ANSWER_MS,
): Promise<ProviderLook> {
  return LOOKS[kind]({
    ...asking,
    ...{ timeoutMs, elapsedMs: () => clock.elapsedMs(), nowMs: () => clock.nowMs() },
  });
}

type Refused = Exclude<Told, { readonly outcome: 'ready' }>;

function refusal({ outcome, reason, latencyMs }: Refused): ProviderLook {
  return { ...NOTHING, outcome, reason, latencyMs, isKeyAccepted: outcome === 'key-refused' ? false : null };
}

/** `GET /models`. `isAsked`: whether it answers those alone whose key it takes. */
async function lookAtModels(asking: Asking, isAsked: boolean): Promise<ProviderLook> {
  const told = await ask(asking, '/models');
  if (told.outcome !== 'ready') return refusal(told);
  const { latencyMs } = told;
  const models = modelsOf(told.json, asking.key);
  if (models === null)
    return { ...NOTHING, outcome: 'unfit', latencyMs, reason: 'it answered, and not with a list of models' };
  return { ...NOTHING, outcome: 'ready', reason: '', latencyMs, isKeyAccepted: isAsked ? true : null, models };
}

/** Its models, then what it tells of the key. */
async function lookAtXai(asking: Asking): Promise<ProviderLook> {
  const seen = await lookAtModels(asking, true);
  if (seen.outcome !== 'ready') return seen;
  const told = await ask(asking, '/api-key');
  if (told.outcome === 'key-refused') return { ...refusal(told), latencyMs: seen.latencyMs };
  if (told.outcome !== 'ready') return { ...seen, reason: `it did not tell what the key may do: ${told.reason}` };
  const { allows, blocked } = xaiKeyOf(told.json, asking.key);
  if (blocked === null) return { ...seen, allows };
  return { ...seen, allows, outcome: 'key-refused', reason: blocked, isKeyAccepted: false };
}

/** Its models are for everybody: whether it takes the key another path tells. */
async function lookAtOpenRouter(asking: Asking): Promise<ProviderLook> {
  const told = await ask(asking, '/key');
  if (told.outcome !== 'ready') return refusal(told);
  const seen = await lookAtModels(asking, true);
  if (seen.outcome !== 'ready') return seen;
  return { ...seen, latencyMs: told.latencyMs, quota: openRouterQuotaOf(told.json) };
}

/** Some look at keys and some take any: it is asked once more without, as that alone tells. */
async function lookAtCompatible(asking: Asking): Promise<ProviderLook> {
  const seen = await lookAtModels(asking, false);
  if (asking.key === null || seen.outcome !== 'ready') return seen;
  const without = await ask({ ...asking, key: null }, '/models');
  return { ...seen, isKeyAccepted: without.outcome === 'key-refused' ? true : null };
}

/** Its usage, which costs no credit. */
async function lookAtTavily(asking: Asking): Promise<ProviderLook> {
  const told = await ask(asking, '/usage');
  if (told.outcome !== 'ready') return refusal(told);
  const { latencyMs } = told;
  const quota = tavilyQuotaOf(told.json);
  if (quota === null)
    return { ...NOTHING, outcome: 'unfit', latencyMs, reason: 'it answered, and not with what was used' };
  return { ...NOTHING, outcome: 'ready', reason: '', latencyMs, isKeyAccepted: true, quota };
}
