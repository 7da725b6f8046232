import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { OPERATION_ROUTES } from '../../src/api/http/routes.ts';
import { asAgentMay, stageOf } from '../../src/api/mcp/agent-rule.ts';
import { type Caller, callTool } from '../../src/api/mcp/call-tool.ts';
import { MCP_TIERS, type McpTier, scopesOf } from '../../src/api/mcp/tiers.ts';
import { findTool, toolsFor } from '../../src/api/mcp/tools.ts';
import { OPERATION_IDS, type OperationId, operationOf } from '../../src/api/operations/table.ts';
import type { Json } from '../../src/core/vocabulary/json.ts';
import { type McpScene, openMcpScene } from './mcp-scene.ts';

/** Sessions as journals tell them; the last three do not say where their orders go. */
const STAGES: Readonly<Record<string, Json | undefined>> = {
  paper: undefined,
  local: { id: 'acc-local', venue: 'local', environment: 'local' },
  testnet: { id: 'acc-testnet', venue: 'binance', environment: 'testnet' },
  live: { id: 'acc-live', venue: 'binance', environment: 'live' },
  odd: { id: 'acc-odd', venue: 'binance', environment: 'paper' },
  silent: { id: 'acc-silent', venue: 'binance' },
  empty: null,
};
const REAL_MONEY = ['live', 'odd', 'silent', 'empty'];

/** Written down beside the code, not made from it: who adds an operation that trades has to say here what an agent may. */
const SAFER: readonly string[] = [
  ...['order-cancel', 'order-cancel-all', 'pause', 'stop', 'deployment-rm', 'kill', 'strategy-demote'],
];
/** With play money whatever is given. */
const PLAY: readonly string[] = ['strategy-start'];
const WITHOUT_MONEY: readonly string[] = [
  ...['order-buy', 'order-sell', 'order-place', 'order-amend', 'source-give', 'resume', 'rearm'],
];
/** Everywhere, but never with the confirmation that adds risk; every field that there is is given here. */
const UNCONFIRMED: readonly string[] = ['limits-set'];
const FOR_PEOPLE: readonly string[] = [
  ...['strategy-approve', 'strategy-promote', 'execution-execute'],
  // Who has to be told of what is a person's to decide.
  ...['alert-add', 'alert-test', 'alert-ack', 'alert-rm', 'delivery-retry'],
];
/** What takes files, which no assistant has. */
const OF_FILES: readonly string[] = ['data-import'];
const TIERS: Readonly<Record<string, readonly McpTier[]>> = {
  read: ['read', 'research', 'paper'],
  research: ['research', 'paper'],
  trade: ['paper'],
  risk: ['paper'],
  admin: [],
};

/** What the operation's required fields are filled with. */
const FIELDS: Readonly<Record<string, Json>> = {
  ...{
    strategy: 'sma-cross',
    id: 'sma-cross',
    run: 'last',
    a: 'last',
    b: 'last',
    source: 'X:BTC-USD',
    table: 'trades',
  },
  ...{ fill: 'last', venue: 'local', symbols: ['BTCUSDT'], symbol: 'BTCUSDT', timeframe: '1h', order: 'last' },
  ...{ level: 'pause', reason: 'as a test', to: 'paper', qty: '1', side: 'buy' },
  ...{ operation: 'report', name: 'nightly', cron: '0 2 * * *' },
};

function inputFor(id: OperationId, session: string): Record<string, Json> {
  const { shape } = findTool(id.replaceAll('-', '_'))!.input;
  const given: Record<string, Json> = {};
  for (const [field, schema] of Object.entries(shape)) {
    if (field === 'session') given[field] = session;
    else if (field === 'confirm') given[field] = `account:acc-${session}`;
    else if (!(schema as { safeParse(value: unknown): { success: boolean } }).safeParse(undefined).success)
      given[field] = FIELDS[field] ?? null;
  }
  return given;
}

const scene: McpScene = await openMcpScene();
after(() => scene.close());
for (const [session, account] of Object.entries(STAGES)) await scene.addSession(session, account);

