import type { VenueEntry } from '../venue-log.ts';
import { exact, shown, times } from './exact.ts';
import { type AuditedLimit, type JournalLine, JournalView, type SeenIntent } from './journal-view.ts';
import { type SeenTrade, type SentRequest, VenueView } from './venue-view.ts';

/** What was agreed before anything happened. Decimals as text. */
export interface Rules {
  readonly kind: 'spot' | 'usdm';
  readonly deposits: Readonly<Record<string, string>>;
  readonly cash: string;
  readonly lot: string;
  /** Limits that the session began with, in lots and orders. */
  readonly limits: { readonly [K in AuditedLimit | 'messageOrders']: number };
  readonly validityMs: number;
  /** The venue's clock and that of the session's machine are apart by so much at most. */
  readonly clockErrorMs: number;
}

/** What a session says of itself: the thing that is audited, no source. Decimals as text. */
export interface Claims {
  readonly position: string;
  /** Value at which the position was acquired; never negative. */
  readonly cost: string;
  /** Ledger, by asset and account. */
  readonly postings: readonly { readonly asset: string; readonly account: string; readonly amount: string }[];
  /** What is too small for the ledger, by asset. */
  readonly unbooked: readonly (readonly [asset: string, amount: string])[];
  readonly openOrders: readonly { readonly order: string; readonly status: string }[];
  /** Messages of its alarms. */
  readonly alarms: readonly string[];
  /** Why it may not add risk; null where it may. */
  readonly notReady: string | null;
}

/** Invariants by the names of the reference; each line is a violation. */
export function audit(
  rules: Rules,
  log: readonly VenueEntry[],
  lines: readonly JournalLine[],
  claims: Claims | null,
): readonly string[] {
  const venue = new VenueView(log);
  const began = new Map(Object.entries(rules.limits).map(([name, most]) => [`account ${name}`, most]));
  const journal = new JournalView(lines, began);
  const found = [...venue.complaints, ...journal.complaints];
  for (const request of venue.sent) sent(rules, journal, request, found);
  positions(rules, venue, journal, found);
  orders(rules, venue, journal, found);
  trades(venue, journal, found);
  if (claims !== null) final(rules, venue, journal, claims, found);
  return found;
}

/** I2, I3: journaled first, with a verdict; as it was journaled; once. */
function sent(rules: Rules, journal: JournalView, request: SentRequest, found: string[]): void {
  const { order, kind, tick, parameters, life } = request;
  if (life < 0) return;
  if (kind === 'cancel') {
    const intent = journal.cancels.find((each) => each.order === order && each.tick < tick);
    // A process whose journal is gone may still withdraw what rests: it writes nothing any more after that.
    const isSilent = (journal.lastTick.get(life) ?? 0) < tick;
    if (intent === undefined && !isSilent) found.push(`I2: a cancel of ${order} leaves without a record before it`);
    return;
  }
  const intent = journal.places.get(order);
  if (intent === undefined || intent.tick >= tick) {
    found.push(`I2: ${order} leaves at ${tick} and is durable ${intent === undefined ? 'never' : `at ${intent.tick}`}`);
    return;
  }
  if (intent.verdict['code'] !== 'approved') found.push(`I2: ${order} leaves without an approval`);
  contentDiffers(intent, parameters, found);
  const stampMs = Number(parameters['timestamp']);
  if (stampMs > intent.validUntilMs + rules.clockErrorMs)
    found.push(`I2: ${order} is signed ${stampMs - intent.validUntilMs} ms after its time is over`);
  if (Number(parameters['recvWindow']) > rules.validityMs)
    found.push(`I11: ${order} is valid for ${parameters['recvWindow']} ms`);
}

const SENT_FIELDS: readonly (readonly [journaled: string, wire: readonly string[]])[] = [
  ['quantity', ['quantity']],
  ['limit', ['price']],
  ['trigger', ['stopPrice', 'triggerPrice']],
];

function contentDiffers(intent: SeenIntent, parameters: Readonly<Record<string, string>>, found: string[]): void {
  const { content, order } = intent;
  if (String(content['side']).toUpperCase() !== parameters['side'] || content['symbol'] !== parameters['symbol'])
    found.push(`I2: ${order} leaves as ${parameters['side']} ${parameters['symbol']}, journaled is another`);
  for (const [journaled, wire] of SENT_FIELDS) {
    const value = wire.map((name) => parameters[name]).find((each) => each !== undefined);
    if (value === undefined && content[journaled] === undefined) continue;
    if (value === undefined || content[journaled] === undefined || exact(value) !== exact(content[journaled]))
      found.push(`I2: ${order} leaves with ${journaled} ${value}, journaled is ${String(content[journaled])}`);
  }
}

