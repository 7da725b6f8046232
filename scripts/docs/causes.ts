import type { EXIT, FailureCode } from '../../src/api/failures.ts';
import type { Reason } from '../../src/core/report/metric.ts';

/** What each exit code means. A code without a sentence does not compile. */
export const EXIT_MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: 'Done.',
  unexpected: 'A strategy threw, or the program has a fault.',
  usage: 'The command line, a strategy file or a limits file is wrong. Nothing was run.',
  conflict:
    'Something is there already and nothing says which one wins: a file, a bar, an account, a journal. Or a later version wrote it, or a session that is to take a command does not run.',
  locked: 'The home folder cannot be written, a port is taken, or a session is running already.',
  auth: 'A server outside does not let us in, or the master key of the vault is not the right one.',
  refused: 'A venue, risk, a session, or a check before real orders refused the request.',
  'not-found':
    'Something named does not exist: a file, series, strategy, run, session, order, fill, indicator or topic.',
  data: 'Data cannot be used: damaged, contradictory or empty.',
  unavailable:
    'A venue or a database does not answer, latches cannot be read, or a venue asks to be left alone for a while.',
  gate: 'The run itself succeeded, and a gate (`--fail-if`, `--strict`, the verdict of `parity`) did not hold; or a strategy lacks what its next stage asks for; or a kill is latched, and not all of it is done yet; or the message of `channel test` did not arrive.',
  timeout: 'No progress for `--timeout` seconds, and the run was ended; or a session did not answer.',
  interrupted: 'Ctrl-C or SIGTERM; what there was is saved.',
};

