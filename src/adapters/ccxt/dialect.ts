/** Venues that ccxt lists apart and that are one: other hosts for users of other countries, the same protocol. */
const TWINS: Readonly<Record<string, string>> = { myokx: 'okx', okxus: 'okx' };

/** Under which name of ccxt it is known how a venue speaks. */
export const dialectOf = (exchange: string): string => TWINS[exchange] ?? exchange;