/** I1, I4, I11: at most one effect; what is denied is not there; epochs never go back. */
function orders(rules: Rules, venue: VenueView, journal: JournalView, found: string[]): void {
  const times = new Map<string, number>();
  for (const { order, kind, life } of venue.sent)
    if (kind === 'place' && life >= 0) times.set(order, (times.get(order) ?? 0) + 1);
  for (const [order, count] of times) if (count > 1) found.push(`I3: ${order} is sent ${count} times`);
  for (const seen of venue.orders.values()) {
    const intent = journal.places.get(seen.id);
    if (intent === undefined) continue;
    if (seen.accepted.length > 1) found.push(`I1: ${seen.id} is accepted ${seen.accepted.length} times`);
    const denied = journal.denied.get(seen.id);
    // One that was canceled or expired before, without a trade, has had no effect and has none: that it never was is as good.
    if (denied !== undefined && !(seen.filled === 0n && seen.endedTick < denied.tick))
      found.push(`I4: ${seen.id} is at the venue, and the journal says ${denied.why}`);
    const held = positionBefore(venue, journal, intent.tick);
    const exits = seen.reduces || (seen.side === 'BUY' ? held < 0n : held > 0n);
    const most = exact(rules.lot) * BigInt(journal.allowed('orderSizeLots', intent));
    if (!exits && seen.quantity > most) found.push(`I9: ${seen.id} is of ${shown(seen.quantity)}`);
  }
  epochs(venue, journal, found);
}

/** I11: once a holder of a higher epoch has sent something, nothing of a lower one is taken any more. */
function epochs(venue: VenueView, journal: JournalView, found: string[]): void {
  const firstLeft = new Map<number, number>();
  for (const { order, kind, tick } of venue.sent) {
    const epoch = kind === 'place' ? journal.places.get(order)?.epoch : undefined;
    if (epoch !== undefined) firstLeft.set(epoch, Math.min(firstLeft.get(epoch) ?? Number.POSITIVE_INFINITY, tick));
  }
  for (const { id, accepted } of venue.orders.values()) {
    const intent = journal.places.get(id);
    if (intent === undefined) continue;
    for (const [epoch, tick] of firstLeft)
      for (const { takenTick } of accepted)
        if (epoch > intent.epoch && takenTick > tick)
          found.push(
            `I11: ${id} of epoch ${intent.epoch} is taken at ${takenTick}, after epoch ${epoch} began to send`,
          );
  }
}

/** The session's position when an order was decided. */
function positionBefore(venue: VenueView, journal: JournalView, tick: number): bigint {
  return venue.trades
    .filter((trade) => trade.tick < tick && journal.places.has(venue.ownerOf(trade)))
    .reduce((sum, { sign, quantity }) => sum + sign * quantity, 0n);
}

/**
 * I9: never more than was allowed when the order was decided, whatever of the open entries fills. One that was decided later and has traded
 * already counted the order as filled, by the limits of then.
 */
function positions(rules: Rules, venue: VenueView, journal: JournalView, found: string[]): void {
  const traded: SeenIntent[] = [];
  let position = 0n;
  for (const trade of venue.trades) {
    const order = venue.ownerOf(trade);
    const intent = journal.places.get(order);
    if (intent === undefined) continue;
    if (!traded.includes(intent)) traded.push(intent);
    const counted = traded
      .filter((each) => each.tick >= intent.tick)
      .map((each) => journal.allowed('positionLots', each));
    const most = exact(rules.lot) * BigInt(Math.max(...counted));
    position += trade.sign * trade.quantity - feeInBase(trade);
    const size = position < 0n ? -position : position;
    const grows = trade.sign > 0n === position > 0n;
    if (grows && size > most + exitsUnforeseen(venue, journal, intent, trade))
      found.push(`I9: a position of ${shown(position)} after trade ${trade.id}`);
    const seen = venue.orders.get(order);
    if (seen === undefined) continue;
    seen.filled += trade.quantity;
    if (seen.filled > seen.quantity) found.push(`I1: ${order} fills more than was sent`);
  }
}

