import { data, type FailureKind, kind, missing, usage } from './failure-kinds.ts';

export { EXIT } from './failure-kinds.ts';

/** The page of servers. */
const SERVE = 'how-to/serve';
/** The page of several processes. */
const SCALE = 'how-to/scale-out';
const ASSISTANTS = 'how-to/use-from-an-assistant';
/** The page of users. */
const SIGN_IN = 'how-to/sign-in';
/** The page of alerts. */
const ALERTS = 'how-to/alerts-and-webhooks';
/** The page of data. */
const DATA = 'how-to/data';
/** The page of jobs and schedules. */
const JOBS = 'how-to/jobs-and-schedules';
/** The page of WebSockets. */
const FOLLOW = 'how-to/follow-over-websocket';
/** The page of language models and web search. */
const PROVIDERS = 'how-to/connect-a-language-model';
/** The page of accounts and their keys. */
const ACCOUNTS = 'how-to/keep-accounts';

/** Every way in which an operation can fail. */
export const FAILURES = {
  unexpected: kind(
    'unexpected',
    500,
    'reference/cli',
    'This is a fault of the program. The report named in the details helps to find it.',
  ),
  'command-unknown': usage('tradewright help lists the commands.'),
  'flag-unknown': usage('tradewright help <command> lists its flags.'),
  'input-invalid': usage('tradewright help <command> shows what each flag takes.'),
  'config-invalid': kind(
    'usage',
    500,
    'reference/configuration',
    'tradewright config explain lists the settings and where each comes from.',
  ),
  'expression-invalid': usage("Write comparisons of metrics with numbers: 'sharpe < 1 || maxDrawdown < -0.3'."),
  'parameter-invalid': usage('tradewright strategies <name> shows the parameters and their ranges.'),
  'limits-invalid': usage('Fields and defaults stand in the reference of limits.'),
  'strategy-invalid': kind('usage', 422, 'how-to/write-a-strategy', 'Correct the strategy file.'),
  'strategy-forbidden': kind('usage', 422, 'how-to/write-a-strategy', 'Use what the context offers instead.'),
  'strategy-data-invalid': kind('usage', 422, 'how-to/write-a-strategy', 'Give the data that the strategy declares.'),
  'strategy-unknown': missing(
    'reference/strategies',
    'tradewright strategies lists those built in; a file is named by its path, ./my.ts.',
  ),
  'strategy-failed': kind('unexpected', 422, 'how-to/write-a-strategy', 'Correct the strategy and run again.'),
  'file-not-found': missing('how-to/data', 'Check the path; it is relative to the working folder.'),
  'data-unknown': missing('how-to/data', 'tradewright data ls lists the catalogue.'),
  'symbol-unknown': missing('how-to/data', 'Use one of the symbols named in the message.'),
  'run-unknown': missing('reference/cli', 'tradewright runs ls lists the runs.'),
  'indicator-unknown': missing('reference/indicators', 'tradewright indicators lists them all.'),
  'topic-unknown': missing('reference/cli', 'tradewright docs lists the topics.'),
  'report-missing': missing('reference/cli', 'Run it again; the report file was moved or removed.'),
  'file-exists': kind('conflict', 409, 'reference/cli', 'Choose another name, or pass --force.'),
  'data-conflict': kind('conflict', 409, 'how-to/data', 'Say which bars win with --on-conflict replace or keep.'),
  'venue-unknown': missing('venues/index', 'tradewright venues lists them; another one is ccxt:<name>.'),
  'venue-refused': kind('refused', 422, 'venues/index', 'The venue says why; correct the request.'),
  'venue-unavailable': kind('unavailable', 503, 'venues/index', 'Try again later; what came before is kept.'),
  'session-unknown': missing('how-to/paper-trade', 'tradewright sessions lists them.'),
  'session-running': kind('locked', 409, 'how-to/paper-trade', 'End the other one first, or choose another --session.'),
  'account-busy': kind(
    'locked',
    409,
    'how-to/trade-live',
    'One program trades an account at a time: stop the other one first, or wait until it has ended.',
  ),
  'not-confirmed': kind(
    'usage',
    422,
    'how-to/trade-live',
    'Type the name of the account when asked, or give it with --confirm.',
  ),
  'capital-missing': kind(
    'refused',
    422,
    'how-to/trade-live',
    'Pay more in at the venue, or give the session less with --cash.',
  ),
  'session-not-running': kind('conflict', 409, 'how-to/operate-a-session', 'Start it, then try again.'),
  'session-ambiguous': kind('usage', 400, 'how-to/operate-a-session', 'Say which one with --session.'),
  'session-silent': kind(
    'timeout',
    504,
    'how-to/operate-a-session',
    'tradewright events tells what it did. A kill is latched: it holds whether or not the session answers.',
  ),
  'order-refused': kind(
    'refused',
    422,
    'how-to/operate-a-session',
    'Limits are reached, or trading is held back: tradewright status tells, and the reference of refusals explains the code.',
  ),
  'order-unknown': missing('how-to/operate-a-session', 'tradewright orders lists the open ones.'),
  'command-refused': kind('refused', 422, 'how-to/operate-a-session', 'tradewright status tells how it stands.'),
  'fill-unknown': missing('how-to/operate-a-session', 'tradewright fills lists them.'),
  'latches-unreadable': kind(
    'unavailable',
    503,
    'how-to/operate-a-session',
    'Sessions that cannot read them are halted. Check the file named in the message.',
  ),
  'session-different': kind(
    'conflict',
    409,
    'how-to/paper-trade',
    'Give what the session began with, or begin a new one under another name.',
  ),
  'session-diverged': kind(
    'data',
    422,
    'how-to/paper-trade',
    'A strategy must depend on its inputs alone; begin a new session under another name.',
  ),
  'session-deposed': kind(
    'locked',
    409,
    'how-to/stop-everything',
    'See tradewright status for latches and databases, then start it again.',
  ),
  'strategy-unregistered': missing(
    'how-to/promote-a-strategy',
    'tradewright query strategies lists them; tradewright strategy register puts one in.',
  ),
  'candidate-unclear': usage('Name one of them with --code and --param.'),
  'thresholds-invalid': usage('Fields and defaults stand in docs/how-to/promote-a-strategy.md.'),
  'promotion-refused': kind('gate', 422, 'how-to/promote-a-strategy', 'Win what is missing, then promote again.'),
  'stage-missing': kind('gate', 422, 'how-to/promote-a-strategy', 'Promote the strategy first.'),
  'event-bus-refused': kind('usage', 400, 'how-to/scale-out', 'Correct TRADEWRIGHT_EVENT_BUS, or unset it.'),
  'event-bus-unavailable': kind(
    'unavailable',
    503,
    'how-to/scale-out',
    'Check TRADEWRIGHT_EVENT_BUS and its server. Sessions go on without it.',
  ),
  'registry-unavailable': kind(
    'unavailable',
    503,
    'reference/stored-tables',
    'Check the home folder, or TRADEWRIGHT_REGISTRY and its server.',
  ),
  'registry-damaged': kind('data', 422, 'reference/stored-tables', 'Restore home.sqlite from a backup.'),
  'registry-newer': kind('conflict', 409, 'reference/stored-tables', 'Install the newer version of Tradewright.'),
  'journal-damaged': kind('data', 422, 'how-to/keep-journals', 'Restore a backup, or begin a new session.'),
  'journal-exists': kind('conflict', 409, 'how-to/keep-journals', 'Choose another place.'),
  'journal-newer': kind('conflict', 409, 'how-to/keep-journals', 'Install the newer version of Tradewright.'),
  'journal-unavailable': kind(
    'unavailable',
    503,
    'how-to/paper-trade',
    'What was acknowledged is kept; start it again.',
  ),
  'key-missing': kind('auth', 401, ACCOUNTS, 'Keep one with tradewright account add.'),
  'key-refused': kind('auth', 401, ACCOUNTS, 'Check key, secret and the addresses it is bound to.'),
  'key-unfit': kind('refused', 422, ACCOUNTS, 'Make a key that may trade and nothing else.'),
  'secret-exposed': kind('usage', 400, ACCOUNTS, 'Leave it away: it is asked for, or read from standard input.'),
  'secret-missing': kind(
    'usage',
    400,
    ACCOUNTS,
    'Run it in a terminal, or give one line for each question on standard input.',
  ),
  'account-unknown': missing(ACCOUNTS, 'tradewright account ls lists them.'),
  'account-revoked': kind('refused', 422, ACCOUNTS, 'Its keys are gone; add it anew with tradewright account add.'),
  'account-exists': kind('conflict', 409, ACCOUNTS, 'Take another label, or rotate or revoke the one that is there.'),
  'provider-unknown': missing(PROVIDERS, 'tradewright provider ls lists them.'),
  'provider-exists': kind('conflict', 409, PROVIDERS, 'Take another label, or remove it with tradewright provider rm.'),
  'provider-unavailable': kind('unavailable', 503, PROVIDERS, 'Try again later; what is kept stays as it is.'),
  'provider-refused': kind('refused', 422, PROVIDERS, 'Check the address; the message says what was found there.'),
  'clock-skewed': kind('refused', 422, ACCOUNTS, 'Have the clock of this machine set from the network (NTP).'),
  'debugger-open': kind('refused', 422, ACCOUNTS, 'Start it without --inspect.'),
  'master-key-missing': kind('auth', 401, ACCOUNTS, 'Say where the master key is.'),
  'passphrase-needed': kind(
    'refused',
    422,
    ACCOUNTS,
    'Do it at a terminal of the machine, or set TRADEWRIGHT_MASTER_KEY_FILE or TRADEWRIGHT_MASTER_PASSPHRASE_FILE.',
  ),
  'master-key-wrong': kind(
    'auth',
    401,
    ACCOUNTS,
    'Give the key or passphrase that the vault was made with, or last locked with by account rekey.',
  ),
  'master-key-exposed': kind('auth', 401, ACCOUNTS, 'Run chmod 600 on the file.'),
  'master-key-invalid': kind(
    'auth',
    401,
    ACCOUNTS,
    'Give 32 random bytes in hex or base64 (openssl rand -hex 32), or a longer passphrase.',
  ),
  'vault-damaged': kind(
    'data',
    422,
    ACCOUNTS,
    'Restore a copy of the database, or revoke the account and add it anew.',
  ),
  'vault-newer': kind('conflict', 409, ACCOUNTS, 'Install the newer version of Tradewright.'),
  'vault-unavailable': kind('unavailable', 503, ACCOUNTS, 'Look at the place that the message names.'),
  'redis-unavailable': kind(
    'unavailable',
    503,
    'venues/index',
    'Correct TRADEWRIGHT_REDIS, or unset it to count limits in this program alone.',
  ),
  'port-unavailable': kind('locked', 409, 'reference/cli', 'Choose another one with --port; 0 takes any free one.'),
  'exposure-refused': kind(
    'usage',
    400,
    SERVE,
    'Listen on 127.0.0.1, or make a key with tradewright apikey add and give a certificate or --behind-proxy.',
  ),
  'api-key-unknown': missing(SERVE, 'tradewright apikey ls lists them.'),
  'channel-unknown': missing(ALERTS, 'tradewright channel ls lists them.'),
  'channel-exists': kind('conflict', 409, ALERTS, 'Choose another name, or remove it with tradewright channel rm.'),
  'channel-in-use': kind('conflict', 409, ALERTS, 'Remove those rules first: tradewright alert rm.'),
  'alert-rule-unknown': missing(ALERTS, 'tradewright alert ls lists them.'),
  'alert-rule-exists': kind('conflict', 409, ALERTS, 'Choose another name, or remove it with tradewright alert rm.'),
  'alert-unknown': missing(ALERTS, 'tradewright alert ls --all lists them.'),
  'delivery-unknown': missing(ALERTS, 'tradewright deliveries --state dead lists those that were given up.'),
  'alerts-running': kind('locked', 409, ALERTS, 'A server does it by itself; end it, or leave it to it.'),
  'user-unknown': missing(SIGN_IN, 'tradewright users ls lists them.'),
  'user-exists': kind('conflict', 409, SIGN_IN, 'Take another name, or remove it with tradewright users remove.'),
  'password-weak': kind(
    'usage',
    400,
    SIGN_IN,
    'Take a longer one that nobody would try: four or five words by chance.',
  ),
  'sign-in-refused': kind('auth', 401, SIGN_IN, 'Check both. tradewright users set-password gives a new password.'),
  'csrf-refused': kind(
    'auth',
    403,
    SIGN_IN,
    'Send the header x-csrf-token with the csrfToken of GET /api/session, from a page of this server.',
  ),
  'step-up-required': kind(
    'auth',
    403,
    SIGN_IN,
    'Give the password again with POST /api/step-up, and ask again within five minutes.',
  ),
  unauthenticated: kind('auth', 401, SERVE, 'Sign in, or send a key that is valid: authorization: Bearer tw_….'),
  'scope-missing': kind(
    'auth',
    403,
    SERVE,
    'Make a key that has the scope (tradewright apikey add --scope), or give it to the user (tradewright users set-scopes).',
  ),
  'job-unknown': missing(JOBS, 'tradewright jobs ls lists them.'),
  'job-exists': kind('conflict', 409, JOBS, 'Take another --id, or none.'),
  'job-ended': kind('conflict', 409, JOBS, 'tradewright jobs show tells what became of it.'),
  'job-worker-lost': kind(
    'unavailable',
    503,
    JOBS,
    'Look why the server died: memory, its log. Then tradewright jobs retry.',
  ),
  'schedule-unknown': missing(JOBS, 'tradewright schedules ls lists them.'),
  'schedule-exists': kind(
    'conflict',
    409,
    JOBS,
    'Choose another name, or remove it with tradewright schedules remove.',
  ),
  'job-queue-refused': kind(
    'auth',
    403,
    JOBS,
    'Check the address in TRADEWRIGHT_JOB_QUEUE, and name and password in it.',
  ),
  'job-queue-unavailable': kind('unavailable', 503, JOBS, 'Check that the server of jobs runs and can be reached.'),
  'origin-refused': kind('auth', 403, SERVE, 'Call it by its own address, and from no page of another site.'),
  'rate-limited': kind('unavailable', 429, SERVE, 'Wait for as long as the header retry-after says.'),
  'idempotency-key-missing': kind(
    'usage',
    400,
    SERVE,
    'Send a header idempotency-key, or the field key of a frame: a new one for each deed.',
  ),
  'idempotency-conflict': kind('conflict', 409, SERVE, 'Take a new key for each deed.'),
  'idempotency-unfinished': kind(
    'conflict',
    409,
    SERVE,
    'It may have been carried out: look, before you ask again under a new key.',
  ),
  'route-unknown': missing(SERVE, 'GET /openapi.json lists the routes.'),
  'method-wrong': kind('usage', 405, SERVE, 'Queries are GET, commands are POST; /openapi.json lists them.'),
  'body-too-large': kind('usage', 413, SERVE, 'Send less than a mebibyte.'),
  'body-invalid': kind('usage', 400, SERVE, 'Send one JSON object.'),
  'upload-unknown': missing(DATA, 'Upload the file again: it is kept for a day, and until it is imported.'),
  'upload-cut-off': kind('usage', 400, DATA, 'Upload the file again.'),
  'disk-full': kind('locked', 507, DATA, 'Make room on the disk of the home folder.'),
  'media-type-unsupported': kind('usage', 415, SERVE, 'Send JSON with content-type: application/json.'),
  'not-acceptable': kind('usage', 406, SERVE, 'Send accept: application/x-ndjson, or text/event-stream.'),
  'conversation-unknown': missing(SERVE, 'Begin a new one: send initialize without a header mcp-session-id.'),
  'agent-refused': kind('auth', 403, ASSISTANTS, 'Ask a person to do it.'),
  'mcp-unavailable': kind('unavailable', 503, ASSISTANTS, 'Run npm install @modelcontextprotocol/sdk.'),
  'not-built': kind('refused', 501, SERVE, 'Order with POST /api/orders, or let a strategy decide.'),
  'role-missing': kind('unavailable', 421, SCALE, 'Ask a server that runs with the role that the details name.'),
  'deployment-exists': kind('conflict', 409, SCALE, 'Remove the other one first: tradewright deployment rm.'),
  'deployment-unknown': missing(SCALE, 'tradewright deployment ls lists them.'),
  'server-busy': kind('unavailable', 503, SERVE, 'Try again in a moment.'),
  'reading-lost': kind('unavailable', 503, SERVE, 'Ask again: the next call has a new thread.'),
  'session-stalled': kind(
    'unavailable',
    503,
    SERVE,
    'Look for a loop in its strategy that never ends, or ask again in some minutes. tradewright replay looks at it alone.',
  ),
  'frame-invalid': kind('usage', 400, FOLLOW, 'The reference of the WebSocket protocol shows every frame.'),
  'subscription-unknown': missing(FOLLOW, 'Use the id that it was subscribed with.'),
  'subscriptions-exceeded': kind('conflict', 409, FOLLOW, 'Unsubscribe others first, or open a second socket.'),
  'server-unreachable': kind('unavailable', 503, SERVE, 'Check the address, and that tradewright serve runs there.'),
  'server-different': kind('data', 502, SERVE, 'Check the address, and that both have the same version.'),
  'local-only': kind('usage', 400, SERVE, 'Run it on the machine of the server, without --server.'),
  'home-not-writable': kind('locked', 423, 'reference/cli', 'Choose another folder: --home, --out for reports.'),
  'data-invalid': data('Compare with the source; tradewright data check lists every finding.'),
  'data-empty': data('Widen --from and --to, or fetch more data.'),
  'file-empty': data('Fetch the file again.'),
  'file-unreadable': data('Check the permissions.'),
  'file-too-large': data('Split the file.'),
  'file-truncated': data('Fetch the file again.'),
  'file-damaged': data('Fetch the file again.'),
  'header-too-long': data('Is this a CSV file with one row a line?'),
  'columns-unknown': data('Name the columns: --columns time=Date,open=O.'),
  'columns-wrong': data('Correct the row.'),
  'bad-number': data('Correct the cell.'),
  'bad-time': data('Correct the cell.'),
  'bad-side': data('Correct the cell.'),
  'mixed-timestamps': data('Write all times in one unit.'),
  'mixed-symbols': data('Split the file by symbol, and give each part its own name.'),
  'format-unsupported': data('Convert the file to CSV or Parquet.'),
  'store-refused': kind(
    'auth',
    403,
    'how-to/bar-stores',
    'Check user, password and database in TRADEWRIGHT_BAR_STORE.',
  ),
  'store-unavailable': kind('unavailable', 503, 'how-to/bar-stores', 'Check that the server runs and can be reached.'),
  'store-newer': kind('conflict', 409, 'how-to/bar-stores', 'Install the newer version of Tradewright.'),
  'store-damaged': data('Remove the series and import it again.'),
  'gate-failed': kind(
    'gate',
    422,
    'reference/cli',
    'The run itself succeeded; its report says why the gate did not hold.',
  ),
  timeout: kind('timeout', 504, 'reference/cli', 'Look for a loop that never ends, or raise --timeout.'),
  interrupted: kind('interrupted', 499, 'reference/cli', 'Run it again.'),
} as const satisfies Record<string, FailureKind>;

export type FailureCode = keyof typeof FAILURES;

/** Where and what, as far as known: `file`, `line`, `field`, `found`, `expected`. */
export type FailureDetails = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/** A failure as every face of the system tells it. */
export interface FailureDocument {
  readonly code: FailureCode;
  readonly message: string;
  readonly hint: string;
  readonly docs: string;
  readonly details: FailureDetails;
}

/** A request that cannot be carried out, with what to do about it. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: FailureCode;
  readonly hint: string;
  readonly details: FailureDetails;

  constructor(
    code: FailureCode,
    message: string,
    options: { hint?: string; details?: FailureDetails; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint ?? FAILURES[code].hint;
    this.details = options.details ?? {};
  }

  toDocument(): FailureDocument {
    const { code, message, hint, details } = this;
    return { code, message, hint, docs: FAILURES[code].docs, details };
  }
}

export function isFailureCode(text: string): text is FailureCode {
  return Object.hasOwn(FAILURES, text);
}
