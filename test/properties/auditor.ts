import { causes, narrate } from '../../src/core/engine/narrate.ts';
import { CashAccount } from '../../src/core/exchange/cash-account.ts';
import { CollateralAccount } from '../../src/core/exchange/collateral-account.ts';
import { ACCOUNT } from '../../src/core/portfolio/ledger.ts';
import type { DeskConfig, SimulatedDesk } from '../../src/core/research/simulated-desk.ts';
import { EVENT, EVENT_TYPES, eventSchema } from '../../src/core/vocabulary/events.ts';
import { FLAG, isTerminal, ORDER_ROLES, ROLE, STATUS, TYPE } from '../../src/core/vocabulary/order.ts';

/** A run: a backtest, or the core of a session at a simulated venue. */
export interface Audited extends SimulatedDesk {
  readonly config: DeskConfig;
}

/**
 * Goes over the books of a run with nothing but its fills and funding, and lists everything that does not add up. It shares
 * no arithmetic with the books: quanta as bigint, positions by summing.
 */
export function audit(run: Audited): string[] {
  return [
    ...auditOrders(run),
    ...auditOpenOrders(run),
    ...auditPositions(run),
    ...auditMoney(run),
    ...auditEvents(run),
  ];
}

/** The orders that are kept as open are those that the order table says are. */
function auditOpenOrders({ engine: { state, desk } }: Audited): string[] {
  const { orders } = state;
  const c = orders.column;
  const open = desk.open.snapshot();
  const found = open.flatMap((rows, slot) =>
    rows
      .filter(
        (row) =>
          isTerminal(c.status[row]!) || c.strategy[row]! * state.instruments.length + c.instrument[row]! !== slot,
      )
      .map((row) => `order ${row} is kept as open in slot ${slot}`),
  );
  const kept = open.flat().length;
  const inTable = c.status.subarray(0, orders.count).filter((status) => !isTerminal(status)).length;
  return kept === inTable && kept === desk.open.total
    ? found
    : [...found, `${desk.open.total} open orders, ${kept} kept, ${inTable} in the table`];
}

/** Quantities of orders and their fills. */
function auditOrders(run: Audited): string[] {
  const { orders, fills } = run.engine.state;
  const c = orders.column;
  const f = fills.column;
  const found: string[] = [];
  const filled = new Map<number, number>();
  for (let row = 0; row < orders.count; row++)
    if (
      orders.isBare(row) &&
      (c.type[row] !== TYPE.market ||
        c.group[row]! >= 0 ||
        c.limitTicks[row]! + c.triggerTicks[row]! + c.budget[row]! + c.expireAtMs[row]! !== 0)
    )
      found.push(`order ${row}: is no market order by itself`);
  for (let i = 0; i < fills.count; i++) {
    for (const name of ['lots', 'ticks', 'value', 'fee', 'timeMs', 'realized', 'referenceTicks'] as const)
      if (!Number.isFinite(f[name][i])) found.push(`fill ${i}: ${name} is ${f[name][i]}`);
    if (!(f.lots[i]! > 0) || !Number.isInteger(f.lots[i])) found.push(`fill ${i}: ${f.lots[i]} lots`);
    if (!(f.ticks[i]! > 0)) found.push(`fill ${i}: at ${f.ticks[i]} ticks`);
    const row = f.order[i]!;
    // What children fill is filled of the order that they work, too.
    const worked = c.group[row]! >= 0 && (c.flags[c.group[row]!]! & FLAG.worked) !== 0 && c.role[row] === ROLE.entry;
    for (const order of worked ? [row, c.group[row]!] : [row]) {
      filled.set(order, (filled.get(order) ?? 0) + f.lots[i]!);
      if (filled.get(order)! > c.lots[order]!)
        found.push(`order ${order}: filled ${filled.get(order)} of ${c.lots[order]}`);
    }
  }
  for (let row = 0; row < orders.count; row++) {
    // What its share of the equity does not buy at the fill is rejected for want of balance, and is of no size.
    const isNothing = (c.flags[row]! & FLAG.sizeAtFill) !== 0 && c.status[row] === STATUS.rejected && c.lots[row] === 0;
    if ((!(c.lots[row]! > 0) && !isNothing) || !Number.isInteger(c.lots[row]))
      found.push(`order ${row}: ${c.lots[row]} lots`);
    if ((filled.get(row) ?? 0) !== c.filledLots[row])
      found.push(`order ${row}: fills sum to ${filled.get(row) ?? 0}, the order says ${c.filledLots[row]}`);
  }
  return found;
}