let requests = 0;
async function call(id: OperationId, tier: McpTier, given: Record<string, Json>): Promise<string> {
  const tool = findTool(id.replaceAll('-', '_'));
  if (tool === null) return 'absent';
  const caller: Caller = {
    client: { name: 'agent', scopes: scopesOf(tier) },
    ...{ correlation: 'c', session: 's', hungUp: new AbortController().signal },
  };
  const canceled = new AbortController().signal;
  const { isError, content } = await callTool(
    scene.desk,
    { tool, given, requestId: requests++, canceled, progress() {} },
    caller,
  );
  const [, json] = content as { text: string }[];
  const answer = JSON.parse(json!.text) as { code?: string };
  if (isError !== true) return 'done';
  return answer.code!;
}

function expected(id: OperationId, tier: McpTier, stage: string): string {
  const { scope } = operationOf(id);
  if (
    operationOf(id).isPage === true ||
    FOR_PEOPLE.includes(id) ||
    OF_FILES.includes(id) ||
    scope === 'admin' ||
    !OPERATION_ROUTES.some((route) => route.id === id)
  )
    return 'absent';
  if (!TIERS[scope]!.includes(tier)) return 'scope-missing';
  if (UNCONFIRMED.includes(id)) return 'agent-refused';
  return WITHOUT_MONEY.includes(id) && REAL_MONEY.includes(stage) ? 'agent-refused' : 'done';
}

