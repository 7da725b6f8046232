import { initialMargin } from '../../core/exchange/margin.ts';
import { MarginAccount } from '../../core/exchange/margin-account.ts';
import { claimQuanta, entryPrice, type MarginMode, type MarginPosition } from '../../core/exchange/margin-position.ts';
import type { TimeMs } from '../../core/vocabulary/time.ts';
import type { Account } from '../product.ts';
import type { Contract } from './contract.ts';
import type { UsdmOrder } from './order.ts';
import { POSITION_SIDES, type PositionSide } from './order.ts';

export interface IncomeRow {
  readonly symbol: string;
  readonly type: string;
  /** Signed quanta of the margin asset. */
  readonly quanta: number;
  readonly timeMs: TimeMs;
  readonly id: number;
  readonly tradeId: string;
  readonly info: string;
}

export interface UserTrade {
  readonly id: number;
  readonly order: UsdmOrder;
  readonly ticks: number;
  readonly lots: number;
  readonly isMaker: boolean;
  readonly feeQuanta: number;
  readonly realisedQuanta: number;
  readonly timeMs: TimeMs;
}

export interface MarginChange {
  readonly symbol: string;
  /** 1 added, 2 taken. */
  readonly type: number;
  readonly deltaType: string;
  readonly quanta: number;
  readonly timeMs: TimeMs;
  readonly positionSide: PositionSide;
}

/** What is known of a position beside its margin: for break-even price, `cr` and times. */
export interface PositionRecord {
  /** Fees less realised profit since it was last flat. */
  costQuanta: number;
  /** Realised profit over all time, before fees. */
  realisedQuanta: number;
  updatedMs: TimeMs;
}

const DEFAULT_LEVERAGE = 20;

/** One account's futures wallet: margin, settings, and what has happened to it. Three positions a symbol: BOTH, LONG, SHORT. */
export class UsdmAccount {
  readonly account: Account;
  readonly margin = new MarginAccount();
  readonly records: PositionRecord[] = [];
  readonly trades: UserTrade[] = [];
  readonly income: IncomeRow[] = [];
  readonly marginChanges: MarginChange[] = [];
  readonly contracts: readonly Contract[];
  /** What of the insurance fund's payments is booked as income. */
  coveredQuanta = 0;
  isHedged = false;
  isMultiAsset = false;
  burnsFees = false;
  updatedMs: TimeMs = 0;
  /** Symbols and legs that have been warned of liquidation and have not recovered. */
  readonly warned = new Set<number>();
  /** Running countdowns that cancel all orders of a symbol. */
  readonly countdowns = new Map<string, () => void>();

  constructor(account: Account, contracts: readonly Contract[]) {
    this.account = account;
    this.contracts = contracts;
    for (const { instrument, schedule } of contracts) {
      for (const leg of [0, 1, -1] as const) {
        this.margin.addPosition(instrument, { mode: 'cross', leverage: DEFAULT_LEVERAGE, leg, schedule });
        this.records.push({ costQuanta: 0, realisedQuanta: 0, updatedMs: 0 });
      }
    }
  }

  positionIndex(contract: Contract, side: PositionSide): number {
    return contract.index * POSITION_SIDES.length + POSITION_SIDES.indexOf(side);
  }

  position(contract: Contract, side: PositionSide): MarginPosition {
    return this.margin.positions[this.positionIndex(contract, side)]!;
  }

  sideOf(index: number): PositionSide {
    return POSITION_SIDES[index % POSITION_SIDES.length]!;
  }

  contractOf(index: number): Contract {
    return this.contracts[Math.floor(index / POSITION_SIDES.length)]!;
  }

  /** Indexes of a symbol's three positions. */
  indexes(contract: Contract): readonly number[] {
    return POSITION_SIDES.map((side) => this.positionIndex(contract, side));
  }

  /** The positions that this account's mode shows of a symbol: one, or the two legs. */
  shownIndexes(contract: Contract): readonly number[] {
    const [both, long, short] = this.indexes(contract);
    return this.isHedged ? [long!, short!] : [both!];
  }

  isCross(contract: Contract): boolean {
    return this.position(contract, 'BOTH').mode === 'cross';
  }

  setMode(contract: Contract, mode: MarginMode): void {
    for (const index of this.indexes(contract)) this.margin.setMode(index, mode);
  }

  leverage(contract: Contract): number {
    return this.position(contract, 'BOTH').leverage;
  }

  /** Cash and isolated margins. */
  get walletQuanta(): number {
    return this.margin.positions.reduce((sum, p) => sum + p.marginQuanta, this.margin.cashQuanta);
  }

  get unrealisedQuanta(): number {
    return this.margin.positions.reduce((sum, p) => sum + p.unrealisedQuanta, 0);
  }

  get crossUnrealisedQuanta(): number {
    return this.margin.positions.reduce((sum, p) => sum + (p.mode === 'cross' ? p.unrealisedQuanta : 0), 0);
  }

  get maintenanceQuanta(): number {
    return this.margin.positions.reduce((sum, p) => sum + p.maintenanceQuanta, 0);
  }

  get availableQuanta(): number {
    return Math.max(0, this.margin.availableQuanta());
  }

  /** What may be taken out: free, and without profit that is not realised. */
  get withdrawableQuanta(): number {
    return Math.max(0, Math.min(this.margin.cashQuanta, this.margin.availableQuanta()));
  }

  /** Initial margin of the position at mark, and what its open orders add. */
  initialMargins(index: number): { readonly positionQuanta: number; readonly ordersQuanta: number } {
    const position = this.margin.positions[index]!;
    const positionQuanta = initialMargin(position.notionalQuanta, position.leverage);
    const claim = claimQuanta(position);
    return { positionQuanta, ordersQuanta: position.mode === 'isolated' ? claim : Math.max(0, claim - positionQuanta) };
  }

  /** Entry price adjusted by fees and realised profit; 0 where flat. */
  breakEvenPrice(index: number): number {
    const position = this.margin.positions[index]!;
    if (position.lots === 0) return 0;
    const perUnit =
      position.instrument.money(this.records[index]!.costQuanta) / position.instrument.quantity(position.lots);
    return entryPrice(position) + perUnit;
  }
}