/** Positions by summing fills, and whether anything that may only reduce ever opened or turned one. */
function auditPositions(run: Audited): string[] {
  const { state } = run.engine;
  const { book, fills, orders } = state;
  const f = fills.column;
  const n = state.instruments.length;
  const found: string[] = [];
  const held = new Array<number>(book.positions.count).fill(0);
  const owned = new Array<bigint>(book.positions.count).fill(0n);
  for (let i = 0; i < fills.count; i++) {
    const slot = f.slot[i]!;
    const row = f.order[i]!;
    const role = orders.column.role[row]!;
    const before = held[slot]!;
    const instrument = state.instruments[slot % n]!;
    const perLot = BigInt(instrument.baseQuanta(1));
    owned[slot]! += BigInt(f.side[i]!) * BigInt(f.lots[i]!) * perLot - (isBaseFee(run, i) ? BigInt(f.fee[i]!) : 0n);
    // What is below a lot is no position: whole lots of what is owned.
    const below = ((owned[slot]! % perLot) + perLot) % perLot;
    held[slot] = Number((owned[slot]! - below) / perLot);
    if (held[slot] !== before + f.side[i]! * fills.moved(i))
      found.push(`fill ${i}: moved ${fills.moved(i)}, from ${before} to ${held[slot]}`);
    const protects = role === ROLE.stop || role === ROLE.target || role === ROLE.trail;
    // A cancel under way may lose the race where the venue does not keep orders to reducing: it cannot, or several strategies' account is one. Legs take part in
    // that where the venue did not get them with their entry.
    const isKept = state.strategies === 1 && state.capabilities.reduceOnly;
    const mayRace = !isKept && run.config.costs?.latency?.orderMs !== 0;
    if (protects && mayRace && !(state.capabilities.bracket && orders.column.parent[row]! >= 0)) continue;
    if (!protects && (mayRace || (orders.column.flags[row]! & FLAG.reduceOnly) === 0)) continue;
    if (before === 0 || before > 0 === f.side[i]! > 0 || f.lots[i]! > Math.abs(before))
      found.push(`fill ${i}: ${ORDER_ROLES[role]} of ${f.side[i]! * f.lots[i]!} on a position of ${before}`);
  }
  for (let slot = 0; slot < held.length; slot++)
    if (held[slot] !== book.positions.column.lots[slot])
      found.push(`slot ${slot}: fills sum to ${held[slot]}, the book says ${book.positions.column.lots[slot]}`);
  for (let k = 0; k < n; k++) {
    let net = 0;
    for (let slot = k; slot < held.length; slot += n) net += held[slot]!;
    if (net !== book.netLots[k]) found.push(`instrument ${k}: net ${net}, the book says ${book.netLots[k]}`);
    // Below a lot each, what several strategies own may be a lot together, which none of them has.
    const inBase = run.config.costs?.fees.payIn === 'base' && state.strategies > 1;
    if (!inBase && net !== run.venue.account.netLots[k])
      found.push(`instrument ${k}: net ${net}, the venue says ${run.venue.account.netLots[k]}`);
  }
  return found;
}

function isBaseFee(run: Audited, fill: number): boolean {
  const { state } = run.engine;
  const f = state.fills.column;
  const instrument = state.instruments[f.slot[fill]! % state.instruments.length]!;
  return state.fills.feeAsset(fill) >= 0 && state.assets[state.fills.feeAsset(fill)]!.code === instrument.base;
}

