/** Colours by purpose; both sets reach 4.5 : 1 for text and 3 : 1 for marks on their surface. */
export const LIGHT = `--paper:#f7f6f3;--surface:#fffefb;--ink:#1c2126;--soft:#565e68;--faint:#dedbd3;--grid:#eceae4;--up:#1d5fa8;--down:#b8460b;
--up-soft:#dbe8f6;--down-soft:#fbe4d5;--line:#1d4f86;--other:#7b6f5f;--accent:#1d5fa8;--warn:#8a5a00;--warn-soft:#fdf0cf;--bad:#a3261b;--good:#1c6b48;
--u1:#e6eff9;--u2:#c9dff4;--u3:#9fc5ea;--u4:#72a9de;--d1:#fcede3;--d2:#fad7c1;--d3:#f5b890;--d4:#ee9a66;
--r-up:#1d5fa8;--r-down:#b8460b;--r-crash:#8f1d14;--r-gap:#8a5a00;--r-halt:#565e68`;
/** The same for a dark surface. */
export const DARK = `--paper:#101418;--surface:#171c22;--ink:#e9e7e2;--soft:#a3abb5;--faint:#333b45;--grid:#242b33;--up:#74b3f2;--down:#f49a5c;
--up-soft:#1b3148;--down-soft:#45290f;--line:#8cc0f5;--other:#a89b88;--accent:#8cc0f5;--warn:#f0c060;--warn-soft:#3a2e10;--bad:#ff8f84;--good:#6fd0a2;
--u1:#17293c;--u2:#1c3a59;--u3:#225080;--u4:#2a68a8;--d1:#332214;--d2:#4d2f15;--d3:#703f15;--d4:#955018;
--r-up:#74b3f2;--r-down:#f49a5c;--r-crash:#ff6f61;--r-gap:#f0c060;--r-halt:#a3abb5`;
