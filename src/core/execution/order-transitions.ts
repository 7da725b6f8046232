import { ORDER_STATUSES, type OrderStatus, STATUS } from '../vocabulary/order.ts';
import { REPORT_KINDS, type ReportKind } from '../vocabulary/report.ts';

/** The report changes nothing: it repeats what is known, or comes too late to matter. */
export const IGNORED = 255;
/** The report contradicts what is known; it is recorded as an anomaly and the venue is asked. */
export const ANOMALY = 254;

type Row = Readonly<Partial<Record<ReportKind, OrderStatus | 'ignored'>>>;

/**
 * The life of an order as one table: believed status × report → status. What is not listed is an anomaly.
 * Fills are judged by the caller first (by venue trade id), so a fill that arrives here is a new one.
 */
const TABLE: Readonly<Record<OrderStatus, Row>> = {
  // Kept by the engine: it waits for a trigger that the venue cannot watch, or is worked by child orders. The venue knows nothing of it.
  held: { canceled: 'canceled', expired: 'expired', amended: 'held' },
  submitted: {
    accepted: 'open',
    rejected: 'rejected',
    // A fill may overtake the acknowledgement; it proves acceptance.
    filled: 'filled',
    'partly-filled': 'open',
    // Immediate-or-cancel and self-trade prevention end an order that was never shown as open.
    canceled: 'canceled',
    expired: 'expired',
    triggered: 'open',
    amended: 'open',
    lost: 'unknown',
  },
  open: {
    accepted: 'ignored',
    filled: 'filled',
    'partly-filled': 'open',
    canceled: 'canceled',
    expired: 'expired',
    triggered: 'open',
    amended: 'open',
    // A stop that triggers into a rejected order: the venue took it, then refused its child.
    rejected: 'rejected',
    'cancel-rejected': 'ignored',
    lost: 'unknown',
  },
  'cancel-pending': {
    accepted: 'ignored',
    filled: 'filled',
    // Filled in part while the cancel was on its way: the cancel still stands.
    'partly-filled': 'cancel-pending',
    canceled: 'canceled',
    expired: 'expired',
    triggered: 'cancel-pending',
    amended: 'cancel-pending',
    rejected: 'rejected',
    // The venue did not cancel: the order is as open as before, until the venue says more.
    'cancel-rejected': 'open',
    lost: 'unknown',
  },
  unknown: {
    accepted: 'open',
    rejected: 'rejected',
    filled: 'filled',
    'partly-filled': 'open',
    canceled: 'canceled',
    expired: 'expired',
    triggered: 'open',
    amended: 'open',
    'cancel-rejected': 'ignored',
    lost: 'ignored',
  },
  filled: {
    accepted: 'ignored',
    canceled: 'ignored',
    expired: 'ignored',
    triggered: 'ignored',
    amended: 'ignored',
    'cancel-rejected': 'ignored',
    lost: 'ignored',
    // A busted and re-issued trade: the quantity check of the caller decides whether it fits.
    filled: 'filled',
    'partly-filled': 'filled',
  },
  canceled: {
    accepted: 'ignored',
    canceled: 'ignored',
    expired: 'ignored',
    triggered: 'ignored',
    amended: 'ignored',
    'cancel-rejected': 'ignored',
    lost: 'ignored',
    // Late fills happen: the trade was made before the cancel, its message came after. Money moved, so it is booked.
    filled: 'filled',
    'partly-filled': 'canceled',
  },
  rejected: {
    accepted: 'ignored',
    rejected: 'ignored',
    canceled: 'ignored',
    triggered: 'ignored',
    'cancel-rejected': 'ignored',
    lost: 'ignored',
    // The answer said no but the matching engine had said yes: a fill is proof.
    filled: 'filled',
    'partly-filled': 'open',
  },
  expired: {
    accepted: 'ignored',
    canceled: 'ignored',
    expired: 'ignored',
    triggered: 'ignored',
    amended: 'ignored',
    'cancel-rejected': 'ignored',
    lost: 'ignored',
    // As for canceled.
    filled: 'filled',
    'partly-filled': 'expired',
  },
};

const KINDS = REPORT_KINDS.length;
const FLAT = new Uint8Array(ORDER_STATUSES.length * KINDS).fill(ANOMALY);
ORDER_STATUSES.forEach((status, s) => {
  REPORT_KINDS.forEach((kind, k) => {
    const next = TABLE[status][kind];
    if (next !== undefined) FLAT[s * KINDS + k] = next === 'ignored' ? IGNORED : STATUS[next];
  });
});

/** The status after a report, or {@link IGNORED}, or {@link ANOMALY}. */
export function transition(status: number, report: number): number {
  return FLAT[status * KINDS + report]!;
}
