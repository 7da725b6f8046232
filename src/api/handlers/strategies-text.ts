import type { RunRecord } from '../../ports/registry.ts';

/** Strategies of a kept run in one line: `sma-cross + rsi2-reversion`. */
export const strategiesText = ({ strategies }: RunRecord): string => strategies.map(({ id }) => id).join(' + ');
