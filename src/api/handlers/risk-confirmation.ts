import { type LimitsDefinition, limitsSchema } from '../../core/risk/limits.ts';
import type { Secret } from '../../core/vocabulary/secret.ts';
import type { ConnectionInfo } from '../../ports/secret-vault.ts';
import { Failure } from '../failures.ts';
import type { Input } from '../operations/table.ts';
import type { Call } from '../world.ts';

/** What a session could lose, one sentence each, by its own limits. */
export function couldLose(cash: number, leverage: number, definition: LimitsDefinition): readonly string[] {
  const limits = limitsSchema.parse(definition);
  const share = (pct: number | null): string => (pct === null ? 'without a limit' : `${money((cash * pct) / 100)}`);
  return [
    `It trades with ${money(cash)}${leverage > 1 ? `, at ${leverage} times leverage` : ''}.`,
    `One order opens at most ${limits.orderValuePct === null ? 'whatever it likes' : money((cash * leverage * limits.orderValuePct) / 100)}.`,
    `After a loss of ${share(limits.dailyLossPct)} in a day it only reduces until the next (dailyLossPct).`,
    `After a fall of ${share(limits.drawdownPct)} from its highest equity it only reduces until you re-arm it (drawdownPct).`,
    'These are limits of decisions: a gap in the market, a venue that is down, or a stop that slips can lose more.',
  ];
}

const money = (amount: number): string => amount.toLocaleString('en-US', { maximumFractionDigits: 2 });

/** Says what could be lost, and goes on only where the account's name is given again. Throws {@link Failure} `not-confirmed`. */
export async function confirmRisk(
  input: Input<'live'>,
  info: ConnectionInfo,
  limits: LimitsDefinition,
  call: Call,
): Promise<void> {
  const where =
    info.environment === 'live'
      ? 'REAL MONEY'
      : info.environment === 'testnet'
        ? 'a test network'
        : 'the local exchange';
  const said = [
    `Orders go to ${info.venue}, account ${info.label}: ${where}.`,
    ...couldLose(input.cash, input.leverage, limits),
  ];
  let given = input.confirm;
  if (given !== undefined)
    call.warn({
      code: 'could-lose',
      message: said.join(' ').replace(/\.$/, ''),
      hint: 'Ctrl-C ends it; tradewright kill stops it from anywhere.',
    });
  else if (call.askSecret !== null) {
    const question = `${said.map((line) => ` ${line}`).join('\n')}\n Type the name of the account to trade with it`;
    given = await answered(call.askSecret(question, { isPlain: true }), info.label);
  } else
    throw new Failure('not-confirmed', `expected the name of the account, ${info.label}, and nobody can be asked`, {
      details: { field: 'confirm' },
    });
  if (given === info.label) return;
  throw new Failure('not-confirmed', `expected the name of the account, ${info.label}, found another`, {
    details: { field: 'confirm' },
  });
}

async function answered(asking: Promise<Secret>, label: string): Promise<string> {
  try {
    return (await asking).reveal();
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'secret-missing') throw error;
    throw new Failure('not-confirmed', `expected the name of the account, ${label}, found the end of the input`, {
      details: { field: 'confirm' },
    });
  }
}
