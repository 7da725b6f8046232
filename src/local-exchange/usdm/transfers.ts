import { VENUE_REFUSAL } from '../../core/exchange/venue-refusal.ts';
import { parseDecimal, toUnits } from '../../core/vocabulary/decimal.ts';
import type { Account } from '../product.ts';
import type { ExchangeState } from './exchange-state.ts';
import { tellAccount } from './user-events.ts';

/** Most that a wallet may hold, in quanta: half of what the exact integers hold, 45 million USDT. */
const MAX_WALLET_QUANTA = Math.floor(Number.MAX_SAFE_INTEGER / 2);

/** Pays margin in or (negative) takes out what is free. False where it cannot be done; throws where the amount is no decimal. */
export function payInOrOut(state: ExchangeState, account: Account, amount: string): boolean {
  const value = parseDecimal(amount);
  if (value === null) throw new RangeError(`expected a decimal amount, found "${amount}"`);
  const quanta = Number(toUnits(value, 8, 'floor'));
  const wallet = state.account(account);
  if (wallet.walletQuanta + quanta > MAX_WALLET_QUANTA) return false;
  if (wallet.margin.deposit(quanta) !== VENUE_REFUSAL.accepted) return false;
  const timeMs = state.nowMs;
  const id = state.nextTransactionId();
  wallet.income.push({ symbol: '', type: 'TRANSFER', quanta, timeMs, id, tradeId: '', info: 'TRANSFER' });
  tellAccount(state, wallet, quanta < 0 ? 'WITHDRAW' : 'DEPOSIT', [], quanta);
  return true;
}
