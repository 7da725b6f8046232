/** A connection as it is stored. `info` and `sealed` are JSON; null: the keys were revoked. */
export interface VaultRow {
  readonly id: string;
  readonly venue: string;
  readonly environment: string;
  readonly label: string;
  readonly info: string;
  readonly sealed: string | null;
}

export type VaultChange =
  | { readonly do: 'insert'; readonly row: VaultRow }
  /** Of a row that still is as `seen`. */
  | { readonly do: 'update'; readonly row: VaultRow; readonly seen: VaultRow }
  /** The vault's own line, and every record with it: of each what was seen and what it becomes. */
  | { readonly do: 'rewrap'; readonly header: string; readonly sealed: readonly Rewrapped[] };

export interface Rewrapped {
  readonly id: string;
  readonly seen: string | null;
  readonly sealed: string | null;
}

/** Whether the records of a `rewrap` are all there are, as they are. */
export function isAllOf(rows: readonly VaultRow[], rewrapped: readonly Rewrapped[]): boolean {
  const seen = new Map(rewrapped.map((each) => [each.id, each.seen]));
  return rows.length === seen.size && rows.every((row) => seen.get(row.id) === row.sealed);
}

/** What an adapter gives to the vault. Rejects with VaultError `unavailable` or `newer-version`. */
export interface VaultRows {
  /** As it may be shown. */
  readonly where: string;
  /** The vault's own line; null before the first. */
  header(): Promise<string | null>;
  rows(): Promise<readonly VaultRow[]>;
  /**
   * One transaction, only if the header still is `seenHeader`. `stale`: it is not, or what was to be changed is not as it was seen, or for
   * `rewrap` there are other records than those given. `label-taken`: another connection that is not revoked has venue, environment and label.
   */
  change(seenHeader: string | null, change: VaultChange): Promise<'done' | 'stale' | 'label-taken'>;
  close(): Promise<void>;
}
