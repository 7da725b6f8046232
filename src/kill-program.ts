import { hostname, userInfo } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from './adapters/system/clock.ts';
import { killWorld } from './compose-kill.ts';
import { composeVenues } from './compose-venues.ts';
import { readConfigAnyway } from './config.ts';
import { KILL_LEVELS, SCOPES } from './core/vocabulary/commands.ts';
import { parseDecimal } from './core/vocabulary/decimal.ts';
import { killReportText } from './kill/kill-report-text.ts';
import { type KillPlace, KillPlaceUnknown, type KillReport, type KillRequest } from './kill/kill-request.ts';
import { runKill } from './kill/kill-run.ts';
import { ENVIRONMENTS } from './ports/secret-vault.ts';
import { statePlaceOf } from './state-place.ts';
import { vaultsOf } from './vault-choice.ts';

const USAGE = `usage: tradewright-kill [--level ${KILL_LEVELS.join('|')}] [--session name | --account label | --scope ${SCOPES.join('|')} --target x]
       [--symbols A,B]
       [--reason text] [--collar percent] [--patience seconds] [--position SYMBOL=QUANTITY]...
       [--venue name --env ${ENVIRONMENTS.join('|')}] [--home folder] [--json]

Takes accounts out of the market by itself, whatever the program that trades them is doing: writes the latch, takes the right to
trade away, cancels every open order and asks the venue until none is open. --level flatten closes positions as well, in slices and never
further than the collar from the first price. pause, reduce and halt write the latch, and take the right to trade from who does not answer.
Default: cancel-all, every account of a live session. --venue and --env: with the keys of TRADEWRIGHT_API_KEY and TRADEWRIGHT_API_SECRET,
for when the vault cannot be read. It may be run again at any time.
Exit code: 0 verified; 1 not verified; 2 not understood, nothing done; 3 verified, and latch or right to trade could not be written.
`;

const OPTIONS = {
  level: { type: 'string', default: 'cancel-all' },
  session: { type: 'string' },
  account: { type: 'string' },
  scope: { type: 'string' },
  target: { type: 'string' },
  symbols: { type: 'string' },
  reason: { type: 'string', default: 'tradewright-kill' },
  collar: { type: 'string', default: '2' },
  patience: { type: 'string', default: '30' },
  position: { type: 'string', multiple: true },
  venue: { type: 'string' },
  env: { type: 'string' },
  home: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

/** The kill program: nothing of strategies, engine, sessions or the table of operations is in it. Answers its exit code. */
export async function runKillProgram(argv: readonly string[]): Promise<number> {
  let values: Values;
  let request: KillRequest;
  try {
    values = parseArgs({ args: [...argv], options: OPTIONS }).values;
    if (values.help) {
      process.stdout.write(USAGE);
      return 0;
    }
    request = requestOf(values);
  } catch (error) {
    process.stderr.write(`tradewright-kill: ${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
  const { config, objections } = readConfigAnyway({ home: values.home });
  for (const objection of objections) process.stderr.write(`tradewright-kill: ${objection}\n`);
  const clock = systemClock();
  const { localExchange: local, redisUrl, tradingView } = config;
  const path = (text: string): string => resolve(config.workingPath, text);
  const recordings = { create: unused, open: unused };
  const venues = composeVenues({ clock, local, redisUrl, recordings, tradingView, feedThread: null, resolve: path });
  const vaults = vaultsOf(config, clock, path);
  // Timers keep no process alive, and one may be all that there is while a venue is away.
  const { secretAsker, hasInput } = await import('./cli/ask-secret.ts');
  const asker = secretAsker(process.stdin, process.stderr);
  const awake = setInterval(() => {}, 60_000);
  try {
    const state = statePlaceOf(config, clock);
    const askSecret = hasInput() ? asker.ask : null;
    const world = killWorld({ clock, state, vaults, venues, actor: actor(), venueKeys: config.venueKeys, askSecret });
    const report = await runKill(request, world, (line) => void process.stderr.write(`${line}\n`));
    process.stdout.write(
      values.json ? `${JSON.stringify({ schema: 'tradewright.kill-report/1', ...report })}\n` : killReportText(report),
    );
    return exitCodeOf(report);
  } catch (error) {
    if (!(error instanceof KillPlaceUnknown)) throw error;
    process.stderr.write(`tradewright-kill: ${error.message}\n`);
    return 2;
  } finally {
    clearInterval(awake);
    asker.close();
    await vaults.close();
    await venues.close();
  }
}

function exitCodeOf({ verified, latches, accounts }: KillReport): number {
  if (!verified) return 1;
  const isWhole = latches.every(({ written }) => written) && accounts.every(({ isRevoked }) => isRevoked);
  return isWhole ? 0 : 3;
}

function requestOf(values: Values): KillRequest {
  const { venue, env, symbols } = values;
  const level = oneOf(KILL_LEVELS, values.level, 'level');
  if ((venue === undefined) !== (env === undefined)) throw new RangeError('expected --venue and --env together');
  return {
    ...{ level, reason: values.reason, place: placeOf(values), collar: positive(values.collar, 'collar') / 100 },
    patienceMs: positive(values.patience, 'patience') * 1000,
    ...(symbols === undefined ? {} : { symbols: symbols.toUpperCase().split(',') }),
    ...(venue === undefined ? {} : { direct: { venue, environment: oneOf(ENVIRONMENTS, env!, 'env') } }),
    positions: (values.position ?? []).map((text) => {
      const [symbol = '', quantity = ''] = text.split('=');
      if (symbol === '' || (parseDecimal(quantity) ?? 0n) === 0n)
        throw new RangeError(`--position: expected SYMBOL=QUANTITY such as BTCUSDT=0.5, found ${text}`);
      return { symbol: symbol.toUpperCase(), quantity };
    }),
  };
}

function placeOf({ session, account, scope, target }: Values): KillPlace {
  if ([session, account, scope].filter((each) => each !== undefined).length > 1)
    throw new RangeError('expected one of --session, --account and --scope, found several');
  if (session !== undefined) return { kind: 'sessions', names: [session] };
  if (account !== undefined) return { kind: 'account', account };
  const kind = scope === undefined ? 'system' : oneOf(SCOPES, scope, 'scope');
  if ((kind === 'system') !== (target === undefined))
    throw new RangeError(`--target: expected ${kind === 'system' ? 'a --scope with it' : `the ${kind} that is meant`}`);
  if (kind === 'system') return { kind };
  if (kind === 'account') return { kind, account: target! };
  if (kind === 'strategy') return { kind, strategy: target! };
  if (!target!.includes(':')) throw new RangeError(`--target: expected VENUE:SYMBOL, found ${target}`);
  return { kind, instrument: target!.toUpperCase() };
}

function oneOf<T extends string>(words: readonly T[], found: string, flag: string): T {
  if ((words as readonly string[]).includes(found)) return found as T;
  throw new RangeError(`--${flag}: expected ${words.join(', ')}, found ${found}`);
}

function positive(text: string, flag: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw new RangeError(`--${flag}: expected a number above 0, found ${text}`);
}

function unused(): never {
  throw new Error('a kill has nothing to do with recordings');
}

function actor(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    return hostname();
  }
}