/** How each failure comes about. */
export const CAUSES: Readonly<Record<FailureCode, string>> = {
  unexpected: 'Nobody foresaw it. The details name a report with the stack.',
  'command-unknown': 'The first words are no command. The message names the nearest one.',
  'flag-unknown': 'The command has no such flag. The message names the nearest one.',
  'input-invalid': 'A flag or argument has a value it cannot take, or one is missing.',
  'expression-invalid':
    '`--fail-if` cannot be read, or names a metric that reports do not have. The message gives the character.',
  'parameter-invalid':
    'A strategy has no parameter of this name, or the value is outside its range, or values do not go together.',
  'limits-invalid': 'The limits file is no JSON, or has an unknown field or a value outside its range.',
  'strategy-invalid':
    'The strategy file has a syntax error, an import that cannot be resolved, or no strategy as default export; or it threw while it was loaded.',
  'strategy-forbidden':
    'A strategy asked for the clock, for chance, for a timer or for the network: the run could not be repeated.',
  'strategy-data-invalid':
    'The data of the run do not fit what the strategy declares: a symbol or timeframe that cannot be had.',
  'strategy-unknown': 'No built-in strategy and no file has this name.',
  'strategy-failed': 'A handler of the strategy threw. The message names handler, line and time.',
  'file-not-found': 'There is no file at this path.',
  'data-unknown': 'The catalogue has no such series.',
  'symbol-unknown': 'The source has no instrument of this name.',
  'run-unknown': 'There is no run with this id in the home folder.',
  'indicator-unknown': 'No indicator has this name.',
  'strategy-unregistered':
    'Nothing was ever said of a strategy with this id: no backtest, no session, no registration.',
  'candidate-unclear':
    'A strategy has several versions or sets of parameters, and it was not said which of them is meant. The message lists them.',
  'thresholds-invalid':
    '`promotion.json` in the home folder is no JSON, or has an unknown field or a value outside its range.',
  'promotion-refused': 'A gate asks for evidence that is not there. The message names everything that is missing.',
  'stage-missing':
    'A strategy was to run where it has not been promoted to. The message names everything that is missing.',
  'upload-unknown':
    'An uploaded file is to be imported that is not there: it was imported before, or is older than a day.',
  'upload-cut-off': 'A file that was being uploaded broke off, or nothing more of it came. Nothing of it is kept.',
  'disk-full':
    'A file was to be uploaded, and the disk has no room for it beside what is left free for journals. Nothing of it is kept.',
  'job-unknown': 'There is no job with this id. What has ended is kept for 30 days.',
  'job-exists': 'There is a job with this id already, and it is to do something else.',
  'job-ended': 'A job was to be cancelled that has ended, or tried again that waits, runs or is done.',
  'job-worker-lost':
    'The worker of a job fell silent, each time that the job was begun: it was killed, or its machine went down. So a job that kills its worker ends.',
  'schedule-unknown': 'There is no schedule of this name.',
  'schedule-exists': 'There is a schedule of this name already.',
  'job-queue-refused':
    'The address of the queue is none, or its client is not installed, or its server does not let us in.',
  'job-queue-unavailable': 'The server of the queue cannot be reached, or does not answer.',
  'event-bus-refused':
    'The address of the event bus is none, or its client is not installed, or its server does not let us in.',
  'event-bus-unavailable': 'The server of the event bus cannot be reached, or does not answer.',
  'registry-unavailable': 'The database of registry and tables cannot be opened or reached.',
  'registry-damaged': 'The database of registry and tables is not as it was written.',
  'registry-newer': 'A later version of the program has changed the database of registry and tables.',
  'topic-unknown': 'The documentation has no such page.',
  'report-missing': 'The run is known, its report is not there any more, or was never written.',
  'file-exists': 'A file would have been overwritten.',
  'data-conflict': 'A bar of the file is stored already with other values.',
  'venue-unknown': 'There is no venue of this name.',
  'venue-refused': 'The venue has no such thing, or refused the request. The details give its own code.',
  'venue-unavailable': 'No connection, no answer in time, too many requests, or the venue is under maintenance.',
  'session-unknown': 'The home folder has no journal of a session of this name.',
  'session-running': 'Another process runs this session, or has taken its journal over.',
  'account-busy':
    'Another program trades the account and renews its lease, here or on another machine that shares the database.',
  'not-confirmed': 'A live session was not given the name of its account again.',
  'capital-missing': 'The account has less that is free than the session was told to trade with.',
  'session-not-running': 'A command is for a session that runs, and this one does not. It changed nothing.',
  'session-ambiguous': 'Several sessions run, and the command does not say which one it is for.',
  'session-silent':
    'The session runs and did not answer within 20 seconds. The message says whether it may have done what was asked.',
  'order-refused': 'Risk did not let the order leave. The details give the code.',
  'order-unknown': 'The session has no such order, or no open one.',
  'command-refused':
    'The session could not do it: the order has ended, the position is flat, a kill holds the strategy. The details give the code.',
  'fill-unknown': 'The session has no fill of this number.',
  'latches-unreadable': 'The home database cannot be read or written. Sessions are halted as long as that is so.',
  'session-different':
    'A session goes on only with the code, parameters, account, costs, limits, venue and symbols that it began with. The message names what differs.',
  'session-deposed':
    'The right to trade the account was lost in the middle of a session: another program took it, as tradewright-kill does, or it was not renewed in time.',
  'session-diverged':
    'The journal, replayed, does not lead to a state that was noted in it: the strategy depends on something else than its inputs, or the program has changed.',
  'journal-damaged':
    'A record of the journal or of a backup is not what was written. The message names the first one; nothing is repaired.',
  'journal-exists': 'A backup would overwrite a file, or a restore a journal.',
  'journal-newer': 'A later version of the program wrote the journal or the backup.',
  'journal-unavailable':
    'The disk is full or read-only, or the journal cannot be reached. The session ends at the last durable record.',
  'key-missing': 'A command that needs an account was given no key.',
  'key-refused':
    'The venue does not accept the key, the signature, or requests from this address; or a provider does not take its key, or not any more.',
  'key-unfit':
    'The key may do more than trade, or works from anywhere, and that was not accepted in words; or a secret of a channel does not look as its service writes them.',
  'secret-exposed':
    'A key or secret may have been given on the command line, or was asked for or given over HTTP from elsewhere in clear, which is refused.',
  'secret-missing': 'A secret was asked for and nothing was answered, or the two answers differ.',
  'account-unknown': 'No account that is kept has this label. The message lists those that there are.',
  'account-revoked': 'The account was revoked, and its keys are gone.',
  'account-exists': 'Another account has the label already, or a venue is called so.',
  'clock-skewed': 'The clock of this machine and that of the venue are more than a second apart.',
  'provider-unknown': 'No provider that is kept has this label. The message lists those that there are.',
  'provider-exists': 'Another provider has the label already.',
  'provider-unavailable':
    'A provider does not answer in time, has a fault, or answers nothing for now as too much was asked or spent.',
  'provider-refused':
    'What answers at the address is no such provider, answers too much, leads elsewhere, or may not be connected to.',
  'debugger-open': 'The process was started with --inspect, and a live account would be opened in it.',
  'master-key-missing': 'The key file or the variable is not there.',
  'passphrase-needed':
    'The vault is locked with a passphrase that a person types, and nobody can be asked: by a server, or without a terminal.',
  'master-key-wrong': 'The master key is not the one that the vault is locked with.',
  'master-key-exposed': 'Others than its owner may read the file of the master key or passphrase.',
  'master-key-invalid':
    'The master key is not 32 random bytes, the passphrase is too short, or several sources are set at once.',
  'vault-damaged': 'The master key is right, and a record of the vault is not what was written.',
  'vault-newer': 'A later version of the program has changed the tables of the vault.',
  'vault-unavailable': 'The database of the vault cannot be used.',
  'redis-unavailable': 'TRADEWRIGHT_REDIS names a Redis server that cannot be reached.',
  'config-invalid':
    'The environment or the configuration file has a setting that does not exist, or a value that the setting cannot take.',
  'port-unavailable': 'Another program listens on the port, or it may not be used.',
  'exposure-refused':
    'A server was to listen where others reach it, without a key or a user, without TLS, with a certificate that cannot be used, or with a password in its settings that stands in examples.',
  'api-key-unknown': 'No client’s key has this id.',
  'user-unknown': 'Nobody of this name may sign in at the server.',
  'user-exists': 'There is a user of this name already. Nothing was changed.',
  'password-weak':
    'A password is short, or stands on every list of guesses, or is the name with something around it. The message says which; it was not kept.',
  'sign-in-refused':
    'Name and password do not go together. It is said in the same words, after the same time, where there is nobody of the name.',
  'csrf-refused':
    'A deed was asked for by the cookie of a sign-in alone. Without the token of that sign-in, or from another site, it may be a page that the user knows nothing of.',
  'step-up-required':
    'Who signed in asks for a grave deed (re-arming, keys, users, accounts) more than five minutes after giving the password. Nothing was done.',
  unauthenticated:
    'A request to a server has no key and no sign-in that is valid here and now: unknown, wrong, expired, revoked, or from elsewhere.',
  'scope-missing': 'The key or user of a request has not the scope that the operation needs.',
  'channel-unknown': 'There is no channel of this name.',
  'channel-exists': 'There is a channel of this name already.',
  'channel-in-use': 'Rules tell people through this channel. The message names them.',
  'alert-rule-unknown': 'There is no rule of this name.',
  'alert-rule-exists': 'There is a rule of this name already.',
  'alert-unknown': 'There is no alert of this number; what ended 90 days ago is forgotten.',
  'delivery-unknown': 'There is no delivery of this id, or it was not given up.',
  'alerts-running': 'Rules of one home are evaluated by one program at a time, and another one does it.',
  'origin-refused': 'A page of another site asks, or the server is called by a name that is not its own.',
  'rate-limited': 'An address or a client asks a server more often than it may.',
  'idempotency-key-missing': 'A command came to a server without the key that names the deed.',
  'idempotency-conflict': 'The key of a deed was given with another request before.',
  'idempotency-unfinished': 'The server ended, or still works elsewhere, on the request of this key.',
  'route-unknown': 'A server has no such path.',
  'method-wrong': 'The path is there, under another method.',
  'body-too-large': 'A request has more than a mebibyte.',
  'body-invalid': 'A request is no HTTP that can be read, or its body is no JSON object.',
  'media-type-unsupported': 'A request’s body is said to be something other than JSON.',
  'not-acceptable': 'A stream that goes on was asked for as one JSON object.',
  'conversation-unknown':
    'A request to /mcp names no conversation, one that has ended, or one of another client. A server forgets them when it ends.',
  'agent-refused':
    'An assistant has asked for what only people may do: an approval, a promotion, an order or a resumption where real money is, or where that is not known.',
  'mcp-unavailable':
    'The package that speaks the Model Context Protocol is optional, and this installation has left it out.',
  'not-built': 'The path is kept for what is to come, and there is nothing behind it yet.',
  'role-missing': 'A process of a server that runs in several was asked for what another one does.',
  'deployment-exists': 'A session or an account is deployed already.',
  'deployment-unknown': 'No session of this name is deployed.',
  'server-busy': 'More operations run in threads of their own than the machine has room for.',
  'reading-lost':
    'The thread of a server in which sessions are read has ended, or a strategy held it up for too long. Nothing that trades runs in it.',
  'session-stalled':
    'A server lost the thread in which it reads sessions while it replayed this one, and leaves it out for some minutes.',
  'frame-invalid': 'A frame on a WebSocket is none of the protocol.',
  'subscription-unknown': 'A client unsubscribed from what it is not subscribed to.',
  'subscriptions-exceeded': 'A socket follows as many streams as it may, or this one already.',
  'server-unreachable': 'The server that the command line was sent to does not answer.',
  'server-different': 'What answers at the server’s address is no Tradewright, or another version of it.',
  'local-only': 'A command was to be carried out by a server that no server offers.',
  'home-not-writable': 'The folder of catalogue, runs and reports is read-only or full.',
  'data-invalid':
    'The guard found errors in the bars: out of order, contradictory, impossible prices. The message names the first, with its line.',
  'data-empty': 'There are no bars in the period asked for.',
  'file-empty': 'The file has no rows.',
  'file-unreadable': 'The file is there and cannot be opened.',
  'file-too-large': 'The file, or what it unpacks to, is larger than the reader takes.',
  'file-truncated': 'A compressed or Parquet file ends before it should.',
  'file-damaged': 'A checksum, a length or a magic number is wrong.',
  'header-too-long': 'The first line is longer than a header can be.',
  'columns-unknown':
    'Open, high, low, close or the time was not found among the columns, or `--columns` names one that is not there.',
  'columns-wrong': 'A row has another number of cells than the header.',
  'bad-number': 'A cell that should hold a number does not.',
  'bad-time': 'A cell that should hold a time does not.',
  'bad-side': 'A cell that should hold buy or sell does not.',
  'mixed-timestamps':
    'Some times are of another unit (seconds, milliseconds, microseconds, nanoseconds) than the rest.',
  'mixed-symbols': 'A column of symbols has more than one: bars of several instruments would become one series.',
  'format-unsupported': 'The content is neither CSV nor Parquet, or uses a codec or type that is not read.',
  'store-refused':
    'The database that keeps bars refuses the user, the password or the database, or the URL is none it takes.',
  'store-unavailable':
    'The database that keeps bars cannot be reached, or the connection broke. What was being done did not happen.',
  'store-newer': 'A later version of the program has changed the schema of the database.',
  'store-damaged': 'A stored chunk of bars has a length that cannot be.',
  'gate-failed': 'An expression of `--fail-if` held.',
  timeout: 'The strategy or the reader made no progress for `--timeout` seconds.',
  interrupted: 'The run was stopped by a signal.',
};

/** Why a metric has no value. */
export const REASONS: Readonly<Record<Reason, string>> = {
  'too-short': 'Too few days: annualised figures need 90 days, statistics at least two observations.',
  'no-data': 'There are no observations at all.',
  'no-trades': 'No trade was closed.',
  'no-wins': 'No trade gained.',
  'no-losses': 'No trade lost, so there is nothing to divide by.',
  'no-profit': 'There is no profit to share out.',
  'no-drawdown': 'Equity never fell below its highest.',
  'no-benchmark': 'The run has no benchmark.',
  'no-initial-stop': 'Trades had no stop at entry, so there is no R.',
  'zero-variance': 'All observations are equal.',
  'zero-tail': 'The tail that would be divided by is zero.',
  ruined: 'Equity reached zero or less; growth from there has no meaning.',
  'not-measured': 'The run did not record what it needs.',
  'no-convergence': 'The estimate did not converge.',
  'out-of-range': 'The figure left the range of numbers.',
};