/** Money: what flowed according to the fills, against ledger, venue and equity. */
function auditMoney(run: Audited): string[] {
  const { state } = run.engine;
  const { book, fills, log } = state;
  const f = fills.column;
  const n = state.instruments.length;
  const found: string[] = [];
  const scale = state.assets[0]!.scale;
  const purse = state.account.feeAsset;
  let flow = BigInt(Math.round(state.account.cash)) * 10n ** BigInt(scale) - BigInt(purse?.costQuanta ?? 0);
  let kept = BigInt(purse?.quanta ?? 0);
  let owned = 0;
  // A contract of fixed quote value loses of its settled one as price rises.
  const signOf = (slot: number): number => (state.instruments[slot % n]!.inverse ? -1 : 1);
  for (let i = 0; i < fills.count; i++) {
    const inThird = fills.feeAsset(i) === state.feeAsset && state.feeAsset >= 0;
    flow -= BigInt(signOf(f.slot[i]!) * f.side[i]!) * BigInt(f.value[i]!);
    if (inThird) kept -= BigInt(f.fee[i]!);
    else if (isBaseFee(run, i)) {
      const instrument = state.instruments[f.slot[i]! % n]!;
      owned -= (f.fee[i]! / instrument.baseQuanta(1)) * instrument.quantity(1) * state.price[instrument.index]!;
    } else if (fills.feeAsset(i) === -1) flow -= BigInt(f.fee[i]!);
    else found.push(`fill ${i}: its fee is in asset ${fills.feeAsset(i)}`);
  }
  if (kept < 0n) found.push(`the fee asset is overdrawn: ${kept}`);
  if (purse && kept !== BigInt(book.ledger.of(state.feeAsset, ACCOUNT.wallet)))
    found.push(`fee asset: ${book.ledger.of(state.feeAsset, ACCOUNT.wallet)} in the ledger, ${kept} from the fills`);
  if (purse && kept !== BigInt(run.venue.account.balances.free[state.feeAsset]!))
    found.push(`fee asset: the venue has ${run.venue.account.balances.free[state.feeAsset]}, ${kept} from the fills`);
  for (let seq = 0; seq < log.count; seq++)
    if (log.column.type[seq] === EVENT['funding-paid'] || log.column.type[seq] === EVENT['interest-charged'])
      flow += BigInt(log.column.a[seq]!);

  let ledger = BigInt(book.ledger.of(0, ACCOUNT.wallet));
  for (let slot = 0; slot < book.positions.count; slot++) {
    if (state.instruments[slot % n]!.physical) continue;
    const lots = book.positions.column.lots[slot]!;
    ledger -= BigInt(signOf(slot) * Math.sign(lots)) * BigInt(book.positions.column.cost[slot]!);
  }
  if (ledger !== flow) found.push(`ledger: ${ledger} quanta, fills sum to ${flow}`);

  const { account } = run.venue;
  if (account instanceof CashAccount) {
    if (BigInt(account.total(0)) !== flow) found.push(`venue cash: ${account.total(0)}, fills sum to ${flow}`);
    // Contracts are no asset in the ledger, though a cash account counts them as what it has paid for.
    const isContract = (code: string): boolean => state.instruments.some((i) => i.base === code && !i.physical);
    for (let asset = 1; asset < state.assets.length; asset++)
      if (!isContract(state.assets[asset]!.code) && account.total(asset) !== book.ledger.of(asset, ACCOUNT.wallet))
        found.push(
          `venue ${state.assets[asset]!.code}: ${account.total(asset)}, the ledger says ${book.ledger.of(asset, ACCOUNT.wallet)}`,
        );
    for (let asset = 0; asset < state.assets.length; asset++)
      if (account.total(asset) < 0 || account.free(asset) < 0)
        found.push(`venue ${state.assets[asset]!.code} is negative`);
  }
  if (account instanceof CollateralAccount) {
    let venue = BigInt(account.margin.cashQuanta) - BigInt(account.margin.insuranceQuanta);
    for (const p of account.margin.positions)
      venue += BigInt(p.marginQuanta) - BigInt(p.instrument.inverse ? -1 : 1) * BigInt(p.entryQuanta);
    if (venue !== flow) found.push(`venue margin account: ${venue}, fills sum to ${flow}`);
  }

  let equity = Number(flow) / 10 ** scale + owned + (Number(kept) / 1e8) * (purse?.price ?? 0);
  const traded = new Array<number>(n).fill(0);
  for (let i = 0; i < fills.count; i++) traded[f.slot[i]! % n]! += f.side[i]! * f.lots[i]!;
  for (let k = 0; k < n; k++)
    if (traded[k] !== 0)
      equity +=
        signOf(k) * Math.sign(traded[k]!) * state.instruments[k]!.valueAt(state.price[k]!, Math.abs(traded[k]!));
  const stated = book.equity(state.price);
  if (!(Math.abs(equity - stated) <= 1e-9 * Math.max(1, Math.abs(equity))))
    found.push(`equity: ${stated}, from the fills ${equity}`);
  for (let i = 0; i < state.track.count; i++)
    if (!Number.isFinite(state.track.equity[i])) found.push(`equity at ${i} is ${state.track.equity[i]}`);
  try {
    book.ledger.verify();
  } catch (error) {
    found.push(String(error));
  }
  return found;
}

/** Every event fits the schema and comes from an input; every fill from a placed order and a signal. */
function auditEvents(run: Audited): string[] {
  const { state, seats } = run.engine;
  const names = seats.map((s) => s.strategy.def.id);
  const found: string[] = [];
  const { log } = state;
  const c = log.column;
  for (let seq = 0; seq < log.count; seq++) {
    for (const name of ['at', 'a', 'b'] as const)
      if (Number.isNaN(c[name][seq])) found.push(`event ${seq} ${EVENT_TYPES[c.type[seq]!]}: ${name} is NaN`);
    const parsed = eventSchema.safeParse(narrate(state, names, seq));
    if (!parsed.success) found.push(`event ${seq} ${EVENT_TYPES[c.type[seq]!]}: ${parsed.error.message}`);
    if (c.cause[seq]! >= seq) found.push(`event ${seq} is caused by the later ${c.cause[seq]}`);
    if (c.type[seq] !== EVENT['order-filled']) continue;
    const chain = causes(state, seq);
    const types = chain.map((s) => c.type[s]);
    if (c.cause[chain.at(-1)!]! >= 0 || -1 - c.cause[chain.at(-1)!]! > state.input)
      found.push(`event ${seq}: its causes do not end in an input`);
    if (!types.includes(EVENT['order-placed']) || !types.includes(EVENT['signal-generated']))
      found.push(`event ${seq}: filled without being placed or wanted`);
  }
  return found;
}
