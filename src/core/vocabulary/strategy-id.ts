/** What a strategy may be called. */
export const STRATEGY_ID = /^[a-z][a-z0-9-]{0,47}$/;
