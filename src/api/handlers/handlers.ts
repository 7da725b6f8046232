import type { Json } from '../../core/vocabulary/json.ts';
import { inputFailure } from '../input-failure.ts';
import type { Input, OperationId, Output } from '../operations/table.ts';
import { operationOf } from '../operations/table.ts';
import { strictInput } from '../strict-input.ts';
import type { Call, World } from '../world.ts';

/** What carries an operation out. */
type Handler<K extends OperationId> = (input: Input<K>, world: World, call: Call) => Output<K> | Promise<Output<K>>;

/** One handler for every row of the table; each is loaded with the first call of its group. */
const HANDLERS: { readonly [K in OperationId]: () => Promise<Handler<K>> } = {
  demo: async () => (await import('./demo.ts')).demo,
  backtest: async () => (await import('./run.ts')).backtest,
  check: async () => (await import('./check.ts')).check,
  'new-strategy': async () => (await import('./new-strategy.ts')).newStrategy,
  'strategy-register': async () => (await import('./register-strategy.ts')).strategyRegister,
  'strategy-versions': async () => (await import('./promotion.ts')).strategyVersions,
  'strategy-show': async () => (await import('./promotion.ts')).strategyShow,
  'strategy-approve': async () => (await import('./promotion.ts')).strategyApprove,
  'strategy-promote': async () => (await import('./promotion.ts')).strategyPromote,
  'strategy-demote': async () => (await import('./promotion.ts')).strategyDemote,
  'data-import': async () => (await import('./import-files.ts')).dataImport,
  'data-ls': async () => (await import('./data.ts')).dataLs,
  'data-symbols': async () => (await import('./bars.ts')).dataSymbols,
  'data-status': async () => (await import('./bars.ts')).dataStatus,
  'data-bars': async () => (await import('./bars.ts')).dataBars,
  'data-check': async () => (await import('./data.ts')).dataCheck,
  'data-generate': async () => (await import('./data.ts')).dataGenerate,
  'data-export': async () => (await import('./data.ts')).dataExport,
  'data-get': async () => (await import('./venues.ts')).dataGet,
  'data-sync': async () => (await import('./data-sync.ts')).dataSync,
  'account-add': async () => (await import('./accounts.ts')).accountAdd,
  'account-ls': async () => (await import('./accounts.ts')).accountLs,
  'account-check': async () => (await import('./account.ts')).accountCheck,
  'account-rotate': async () => (await import('./accounts.ts')).accountRotate,
  'account-revoke': async () => (await import('./accounts.ts')).accountRevoke,
  'account-rekey': async () => (await import('./accounts.ts')).accountRekey,
  'provider-add': async () => (await import('./providers.ts')).providerAdd,
  'provider-ls': async () => (await import('./providers.ts')).providerLs,
  'provider-check': async () => (await import('./providers.ts')).providerCheck,
  'provider-set': async () => (await import('./providers.ts')).providerSet,
  'provider-rotate': async () => (await import('./providers.ts')).providerRotate,
  'provider-rm': async () => (await import('./providers.ts')).providerRm,
  venues: async () => (await import('./venues.ts')).venues,
  exchange: async () => (await import('./exchange.ts')).exchange,
  paper: async () => (await import('./paper.ts')).paper,
  live: async () => (await import('./live.ts')).live,
  sessions: async () => (await import('./sessions.ts')).sessions,
  'session-bars': async () => (await import('./session-bars.ts')).sessionBars,
  'session-show': async () => (await import('./session-show.ts')).sessionShow,
  replay: async () => (await import('./replay.ts')).replay,
  parity: async () => (await import('./parity.ts')).parity,
  'journal-verify': async () => (await import('./journals.ts')).journalVerify,
  'journal-backup': async () => (await import('./journals.ts')).journalBackup,
  'journal-restore': async () => (await import('./journals.ts')).journalRestore,
  status: async () => (await import('./status.ts')).status,
  positions: async () => (await import('./session-queries.ts')).positions,
  balances: async () => (await import('./portfolio.ts')).balances,
  equity: async () => (await import('./portfolio.ts')).equity,
  profit: async () => (await import('./portfolio.ts')).profit,
  orders: async () => (await import('./session-queries.ts')).orders,
  fills: async () => (await import('./session-queries.ts')).fills,
  events: async () => (await import('./session-queries.ts')).events,
  why: async () => (await import('./why.ts')).why,
  'limits-show': async () => (await import('./limits.ts')).limitsShow,
  'limits-set': async () => (await import('./limits.ts')).limitsSet,
  'order-buy': async () => (await import('./session-commands.ts')).orderBuy,
  'order-sell': async () => (await import('./session-commands.ts')).orderSell,
  'order-cancel': async () => (await import('./session-commands.ts')).orderCancel,
  'order-show': async () => (await import('./session-queries.ts')).orderShow,
  'order-place': async () => (await import('./session-commands.ts')).orderPlace,
  'order-amend': async () => (await import('./session-commands.ts')).orderAmend,
  'order-cancel-all': async () => (await import('./session-commands.ts')).orderCancelAll,
  'source-give': async () => (await import('./session-commands.ts')).sourceGive,
  pause: async () => (await import('./session-commands.ts')).pauseSession,
  resume: async () => (await import('./session-commands.ts')).resumeSession,
  kill: async () => (await import('./kill.ts')).kill,
  watchdog: async () => (await import('./watchdog.ts')).watchdog,
  rearm: async () => (await import('./kill.ts')).rearm,
  stop: async () => (await import('./session-commands.ts')).stopSession,
  listen: async () => (await import('./listen.ts')).listen,
  latest: async () => (await import('./latest.ts')).latest,
  watch: async () => (await import('./watch.ts')).watch,
  quote: async () => (await import('./quotes.ts')).quote,
  quotes: async () => (await import('./quotes.ts')).quotes,
  'quotes-start': async () => (await import('./quotes.ts')).quotesStart,
  'quotes-stop': async () => (await import('./quotes.ts')).quotesStop,
  'execution-execute': async () => (await import('./quotes.ts')).executionExecute,
  'data-rm': async () => (await import('./data.ts')).dataRm,
  'runs-ls': async () => (await import('./runs.ts')).runsLs,
  'runs-show': async () => (await import('./runs.ts')).runsShow,
  'runs-result': async () => (await import('./runs.ts')).runsResult,
  'runs-diff': async () => (await import('./runs.ts')).runsDiff,
  'runs-page': async () => (await import('./runs.ts')).runsPage,
  report: async () => (await import('./runs.ts')).report,
  'jobs-add': async () => (await import('./jobs.ts')).jobsAdd,
  'jobs-ls': async () => (await import('./jobs.ts')).jobsLs,
  'jobs-show': async () => (await import('./jobs.ts')).jobsShow,
  'jobs-cancel': async () => (await import('./jobs.ts')).jobsCancel,
  'jobs-retry': async () => (await import('./jobs.ts')).jobsRetry,
  'schedules-ls': async () => (await import('./schedules.ts')).schedulesLs,
  'schedules-add': async () => (await import('./schedules.ts')).schedulesAdd,
  'schedules-pause': async () => (await import('./schedules.ts')).schedulesPause,
  'schedules-resume': async () => (await import('./schedules.ts')).schedulesResume,
  'schedules-run': async () => (await import('./schedules.ts')).schedulesRun,
  'schedules-remove': async () => (await import('./schedules.ts')).schedulesRemove,
  serve: async () => (await import('./serve.ts')).serve,
  mcp: async () => (await import('./mcp.ts')).mcp,
  'strategy-start': async () => (await import('./strategy-start.ts')).strategyStart,
  'deployment-add': async () => (await import('./deployments.ts')).deploymentAdd,
  'deployment-ls': async () => (await import('./deployments.ts')).deploymentLs,
  'deployment-rm': async () => (await import('./deployments.ts')).deploymentRm,
  'apikey-add': async () => (await import('./api-keys.ts')).apikeyAdd,
  'apikey-ls': async () => (await import('./api-keys.ts')).apikeyLs,
  'apikey-revoke': async () => (await import('./api-keys.ts')).apikeyRevoke,
  'users-add': async () => (await import('./users.ts')).usersAdd,
  'users-ls': async () => (await import('./users.ts')).usersLs,
  'users-set-scopes': async () => (await import('./users.ts')).usersSetScopes,
  'users-set-password': async () => (await import('./users.ts')).usersSetPassword,
  'users-remove': async () => (await import('./users.ts')).usersRemove,
  'alert-add': async () => (await import('./alerts.ts')).alertAdd,
  'alert-ls': async () => (await import('./alerts.ts')).alertLs,
  'alert-rm': async () => (await import('./alerts.ts')).alertRm,
  'alert-test': async () => (await import('./alerts.ts')).alertTest,
  'alert-ack': async () => (await import('./alerts.ts')).alertAck,
  'alert-run': async () => (await import('./alert-run.ts')).alertRun,
  'channel-add': async () => (await import('./channels.ts')).channelAdd,
  'channel-ls': async () => (await import('./channels.ts')).channelLs,
  'channel-rm': async () => (await import('./channels.ts')).channelRm,
  'channel-rotate': async () => (await import('./channels.ts')).channelRotate,
  'channel-test': async () => (await import('./channels.ts')).channelTest,
  logs: async () => (await import('./logs.ts')).logs,
  deliveries: async () => (await import('./alerts.ts')).deliveries,
  'delivery-retry': async () => (await import('./alerts.ts')).deliveryRetry,
  query: async () => (await import('./query.ts')).query,
  strategies: async () => (await import('./strategies.ts')).strategies,
  indicators: async () => (await import('./indicators.ts')).indicators,
  docs: async () => (await import('./docs.ts')).docs,
  'config-explain': async () => (await import('./installation.ts')).configExplain,
  doctor: async () => (await import('./installation.ts')).doctor,
  completion: async () => (await import('./installation.ts')).completion,
  version: async () => (await import('./installation.ts')).version,
  help: async () => (await import('./installation.ts')).help,
};

