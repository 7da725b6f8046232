import type { z } from 'zod';
import type { Operation } from '../operation.ts';
import * as account from './account.ts';
import * as alerts from './alerts.ts';
import * as bars from './bars.ts';
import * as channels from './channels.ts';
import * as data from './data.ts';
import * as deployments from './deployments.ts';
import { exchange } from './exchange.ts';
import * as installation from './installation.ts';
import * as jobs from './jobs.ts';
import * as journals from './journals.ts';
import * as kills from './kills.ts';
import * as limits from './limits.ts';
import * as listening from './listen.ts';
import * as live from './live.ts';
import { logs } from './logs.ts';
import * as portfolio from './portfolio.ts';
import * as providers from './providers.ts';
import * as quotes from './quotes.ts';
import * as reference from './reference.ts';
import * as registry from './registry.ts';
import * as replay from './replay.ts';
import * as research from './research.ts';
import * as runs from './runs.ts';
import * as schedules from './schedules.ts';
import * as server from './server.ts';
import { sessionBars } from './session-bars.ts';
import * as commands from './session-commands.ts';
import * as queries from './session-queries.ts';
import * as sessions from './sessions.ts';
import * as users from './users.ts';
import * as venues from './venues.ts';
import { watchdog } from './watchdog.ts';

/** Everything that the system can do, in the order in which help lists it. */
export const OPERATIONS = {
  demo: research.demo,
  backtest: research.backtest,
  check: research.check,
  'new-strategy': reference.newStrategy,
  'strategy-register': registry.strategyRegister,
  'strategy-versions': registry.strategyVersions,
  'strategy-show': registry.strategyShow,
  'strategy-approve': registry.strategyApprove,
  'strategy-promote': registry.strategyPromote,
  'strategy-demote': registry.strategyDemote,
  'data-import': data.dataImport,
  'data-ls': data.dataLs,
  'data-symbols': bars.dataSymbols,
  'data-status': bars.dataStatus,
  'data-bars': bars.dataBars,
  'data-check': data.dataCheck,
  'data-generate': data.dataGenerate,
  'data-export': data.dataExport,
  'data-rm': data.dataRm,
  'data-get': venues.dataGet,
  'data-sync': data.dataSync,
  venues: venues.venues,
  watch: venues.watch,
  latest: venues.latest,
  quote: quotes.quote,
  quotes: quotes.quotes,
  'quotes-start': quotes.quotesStart,
  'quotes-stop': quotes.quotesStop,
  exchange,
  paper: sessions.paper,
  live: live.live,
  sessions: sessions.sessions,
  'session-show': sessions.sessionShow,
  'session-bars': sessionBars,
  replay: replay.replay,
  parity: replay.parity,
  'journal-verify': journals.journalVerify,
  'journal-backup': journals.journalBackup,
  'journal-restore': journals.journalRestore,
  'account-add': account.accountAdd,
  'account-ls': account.accountLs,
  'strategy-start': deployments.strategyStart,
  'deployment-add': deployments.deploymentAdd,
  'deployment-ls': deployments.deploymentLs,
  'deployment-rm': deployments.deploymentRm,
  status: queries.status,
  positions: queries.positions,
  balances: portfolio.balances,
  equity: portfolio.equity,
  profit: portfolio.profit,
  orders: queries.orders,
  fills: queries.fills,
  events: queries.events,
  listen: listening.listen,
  why: queries.why,
  'limits-show': limits.limitsShow,
  'limits-set': limits.limitsSet,
  'order-show': queries.orderShow,
  'order-place': commands.orderPlace,
  'order-buy': commands.orderBuy,
  'order-sell': commands.orderSell,
  'order-cancel': commands.orderCancel,
  'order-amend': commands.orderAmend,
  'order-cancel-all': commands.orderCancelAll,
  'source-give': commands.sourceGive,
  pause: commands.pause,
  resume: commands.resume,
  kill: kills.kill,
  rearm: kills.rearm,
  watchdog,
  stop: commands.stop,
  'execution-execute': quotes.executionExecute,
  'account-check': account.accountCheck,
  'account-rotate': account.accountRotate,
  'account-revoke': account.accountRevoke,
  'account-rekey': account.accountRekey,
  'provider-add': providers.providerAdd,
  'provider-ls': providers.providerLs,
  'provider-check': providers.providerCheck,
  'provider-set': providers.providerSet,
  'provider-rotate': providers.providerRotate,
  'provider-rm': providers.providerRm,
  'runs-ls': runs.runsLs,
  'runs-show': runs.runsShow,
  'runs-result': runs.runsResult,
  'runs-diff': runs.runsDiff,
  'runs-page': runs.runsPage,
  report: runs.report,
  'jobs-add': jobs.jobsAdd,
  'jobs-ls': jobs.jobsLs,
  'jobs-show': jobs.jobsShow,
  'jobs-cancel': jobs.jobsCancel,
  'jobs-retry': jobs.jobsRetry,
  'schedules-ls': schedules.schedulesLs,
  'schedules-add': schedules.schedulesAdd,
  'schedules-pause': schedules.schedulesPause,
  'schedules-resume': schedules.schedulesResume,
  'schedules-run': schedules.schedulesRun,
  'schedules-remove': schedules.schedulesRemove,
  serve: server.serve,
  mcp: server.mcp,
  'apikey-add': server.apikeyAdd,
  'apikey-ls': server.apikeyLs,
  'apikey-revoke': server.apikeyRevoke,
  'users-add': users.usersAdd,
  'users-ls': users.usersLs,
  'users-set-scopes': users.usersSetScopes,
  'users-set-password': users.usersSetPassword,
  'users-remove': users.usersRemove,
  'channel-add': channels.channelAdd,
  'channel-ls': channels.channelLs,
  'channel-test': channels.channelTest,
  'channel-rotate': channels.channelRotate,
  'alert-add': alerts.alertAdd,
  'alert-ls': alerts.alertLs,
  'alert-test': alerts.alertTest,
  'alert-ack': alerts.alertAck,
  'alert-run': alerts.alertRun,
  deliveries: alerts.deliveries,
  logs,
  'delivery-retry': alerts.deliveryRetry,
  'alert-rm': alerts.alertRm,
  'channel-rm': channels.channelRm,
  query: registry.query,
  strategies: reference.strategies,
  indicators: reference.indicators,
  docs: reference.docs,
  'config-explain': installation.configExplain,
  doctor: installation.doctor,
  completion: installation.completion,
  version: installation.version,
  help: installation.help,
} as const;

export type OperationId = keyof typeof OPERATIONS;
export type Input<K extends OperationId> = z.output<(typeof OPERATIONS)[K]['input']>;
export type Output<K extends OperationId> = z.output<(typeof OPERATIONS)[K]['output']>;

/** Those that are commands of the command line. */
export type CommandId = {
  [K in OperationId]: (typeof OPERATIONS)[K] extends { readonly servedOnly: string } ? never : K;
}[OperationId];

export const OPERATION_IDS = Object.keys(OPERATIONS) as readonly OperationId[];

/** A row without its particular types, for what treats all alike. */
export function operationOf(id: OperationId): Operation {
  return OPERATIONS[id];
}

export const COMMAND_IDS = OPERATION_IDS.filter((id): id is CommandId => operationOf(id).servedOnly === undefined);