describe('what an assistant may do', () => {
  test('every operation that trades or holds trading back -> somebody has said what an agent may', () => {
    const trading = OPERATION_IDS.filter((id) => ['trade', 'risk'].includes(operationOf(id).scope));
    assert.deepEqual([...trading].sort(), [...SAFER, ...PLAY, ...WITHOUT_MONEY, ...UNCONFIRMED, ...FOR_PEOPLE].sort());
  });

  for (const id of OPERATION_IDS)
    test(`${operationOf(id).name}: every tier, every stage of a session -> only what the table allows`, async () => {
      for (const tier of MCP_TIERS)
        for (const session of Object.keys(STAGES)) {
          const given = findTool(id.replaceAll('-', '_')) === null ? {} : inputFor(id, session);
          const before = scene.carriedOut.length;
          const found = await call(id, tier, given);
          const what = `${tier} ${session} ${JSON.stringify(given)}`;
          assert.equal(found, expected(id, tier, session), what);
          const times = scene.carriedOut.length - before;
          // Answers that stay true are given again.
          if (operationOf(id).isLasting === true) assert.ok(times <= 1, what);
          else assert.equal(times, found === 'done' ? 1 : 0, what);
        }
    });

  test('tools of each tier -> those of its scopes, none of admin', () => {
    for (const tier of MCP_TIERS)
      for (const { route } of toolsFor(scopesOf(tier)))
        assert.ok(TIERS[route.operation.scope]!.includes(tier), route.operation.name);
    assert.ok(toolsFor(scopesOf('read')).length < toolsFor(scopesOf('research')).length);
  });

  test('no session named, several run -> refused; one runs -> the request is for that one by name', async () => {
    const one = await openMcpScene();
    await one.addSession('alone', undefined);
    assert.deepEqual(await asAgentMay('order-buy', { symbol: 'X' }, one.world), { symbol: 'X', session: 'alone' });
    // Nothing has real money here, and yet such a latch would hold what comes.
    for (const given of [{}, { scope: 'strategy', target: 'sma-cross' }, { scope: 'instrument', target: 'X:Y' }])
      await assert.rejects(asAgentMay('rearm', { ...given, confirm: 'x', reason: 'x' }, one.world), {
        code: 'agent-refused',
      });
    await one.addSession('other', STAGES['live']);
    await assert.rejects(asAgentMay('order-buy', { symbol: 'X' }, one.world), { code: 'session-ambiguous' });
    await assert.rejects(asAgentMay('resume', { session: 'nobody' }, one.world), { code: 'session-unknown' });
    await one.close();
  });

  test('re-arm of what also holds live sessions, or of an account that no session has -> refused', async () => {
    for (const given of [
      {},
      { scope: 'system' },
      { scope: 'strategy', target: 'sma-cross' },
      { scope: 'instrument', target: 'BINANCE:BTCUSDT' },
      { scope: 'account', target: 'acc-live' },
      { scope: 'account', target: 'never-heard-of' },
    ])
      await assert.rejects(
        asAgentMay('rearm', { ...given, confirm: 'x', reason: 'x' }, scene.world),
        { code: 'agent-refused' },
        JSON.stringify(given),
      );
    await asAgentMay('rearm', { scope: 'account', target: 'acc-testnet', confirm: 'x', reason: 'x' }, scene.world);
  });

  test('limits: without a confirmation -> allowed at every stage, as the session refuses what is laxer; with one -> never', async () => {
    for (const session of Object.keys(STAGES)) {
      const given = { values: { positionPct: 20 }, session, reason: 'x' };
      assert.equal(await call('limits-set', 'paper', given), 'done', session);
      const refused = await call('limits-set', 'paper', { ...given, confirm: `account:paper:${session}` });
      assert.equal(refused, 'agent-refused', session);
    }
  });

  test('a kill of everything -> allowed, at every level', async () => {
    for (const level of ['pause', 'reduce', 'halt', 'cancel-all', 'flatten'])
      assert.equal(await call('kill', 'paper', { level, reason: 'x', scope: 'system' }), 'done');
  });

  test('about a session: nothing, another schema, another environment -> live', () => {
    assert.equal(stageOf(null), 'live');
    assert.equal(stageOf({ schema: 'other/1' } as never), 'live');
    assert.equal(stageOf({ schema: 'tradewright.session/1', account: { environment: 'LIVE' } } as never), 'live');
    assert.equal(stageOf({ schema: 'tradewright.session/1' }), 'paper');
  });

  test('files, names of persons, and following -> not among what it may give, however it is written', async () => {
    for (const [id, given, code] of [
      ['backtest', { strategy: './evil.ts' }, 'scope-missing'],
      ['backtest', { strategy: 'sma-cross', data: ['/etc/passwd'] }, 'scope-missing'],
      ['backtest', { strategy: 'sma-cross', limits: 'limits.json' }, 'scope-missing'],
      ['report', { run: '../report.json' }, 'scope-missing'],
      ['report', { run: 'last', out: '/tmp' }, 'scope-missing'],
      ['data-check', { source: '/etc/passwd' }, 'scope-missing'],
      ['watch', { venue: 'replay:/etc/passwd', symbols: ['X'] }, 'scope-missing'],
      ['strategy-start', { strategy: './evil.ts', venue: 'local', symbols: ['X'] }, 'scope-missing'],
      ['strategy-start', { strategy: 'sma-cross', venue: 'replay:/etc/passwd', symbols: ['X'] }, 'scope-missing'],
      ['strategy-demote', { id: 'x', reason: 'as a test', by: 'ann' }, 'input-invalid'],
      ['fills', { follow: true }, 'input-invalid'],
      ['watch', { venue: 'local', symbols: ['X'], seconds: 1e9 }, 'input-invalid'],
    ] as const)
      assert.equal(await call(id, 'paper', given as unknown as Record<string, Json>), code, JSON.stringify(given));
  });

  test('nothing above met a fault that nobody foresaw', () => {
    assert.deepEqual(scene.defects, []);
  });
});

describe('tools of assistants', () => {
  test('every tool -> can be asked with what it takes: no operation is offered that needs a file', () => {
    const everything = toolsFor(new Set(MCP_TIERS.flatMap((tier) => [...scopesOf(tier)])));
    assert.equal(findTool('data_import'), null);
    for (const { name, input, route } of everything)
      for (const [field, schema] of Object.entries(route.operation.input.shape))
        assert.ok(
          field in input.shape ||
            (schema as { safeParse(x: undefined): { success: boolean } }).safeParse(undefined).success,
          `${name} needs ${field}, which it does not take`,
        );
  });
});
