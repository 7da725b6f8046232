import type { InputOf } from '../../../../src/api/client/client.ts';

export const TYPES = ['market', 'limit', 'stop', 'stop-limit'] as const;
export const SIZES = ['qty', 'notional', 'pctEquity', 'riskPct'] as const;
export type SizeBy = (typeof SIZES)[number];
export const TIMES_IN_FORCE = ['gtc', 'day', 'ioc', 'fok'] as const;

/** An order as it is being written. Amounts are text, as typed. */
export interface Ticket {
  readonly side: 'buy' | 'sell';
  readonly symbol: string;
  readonly type: (typeof TYPES)[number];
  readonly sizeBy: SizeBy;
  readonly size: string;
  readonly limit: string;
  readonly trigger: string;
  readonly stop: string;
  readonly target: string;
  readonly trail: string;
  readonly tif: (typeof TIMES_IN_FORCE)[number];
  readonly postOnly: boolean;
  readonly reduceOnly: boolean;
  readonly reason: string;
}

export const hasLimit = ({ type }: Ticket): boolean => type === 'limit' || type === 'stop-limit';
export const hasTrigger = ({ type }: Ticket): boolean => type === 'stop' || type === 'stop-limit';
/** Whether there is something that a risk can be measured to. */
export const hasStop = ({ stop, trail }: Ticket): boolean => stop !== '' || trail !== '';
const isByRisk = (target: string): boolean => /\dr$/i.test(target);
const isShare = (sizeBy: SizeBy): boolean => sizeBy === 'pctEquity' || sizeBy === 'riskPct';

/** Whether it may be asked to trade as a maker or not at all: only what rests can. */
export const canPostOnly = ({ type, tif }: Ticket): boolean => type === 'limit' && tif !== 'ioc' && tif !== 'fok';
const isPostOnly = (ticket: Ticket): boolean => ticket.postOnly && canPostOnly(ticket);

/** What is still to be filled in, in words; empty for a ticket that can be asked about. */
export function missingOf(ticket: Ticket): readonly string[] {
  return [
    ...(ticket.symbol === '' ? ['a symbol'] : []),
    ...(ticket.size === '' ? ['a size'] : []),
    ...(hasLimit(ticket) && ticket.limit === '' ? ['a limit price'] : []),
    ...(hasTrigger(ticket) && ticket.trigger === '' ? ['a trigger price'] : []),
    ...(ticket.sizeBy === 'riskPct' && !hasStop(ticket) ? ['a stop, as the size is measured to it'] : []),
    ...(isByRisk(ticket.target) && !hasStop(ticket) ? ['a stop, as the target is measured to it'] : []),
  ];
}

/** The order that it asks for. */
export function orderOf(ticket: Ticket, session: string): InputOf<'order place'> {
  const { side, symbol, type, sizeBy, stop, target, trail, tif, reduceOnly, reason } = ticket;
  const size = isShare(sizeBy) ? `${ticket.size.replace(/\s*%$/, '')}%` : ticket.size;
  return {
    ...{ session, side, symbol, type, [sizeBy]: size },
    ...(hasLimit(ticket) ? { limit: ticket.limit } : {}),
    ...(hasTrigger(ticket) ? { trigger: ticket.trigger } : {}),
    ...(stop === '' ? {} : { stop }),
    ...(target === '' ? {} : { target }),
    ...(trail === '' ? {} : { trail }),
    ...(type === 'market' ? {} : { tif }),
    ...(isPostOnly(ticket) ? { postOnly: true } : {}),
    ...(reduceOnly ? { reduceOnly } : {}),
    ...(reason === '' ? {} : { reason }),
  };
}

/** One line of it, to be read before it is sent. */
export function textOf(ticket: Ticket): string {
  const { side, symbol, type, sizeBy, size, limit, trigger, stop, target, trail, reduceOnly } = ticket;
  const amount = { qty: size, notional: `for ${size}`, pctEquity: `${size} % of equity`, riskPct: `${size} % at risk` };
  return [
    ...[side, amount[sizeBy], symbol, type],
    hasTrigger(ticket) ? `trigger ${trigger}` : '',
    hasLimit(ticket) ? `at ${limit}` : '',
    stop === '' ? '' : `stop ${stop}`,
    trail === '' ? '' : `trailing stop ${trail}`,
    target === '' ? '' : `target ${target}`,
    isPostOnly(ticket) ? 'post-only' : '',
    reduceOnly ? 'reduce-only' : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
}