/**
 * What exits traded before, of which an order's decision could not know: they were asked for later, or were being canceled. All others count
 * with the order, as if they had filled.
 */
function exitsUnforeseen(venue: VenueView, journal: JournalView, decided: SeenIntent, { tick }: SeenTrade): bigint {
  const isUnforeseen = (exit: string): boolean =>
    (journal.places.get(exit)?.tick ?? 0) > decided.tick ||
    journal.cancels.some((each) => each.order === exit && each.tick <= decided.tick);
  return venue.trades
    .filter((each) => each.tick < tick && (venue.orders.get(venue.ownerOf(each))?.reduces ?? false))
    .filter(({ id }) => (journal.fills.get(id)?.tick ?? Number.POSITIVE_INFINITY) >= decided.tick)
    .filter((each) => isUnforeseen(venue.ownerOf(each)))
    .reduce((sum, { quantity }) => sum + quantity, 0n);
}

/** I5: what is told of trades is what the venue has traded, to the last digit. */
function trades(venue: VenueView, journal: JournalView, found: string[]): void {
  const seen = new Map(venue.trades.map((trade) => [trade.id, trade]));
  for (const { id, row } of journal.fills.values()) {
    const trade = seen.get(id);
    if (trade === undefined) {
      found.push(`I5: trade ${id} is told and was never made`);
      continue;
    }
    const isSame =
      exact(row['quantity']) === trade.quantity &&
      exact(row['price']) === trade.price &&
      exact(row['fee']) === trade.fee &&
      (row['side'] === 'buy') === trade.sign > 0n;
    if (!isSame) found.push(`I5: trade ${id} is told as ${JSON.stringify(row)}`);
  }
}

const UNSETTLED = new Set(['submitted', 'unknown', 'cancel-pending']);

/** After healing: I6, I7, I20. */
function final(rules: Rules, venue: VenueView, journal: JournalView, claims: Claims, found: string[]): void {
  const statement = venue.statement!;
  const own = venue.trades.filter((trade) => journal.places.has(venue.ownerOf(trade)));
  for (const { id } of own) if (!journal.fills.has(id)) found.push(`I5: trade ${id} was never told`);
  const listed = new Set((statement.trades as readonly { readonly id: unknown }[]).map(({ id }) => String(id)));
  for (const { id } of venue.trades) if (!listed.has(id)) found.push(`venue: trade ${id} is not in its list`);
  // I6.
  const sum = own.reduce((total, trade) => total + trade.sign * trade.quantity - feeInBase(trade), 0n);
  // Where fees are taken out of what is bought, less than a lot is left beside the position.
  const beside = sum - exact(claims.position);
  if (beside < 0n || (rules.kind === 'spot' ? beside >= exact(rules.lot) : beside !== 0n))
    found.push(`I6: fills sum to ${shown(sum)}, the position is ${claims.position}`);
  const totals = new Map<string, bigint>();
  for (const { asset, amount } of claims.postings) totals.set(asset, (totals.get(asset) ?? 0n) + exact(amount));
  for (const [asset, total] of totals) if (total !== 0n) found.push(`I6: postings of ${asset} sum to ${shown(total)}`);
  money(rules, venue, journal, claims, found);
  // I7.
  const resting = new Set<string>();
  for (const row of statement.openOrders as readonly { readonly [key: string]: unknown }[]) {
    const id = String(row['clientAlgoId'] ?? row['clientOrderId']);
    if (journal.places.has(id)) resting.add(id);
  }
  const believed = claims.openOrders.filter(({ status }) => status !== 'held');
  for (const { order, status } of believed)
    if (!resting.has(order)) found.push(`I7: ${order} is believed ${status} and does not rest at the venue`);
  for (const order of resting)
    if (!believed.some((each) => each.order === order)) found.push(`I7: ${order} rests and nobody knows it`);
  // I20.
  for (const { order, status } of believed) if (UNSETTLED.has(status)) found.push(`I20: ${order} is still ${status}`);
  if (claims.notReady !== null) found.push(`I20: not ready: ${claims.notReady}`);
}

function feeInBase({ fee, feeAsset }: SeenTrade): bigint {
  return feeAsset === 'BTC' ? fee : 0n;
}

