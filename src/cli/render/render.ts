import type { CommandId, Output } from '../../api/operations/table.ts';
import type { Style } from '../style.ts';
import { renderAccount } from './account.ts';
import { renderAccounts, renderAdded, renderRekeyed, renderRevoked, renderRotated } from './accounts.ts';
import {
  renderAlertAck,
  renderAlertRun,
  renderAlertRunEnd,
  renderAlerts,
  renderAlertTest,
  renderChannel,
  renderChannelRemoved,
  renderChannels,
  renderChannelTest,
  renderDeliveries,
  renderDeliveryRetry,
  renderRule,
  renderRuleRemoved,
} from './alerts.ts';
import {
  renderBars,
  renderDataStatus,
  renderQuote,
  renderSessionBars,
  renderSessionBarsUpdate,
  renderSymbols,
} from './bars.ts';
import {
  renderDataCheck,
  renderExport,
  renderGenerate,
  renderImport,
  renderRemoved,
  renderSeries,
  renderSync,
} from './data.ts';
import {
  renderDeploymentAdded,
  renderDeploymentRemoved,
  renderDeployments,
  renderStrategyStarted,
} from './deployments.ts';
import { renderExchange, renderExchangeEnd } from './exchange.ts';
import { renderCompletion, renderConfig, renderDoctor, renderHelp, renderVersion } from './installation.ts';
import {
  renderJob,
  renderJobAdded,
  renderJobCancelled,
  renderJobRetried,
  renderJobs,
  renderJobsUpdate,
  renderJobUpdate,
} from './jobs.ts';
import { renderBackup, renderRestored, renderVerified } from './journals.ts';
import { renderLatest } from './latest.ts';
import { renderLimits, renderLimitsSet } from './limits.ts';
import { renderHeard, renderListened } from './listen.ts';
import { renderLogs } from './logs.ts';
import { renderParity } from './parity.ts';
import { renderBalances, renderEquity, renderEquityUpdate, renderProfit } from './portfolio.ts';
import {
  renderProvider,
  renderProviderAdded,
  renderProviderRemoved,
  renderProviderRotated,
  renderProviders,
} from './providers.ts';
import { renderDocs, renderIndicators, renderNewStrategy, renderStrategies } from './reference.ts';
import {
  renderApproved,
  renderDemoted,
  renderPromoted,
  renderQuery,
  renderRegistered,
  renderStrategy,
  renderVersions,
} from './registry.ts';
import { renderReplay, renderReplayed } from './replay.ts';
import { renderCheck, renderRun } from './run.ts';
import { renderDiff, renderRun as renderOneRun, renderReport, renderResult, renderRuns } from './runs.ts';
import { renderSchedule, renderScheduleRemoved, renderScheduleRun, renderSchedules } from './schedules.ts';
import { renderKeyAdded, renderKeyRevoked, renderKeys, renderServe, renderServeEnd } from './server.ts';
import {
  renderKill,
  renderOrder,
  renderOrderAmend,
  renderOrderCancel,
  renderOrderCancelAll,
  renderPause,
  renderRearm,
  renderResume,
  renderSourceGive,
  renderStop,
} from './session-commands.ts';
import {
  renderEvents,
  renderEventsUpdate,
  renderFills,
  renderFillsUpdate,
  renderOneOrder,
  renderOrders,
  renderOrdersUpdate,
  renderPositions,
  renderPositionsUpdate,
  renderStatus,
  renderStatusUpdate,
  renderWhy,
} from './session-queries.ts';
import { renderLive, renderLiveEnd, renderPaper, renderPaperEnd, renderSession, renderSessions } from './sessions.ts';
import { renderUser, renderUserRemoved, renderUsers } from './users.ts';
import { renderDownload, renderVenues, renderWatch, renderWatched } from './venues.ts';
import { renderWatchdog, renderWatchdogEnd } from './watchdog.ts';

/** What a person sees: the result, and the command that is useful next. */
export interface Rendering {
  readonly text: string;
  readonly next: string | null;
}

/** What the renderers know beside the result. */
export interface Scene {
  readonly style: Style;
  readonly homePath: string;
  readonly version: string;
  /** The request as typed, for commands to repeat. */
  readonly given: Readonly<Record<string, unknown>>;
}

/** What a person sees of a stream's updates: a screen that is drawn again and again. */
export const UPDATE_RENDERERS: { readonly [K in CommandId]?: (update: never, scene: Scene) => string } = {
  watch: renderWatch,
  exchange: renderExchange,
  serve: renderServe,
  'alert-run': renderAlertRun,
  paper: renderPaper,
  replay: renderReplayed,
  live: renderLive,
  watchdog: renderWatchdog,
  status: renderStatusUpdate,
  positions: renderPositionsUpdate,
  orders: renderOrdersUpdate,
  fills: renderFillsUpdate,
  events: renderEventsUpdate,
  balances: shownAgain(renderBalances),
  profit: shownAgain(renderProfit),
  'limits-show': shownAgain(renderLimits),
  equity: renderEquityUpdate,
  'session-bars': renderSessionBarsUpdate,
  listen: renderHeard,
  'jobs-ls': renderJobsUpdate,
  'schedules-ls': shownAgain(renderSchedules),
  'deployment-ls': shownAgain(renderDeployments),
  'runs-ls': shownAgain(renderRuns),
  'alert-ls': shownAgain(renderAlerts),
  deliveries: shownAgain(renderDeliveries),
  'data-status': shownAgain(renderDataStatus),
  query: shownAgain(renderQuery),
  logs: shownAgain(renderLogs),
  'jobs-show': renderJobUpdate,
};

