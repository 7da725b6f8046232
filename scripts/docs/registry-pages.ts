import { DEMOTES_TO } from '../../src/core/promotion/standing.ts';
import { type Thresholds, thresholdsSchema } from '../../src/core/promotion/thresholds.ts';
import { BREACH_KINDS, type BreachKind } from '../../src/core/vocabulary/promotion.ts';
import { type ColumnKind, STORED_TABLES, TABLE_NAMES, tableSpec } from '../../src/ports/stored-tables.ts';
import { block, code, page, table } from './markdown.ts';
import { THRESHOLD_MEANINGS } from './threshold-meanings.ts';

const TYPES: Readonly<Record<ColumnKind, readonly [sqlite: string, postgres: string]>> = {
  text: ['text', 'text'],
  decimal: ['text, a decimal', 'numeric'],
  real: ['real', 'double precision'],
  count: ['integer', 'integer'],
  time: ['real, epoch ms', 'double precision, epoch ms'],
  json: ['text, JSON', 'text, JSON'],
  flag: ['integer, 0 or 1', 'boolean'],
};

export function storedTablesPage(): string {
  const sections = TABLE_NAMES.flatMap((name) => {
    const { sql, about, key, columns } = tableSpec(name);
    const rows = columns.map((c) => [
      code(c.name),
      TYPES[c.kind][0],
      TYPES[c.kind][1],
      `${c.about}.${c.isNullable && !/null/i.test(c.about) ? ' Null where there is none.' : ''}`,
    ]);
    return [
      `## ${name}`,
      `Table ${code(sql)}; one row for each ${key.map(code).join(', ')}. ${about}`,
      table(['column', 'SQLite', 'PostgreSQL', 'meaning'], rows),
    ];
  });
  return page('Stored tables', 'Every table that other programs may read, with its columns. To look things up.', [
    `\`tradewright query\` reads them, and so may SQL, dashboards and spreadsheets: in ${code('home.sqlite')} in the home folder, or in PostgreSQL (schema ${code('tradewright')}) where ${code('TRADEWRIGHT_REGISTRY=postgres://…')} or ${code('TRADEWRIGHT_DATABASE')} says so. Open the file for reading only. Accounts with their sealed keys and their environment stand beside them in table ${code('connection')}: see [keep accounts](../how-to/keep-accounts.md).`,
    'Tables of sessions follow their journals, which are the truth: a running session writes its rows every two seconds, after what they tell of is durable, and ' +
      `${code('session_book.follows')} says how many records of the journal they stand for. ${code('tradewright query')} makes rows of sessions that have ended anew where they are missing or behind. Nothing is ever decided by these tables, apart from ${code(STORED_TABLES.history.sql)}, which is the registry itself.`,
    block(
      'sh',
      [
        'npx tradewright query trades --session btc --where "profit<0" --limit 100',
        'npx tradewright query equity --session btc --json',
      ].join('\n'),
    ),
    block(
      'sql',
      [
        "-- PostgreSQL: profit by day. In SQLite: date(exit_time_ms / 1000, 'unixepoch').",
        'select to_timestamp(exit_time_ms / 1000)::date as day, count(*) as trades, sum(profit) as profit',
        "from tradewright.session_trade where session = 'btc' group by day order by day;",
      ].join('\n'),
    ),
    ...sections,
  ]);
}

const BREACHES: Readonly<Record<BreachKind, string>> = {
  'parity-broken': 'A certificate says that a session did not decide as its model does.',
  'reconciliation-difference':
    'The venue’s account is not what the books say, a trade or an order is a stranger’s, or a report came out of place.',
  'invariant-broken': 'The strategy threw.',
  'kill-switch': 'A kill canceled orders or closed positions (levels `cancel-all` and `flatten`).',
};

export function promotionPage(): string {
  const defaults = thresholdsSchema.parse({});
  const names = Object.keys(thresholdsSchema.shape) as (keyof Thresholds)[];
  return page(
    'Promotion: gates and thresholds',
    'What each gate asks for, with defaults, and what takes trust away. To look things up; how to go through them: [promote a strategy](../how-to/promote-a-strategy.md).',
    [
      `Thresholds stand in ${code('promotion.json')} in the home folder. A field that is left out keeps its default, a wrong one is refused; 0 asks for nothing. The gate is named by the stage it leads to.`,
      block('json', JSON.stringify({ paperDays: 30, approvals: 2 }, null, 2)),
      table(
        ['threshold', 'default', 'gate', 'meaning'],
        names.map((name) => [code(name), code(JSON.stringify(defaults[name])), ...THRESHOLD_MEANINGS[name]]),
      ),
      'Unexplained differences must be 0 on all days that count, at a testnet and on paper: alarms that call for a person, and reports that were out of place. The defaults are strict and this project’s choice: RTS 6 (Delegated Regulation (EU) 2017/589), Art. 5 to 8, asks for testing, conformance with the venue and controlled deployment, and names no numbers.',
      '## Breaches',
      'A breach demotes at once. Evidence for later stages that began before it is void.',
      table(
        ['breach', 'how it comes about', 'back to'],
        BREACH_KINDS.map((kind) => [code(kind), BREACHES[kind], code(DEMOTES_TO[kind])]),
      ),
    ],
  );
}
