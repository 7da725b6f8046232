export const SELDOM: readonly string[] = [];
