/** Skips that are known and reasoned. Matched against a test's name or its skip message. */
export const EXPECTED_SKIPS: readonly { readonly test: RegExp; readonly reason: string }[] = [
  { test: /^shared data absent/, reason: 'reference data is not part of the project; the message says which file' },
];