/** Cash to the smallest unit: what was paid in and what the trades did to it is what the venue holds, and what the books say. */
function money(rules: Rules, venue: VenueView, journal: JournalView, claims: Claims, found: string[]): void {
  const held = new Map(Object.entries(rules.deposits).map(([asset, amount]) => [asset, exact(amount)]));
  const booked = new Map([['USDT', exact(rules.cash)]]);
  const add = (map: Map<string, bigint>, asset: string, amount: bigint): void => {
    map.set(asset, (map.get(asset) ?? 0n) + amount);
  };
  let hasStrangers = false;
  for (const trade of venue.trades) {
    const isOwn = journal.places.has(venue.ownerOf(trade));
    hasStrangers ||= !isOwn;
    for (const map of isOwn ? [held, booked] : [held]) {
      if (rules.kind === 'spot') {
        add(map, 'BTC', trade.sign * trade.quantity);
        add(map, 'USDT', -trade.sign * times(trade.quantity, trade.price));
      } else add(map, 'USDT', trade.profit);
      if (trade.fee !== 0n) add(map, trade.feeAsset, -trade.fee);
    }
  }
  for (const { amount } of venue.funding) add(held, 'USDT', amount);
  const told = venue.funding.filter(({ atMs }) => journal.fundedMs.has(atMs));
  for (const { amount } of told) add(booked, 'USDT', amount);
  for (const [asset, amount] of statementOf(rules, venue))
    if ((held.get(asset) ?? 0n) !== amount)
      found.push(`I6: the venue holds ${shown(amount)} ${asset}, its trades say ${shown(held.get(asset) ?? 0n)}`);
  const wallet = new Map<string, bigint>();
  for (const { asset, account, amount } of claims.postings) if (account === 'wallet') add(wallet, asset, exact(amount));
  for (const [asset, amount] of claims.unbooked) add(wallet, asset, exact(amount));
  const differs = (asset: string, amount: bigint, allowed: bigint): string | null => {
    const off = amount - (wallet.get(asset) ?? 0n);
    return (off < 0n ? -off : off) <= allowed
      ? null
      : `the books hold ${shown(wallet.get(asset) ?? 0n)} ${asset}, trades say ${shown(amount)}`;
  };
  if (rules.kind === 'spot') {
    for (const [asset, amount] of booked) {
      const off = differs(asset, amount, 0n);
      if (off !== null) found.push(`I6: ${off}`);
    }
    return;
  }
  // Of a position that is not only ours, nobody can say whose funding it is.
  if (hasStrangers && venue.funding.length > 0) return;
  // In whatever order trades are told: what was paid and what is held are what the trades were.
  const fills = venue.trades.filter((trade) => journal.places.has(venue.ownerOf(trade)));
  let paid = exact(rules.cash) + told.reduce((sum, { amount }) => sum + amount, 0n);
  for (const { sign, quantity, price, fee } of fills) paid -= sign * times(quantity, price) + fee;
  const cost = exact(claims.cost) * (exact(claims.position) < 0n ? -1n : 1n);
  const off = differs('USDT', paid + cost, 0n);
  if (off !== null) found.push(`I6: ${off}`);
  // Profit as the venue reckons it depends on the order of trades, and is rounded for each of them. A difference is told.
  const allowed = exact('0.00000011') * BigInt(fills.length);
  const apart = hasStrangers ? null : differs('USDT', booked.get('USDT')!, allowed);
  const isTold = claims.alarms.some((text) => text.includes('USDT: the venue holds'));
  if (apart !== null && !isTold) found.push(`I7: nobody was told that ${apart}`);
  if (apart !== null && isInOrder(fills, journal)) found.push(`I6: ${apart}`);
  // Whoever was away, or deaf, finds it in the venue's history.
  if (!hasStrangers && told.length < venue.funding.length)
    found.push(`I6: ${venue.funding.length - told.length} payments of funding were never told`);
}

/** Whether trades were told in the order in which they were made. */
function isInOrder(fills: readonly SeenTrade[], journal: JournalView): boolean {
  const told = [...journal.fills.keys()].map(Number);
  return fills.length > 0 && told.every((id, k) => k === 0 || id > told[k - 1]!);
}

function statementOf(rules: Rules, venue: VenueView): ReadonlyMap<string, bigint> {
  const { account } = venue.statement!;
  type Balances = { readonly balances: readonly { readonly [key: string]: string }[] };
  const held = new Map<string, bigint>();
  for (const row of (account as unknown as Balances).balances)
    if (rules.kind === 'spot') held.set(row['asset']!, exact(row['free']) + exact(row['locked']));
    else held.set(row['asset']!, exact(row['balance']));
  return held;
}
