import type { DepthMessage } from './depth-message.ts';

/** What an update is to a book that stands at some change: the next one, one it has already, or one that comes too late for it. */
export type DepthPlace = 'next' | 'stale' | 'gap';

/** How a venue numbers its updates, and where its snapshots come from. */
export interface DepthRules {
  /** `request`: a call of its own. `stream`: the subscription opens with one, so that a new one means subscribing anew. */
  readonly snapshotBy: 'request' | 'stream';
  /** Place of the first update after a snapshot of change `snapshotId`. */
  first(snapshotId: number, update: DepthMessage): DepthPlace;
  /** Place of an update after one that ended with `lastId`. */
  next(lastId: number, update: DepthMessage): DepthPlace;
}

function contiguous(lastId: number, { firstId, finalId }: DepthMessage): DepthPlace {
  if (finalId <= lastId) return 'stale';
  return firstId > lastId + 1 ? 'gap' : 'next';
}

/** Binance spot: `U` … `u` are consecutive changes of the symbol; an update may overlap what is known already. */
export const BINANCE_SPOT_DEPTH: DepthRules = { snapshotBy: 'request', first: contiguous, next: contiguous };

/**
 * Binance USD-M: numbers are shared by all symbols, so only `pu`, the last change of the update before, tells a gap. The first update
 * must hold the snapshot's number; one that begins after it, while the one before ended at or before it, leaves nothing out either.
 */
export const BINANCE_USDM_DEPTH: DepthRules = {
  snapshotBy: 'request',
  first: (snapshotId, { firstId, finalId, previousId }) => {
    if (finalId < snapshotId) return 'stale';
    return firstId <= snapshotId || (previousId >= 0 && previousId <= snapshotId) ? 'next' : 'gap';
  },
  next: (lastId, { finalId, previousId }) => {
    if (previousId === lastId) return 'next';
    return finalId <= lastId ? 'stale' : 'gap';
  },
};

/** MEXC spot: each `fromVersion` is the `toVersion` before it plus 1; only the first after a snapshot may overlap it. */
export const MEXC_SPOT_DEPTH: DepthRules = {
  snapshotBy: 'request',
  first: contiguous,
  next: (lastId, { firstId, finalId }) => {
    if (firstId === lastId + 1) return 'next';
    return finalId <= lastId ? 'stale' : 'gap';
  },
};

/**
 * OKX `books`: each `prevSeqId` is the `seqId` before it. A message without levels whose two numbers are equal says that nothing
 * happened; a `seqId` below its `prevSeqId` means that the venue began to count anew, and the book stays.
 */
export const OKX_DEPTH: DepthRules = {
  snapshotBy: 'stream',
  first: (snapshotId, { previousId }) => (previousId === snapshotId ? 'next' : 'gap'),
  next: (lastId, { previousId }) => (previousId === lastId ? 'next' : 'gap'),
};