/** Each update is the whole, drawn as the answer is. */
function shownAgain<O>(render: (output: O, scene: Scene) => Rendering): (update: O, scene: Scene) => string {
  return (update, scene) => render(update, scene).text;
}

export { renderDryRun } from './dry-run.ts';

/** One for every operation. */
export const RENDERERS: { readonly [K in CommandId]: (output: Output<K>, scene: Scene) => Rendering } = {
  demo: renderRun,
  backtest: renderRun,
  check: renderCheck,
  'new-strategy': renderNewStrategy,
  'strategy-register': renderRegistered,
  'strategy-versions': renderVersions,
  'strategy-show': renderStrategy,
  'strategy-approve': renderApproved,
  'strategy-promote': renderPromoted,
  'strategy-demote': renderDemoted,
  'data-import': renderImport,
  'data-ls': renderSeries,
  'data-symbols': renderSymbols,
  'data-status': renderDataStatus,
  'data-bars': renderBars,
  'data-check': renderDataCheck,
  'data-generate': renderGenerate,
  'data-export': renderExport,
  'data-rm': renderRemoved,
  'data-get': renderDownload,
  'data-sync': renderSync,
  venues: renderVenues,
  'journal-verify': renderVerified,
  'journal-backup': renderBackup,
  'journal-restore': renderRestored,
  'account-add': renderAdded,
  'account-ls': renderAccounts,
  'account-check': renderAccount,
  'account-rotate': renderRotated,
  'account-revoke': renderRevoked,
  'account-rekey': renderRekeyed,
  'provider-add': renderProviderAdded,
  'provider-ls': renderProviders,
  'provider-check': renderProvider,
  'provider-set': renderProvider,
  'provider-rotate': renderProviderRotated,
  'provider-rm': renderProviderRemoved,
  watch: renderWatched,
  latest: renderLatest,
  quote: renderQuote,
  exchange: renderExchangeEnd,
  paper: renderPaperEnd,
  live: renderLiveEnd,
  sessions: renderSessions,
  'session-show': renderSession,
  'session-bars': renderSessionBars,
  replay: renderReplay,
  parity: renderParity,
  status: renderStatus,
  positions: renderPositions,
  balances: renderBalances,
  equity: renderEquity,
  profit: renderProfit,
  orders: renderOrders,
  fills: renderFills,
  events: renderEvents,
  listen: renderListened,
  why: renderWhy,
  'limits-show': renderLimits,
  'limits-set': renderLimitsSet,
  'order-buy': renderOrder,
  'order-sell': renderOrder,
  'order-show': renderOneOrder,
  'order-place': renderOrder,
  'order-amend': renderOrderAmend,
  'order-cancel': renderOrderCancel,
  'order-cancel-all': renderOrderCancelAll,
  'source-give': renderSourceGive,
  pause: renderPause,
  resume: renderResume,
  kill: renderKill,
  rearm: renderRearm,
  watchdog: renderWatchdogEnd,
  stop: renderStop,
  'runs-ls': renderRuns,
  'runs-show': renderOneRun,
  'runs-result': renderResult,
  'runs-diff': renderDiff,
  report: renderReport,
  'jobs-add': renderJobAdded,
  'jobs-ls': renderJobs,
  'jobs-show': renderJob,
  'jobs-cancel': renderJobCancelled,
  'jobs-retry': renderJobRetried,
  'schedules-ls': renderSchedules,
  'schedules-add': renderSchedule,
  'schedules-pause': renderSchedule,
  'schedules-resume': renderSchedule,
  'schedules-run': renderScheduleRun,
  'schedules-remove': renderScheduleRemoved,
  serve: renderServeEnd,
  mcp: () => ({ text: '', next: null }),
  'strategy-start': renderStrategyStarted,
  'deployment-add': renderDeploymentAdded,
  'deployment-ls': renderDeployments,
  'deployment-rm': renderDeploymentRemoved,
  'apikey-add': renderKeyAdded,
  'apikey-ls': renderKeys,
  'apikey-revoke': renderKeyRevoked,
  'users-add': renderUser,
  'users-ls': renderUsers,
  'users-set-scopes': renderUser,
  'users-set-password': renderUser,
  'users-remove': renderUserRemoved,
  'alert-add': renderRule,
  'alert-ls': renderAlerts,
  'alert-rm': renderRuleRemoved,
  'alert-test': renderAlertTest,
  'alert-ack': renderAlertAck,
  'alert-run': renderAlertRunEnd,
  'channel-add': renderChannel,
  'channel-ls': renderChannels,
  'channel-rm': renderChannelRemoved,
  'channel-rotate': renderChannel,
  'channel-test': renderChannelTest,
  deliveries: renderDeliveries,
  logs: renderLogs,
  'delivery-retry': renderDeliveryRetry,
  query: renderQuery,
  strategies: renderStrategies,
  indicators: renderIndicators,
  docs: renderDocs,
  'config-explain': renderConfig,
  doctor: renderDoctor,
  completion: renderCompletion,
  version: renderVersion,
  help: renderHelp,
};