/** Asking the runtime for a module that it has costs more than all else on the way to a handler. */
const loaded = new Map<OperationId, Handler<OperationId>>();

/**
 * Parses a request and carries it out; a command with `dryRun` answers `DryRun` in the place of its output. Throws {@link Failure} for what the request is to blame for; pass anything else through
 * `failureOf` before it is told.
 */
export async function execute<K extends OperationId>(
  id: K,
  given: Readonly<Record<string, Json>>,
  world: World,
  call: Omit<Call, 'given' | 'askSecret'> & Partial<Pick<Call, 'askSecret'>>,
): Promise<Output<K>> {
  const row = operationOf(id);
  const { name, handlesSecrets = false, kind } = row;
  const parsed = strictInput(row).safeParse(given);
  if (!parsed.success) throw inputFailure(parsed.error, handlesSecrets ? {} : given, name);
  if (kind !== 'command') return carryOut(id, parsed.data, given, world, call);
  const { dryRun, ...input } = parsed.data;
  const { dryRun: _dryRun, ...asked } = given;
  if (dryRun !== true) return carryOut(id, input, asked, world, call);
  const { tried } = await import('./dry-runs.ts');
  return (await tried(id, input, world)) as never;
}

async function carryOut<K extends OperationId>(
  id: K,
  input: Readonly<Record<string, unknown>>,
  given: Readonly<Record<string, Json>>,
  world: World,
  call: Omit<Call, 'given' | 'askSecret'> & Partial<Pick<Call, 'askSecret'>>,
): Promise<Output<K>> {
  const handler = (loaded.get(id) ?? (await HANDLERS[id]())) as Handler<K>;
  loaded.set(id, handler as Handler<OperationId>);
  return handler(input as Input<K>, world, { askSecret: null, ...call, given });
}
