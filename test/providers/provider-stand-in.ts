import { type Received, type Scripted, type StandIn, standIn } from '../notify/service-stand-in.ts';

type Answer = Exclude<Scripted, string>;

/** What the stand-in takes for a key, and what its key may do. */
export interface ProviderState {
  /** Keys that are taken. */
  readonly keys: Set<string>;
  models: readonly string[];
  /** `GET /api-key` of xAI, beside what every answer has. */
  apiKey: Readonly<Record<string, unknown>>;
}

export const json = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer => ({
  ...{ status, headers: { 'content-type': 'application/json', ...headers } },
  body: JSON.stringify(body),
});

/**
 * A server in the place of providers, one a folder: `/xai/v1`, `/openai/v1`, `/openrouter/api/v1`, `/ollama/v1` (asks no key), `/vllm/v1` (asks one),
 * `/tavily`. Answers have the shapes of their documentations; a wrong key is refused as each refuses it.
 */
export async function providerStandIn(): Promise<StandIn & { readonly state: ProviderState }> {
  const state: ProviderState = {
    keys: new Set(),
    models: ['grok-4.3', 'grok-4.5'],
    apiKey: {
      ...{ acls: ['api-key:endpoint:*', 'api-key:model:*'], name: 'desk' },
      ...{ api_key_blocked: false, api_key_disabled: false, team_blocked: false },
    },
  };
  const server = await standIn((received) => answerOf(received, state));
  return { ...server, state };
}

function answerOf({ path, headers }: Received, state: ProviderState): Answer {
  const [, folder = '', ...rest] = path.split('/');
  const wanted = `/${rest.join('/')}`;
  const key = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
  const isTaken = key !== undefined && state.keys.has(key);
  const models = json(200, {
    object: 'list',
    data: state.models.map((id) => ({ id, created: 1_774_224_000, object: 'model', owned_by: folder })),
  });
  const openAiRefusal = json(401, {
    error: { message: `Incorrect API key provided: ${key}`, type: 'invalid_request_error', code: 'invalid_api_key' },
  });
  switch (`${folder} ${wanted}`) {
    case 'xai /v1/models':
    case 'xai /v1/api-key':
      if (!isTaken)
        return json(400, {
          code: 'Client specified an invalid argument',
          error: `Incorrect API key provided: ${key}. You can obtain an API key from https://console.x.ai.`,
        });
      return wanted === '/v1/models' ? models : json(200, { redacted_api_key: 'xai-...b14o', ...state.apiKey });
    case 'openai /v1/models':
    case 'vllm /v1/models':
      return isTaken ? models : openAiRefusal;
    case 'ollama /v1/models':
    case 'openrouter /api/v1/models':
      return models;
    case 'openrouter /api/v1/key':
      return isTaken
        ? json(200, { data: { label: 'sk-or-v1-au7...890', limit: 100, limit_remaining: 74.5, usage: 25.5 } })
        : json(401, { error: { message: 'No auth credentials found', code: 401 } });
    case 'tavily /usage':
      return isTaken
        ? json(200, {
            key: { usage: 150, limit: 1000 },
            account: { current_plan: 'Bootstrap', plan_usage: 500, plan_limit: 15_000 },
          })
        : json(401, { detail: { error: 'Unauthorized: missing or invalid API key.' } });
  }
  return { status: 404, body: '<html>not found</html>' };
}
