import { fieldOf, numberField, plain, textField } from '../../connectivity/plain-answer.ts';
import type { Secret } from '../../core/vocabulary/secret.ts';
import type { ProviderQuota } from '../../ports/providers.ts';

const MOST_MODELS = 2_000;
const MOST_RIGHTS = 200;

/** Ids of `GET /models`, sorted; null where the answer is no list of models. */
export function modelsOf(json: unknown, key: Secret | null): readonly string[] | null {
  // Ollama says null where it has none.
  const list = fieldOf(json, 'data') ?? (fieldOf(json, 'object') === 'list' ? [] : null);
  if (!Array.isArray(list)) return null;
  return textsOf(
    list.map((each) => textField(each, 'id')),
    key,
    MOST_MODELS,
  ).sort();
}

/** `GET /api-key` of xAI: what a key may be used for, and why not for anything any more. */
export function xaiKeyOf(
  json: unknown,
  key: Secret | null,
): { readonly allows: readonly string[] | null; readonly blocked: string | null } {
  const acls = fieldOf(json, 'acls');
  const flags = [
    ['api_key_blocked', 'the key is blocked'],
    ['api_key_disabled', 'the key is disabled'],
    ['team_blocked', 'the team of the key is blocked'],
  ] as const;
  const blocked = flags.filter(([name]) => fieldOf(json, name) === true).map(([, what]) => what);
  return {
    allows: Array.isArray(acls) ? textsOf(acls, key, MOST_RIGHTS) : null,
    blocked: blocked.length === 0 ? null : blocked.join(', '),
  };
}

/** `GET /key` of OpenRouter: USD spent with the key. */
export function openRouterQuotaOf(json: unknown): ProviderQuota | null {
  const data = fieldOf(json, 'data');
  const used = numberField(data, 'usage');
  return used === undefined ? null : { used, limit: numberField(data, 'limit') ?? null, unit: 'USD' };
}

/** `GET /usage` of Tavily: credits of the plan, of the key where the plan says nothing. */
export function tavilyQuotaOf(json: unknown): ProviderQuota | null {
  const account = fieldOf(json, 'account');
  const ofPlan = numberField(account, 'plan_usage');
  if (ofPlan !== undefined) return { used: ofPlan, limit: numberField(account, 'plan_limit') ?? null, unit: 'credits' };
  const own = fieldOf(json, 'key');
  const used = numberField(own, 'usage');
  return used === undefined ? null : { used, limit: numberField(own, 'limit') ?? null, unit: 'credits' };
}

/** Texts as they may be shown, each once; one that holds the key is left out. */
function textsOf(values: readonly unknown[], key: Secret | null, most: number): string[] {
  const secrets = key === null ? [] : [key];
  const texts = values.filter((each) => typeof each === 'string' && each !== '' && plain(each, secrets) === each);
  return [...new Set(texts as string[])].slice(0, most);
}
