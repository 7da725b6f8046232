import type { SignIn, User, Users } from '../ports/users.ts';
import { first, maybe, type Query, type StateDatabase, type StateRow, type StateValue } from './state-database.ts';

/** Uses are noted at most this often. */
const NOTE_MS = 60_000;
/** Browsers in which one user is signed in. */
const MOST_SIGN_INS = 50;

/** Users of a server and their sign-ins, in the state's database. All times are by the clock of the place, whichever server asks. */
export function storedUsers({ query, transaction }: Pick<StateDatabase, 'query' | 'transaction'>): Users {
  const find = async (ask: Query, name: string): Promise<StateRow | null> =>
    first(await ask('select * from @server_user where name = $1', name));
  const view = async (ask: Query, name: string): Promise<User | null> => {
    const row = await find(ask, name);
    return row === null ? null : userOf(row);
  };
  /** Changes a user and ends the sign-ins, both or neither. Who signs in meanwhile waits for the user's row. */
  const change = (name: string, assignments: string, ...values: readonly StateValue[]): Promise<User | null> =>
    transaction(async (ask) => {
      await ask(`update @server_user set ${assignments} where name = $${values.length + 1}`, ...values, name);
      await ask('delete from @sign_in where user_name = $1', name);
      return view(ask, name);
    });
  return {
    async add({ name, scopes }, passwordHash) {
      const added = await query(
        'insert into @server_user values ($1, $2, $3, @now, @now, null) on conflict do nothing returning *',
        ...[name, JSON.stringify(scopes), passwordHash],
      );
      return added.length === 0 ? null : userOf(added[0]!);
    },
    list: async () => (await query('select * from @server_user order by name')).map(userOf),
    async find(name) {
      const row = await find(query, name);
      return row === null ? null : { user: userOf(row), passwordHash: String(row['password_hash']) };
    },
    setPassword: (name, passwordHash) =>
      change(name, 'password_hash = $1, password_changed_at_ms = @now', passwordHash),
    setScopes: (name, scopes) => change(name, 'scopes = $1', JSON.stringify(scopes)),
    async remove(name) {
      const removed = first(await query('delete from @server_user where name = $1 returning *', name));
      return removed === null ? null : userOf(removed);
    },
    async signIn(name, idHash, passwordHash, longestMs) {
      await query('delete from @sign_in where started_at_ms < @now - $1', longestMs);
      return transaction(async (ask) => {
        const known = await ask(
          'update @server_user set signed_in_at_ms = @now where name = $1 and password_hash = $2 returning name',
          ...[name, passwordHash],
        );
        if (known.length === 0) return false;
        await ask(
          'delete from @sign_in where user_name = $1 and id_hash not in (select id_hash from @sign_in where user_name = $1 order by started_at_ms desc limit $2)',
          ...[name, MOST_SIGN_INS - 1],
        );
        await ask('insert into @sign_in values ($1, $2, @now, @now, @now)', idHash, name);
        return true;
      });
    },
    async signedIn(idHash) {
      const row = first(
        await query(
          'select s.*, u.scopes, @now as seen_at_ms from @sign_in as s join @server_user as u on u.name = s.user_name where s.id_hash = $1',
          idHash,
        ),
      );
      return row === null ? null : signInOf(row);
    },
    async used({ idHash, usedAtMs, seenAtMs }) {
      if (seenAtMs - usedAtMs >= NOTE_MS)
        await query('update @sign_in set used_at_ms = @now where id_hash = $1', idHash);
    },
    async proven(idHash) {
      await query('update @sign_in set proven_at_ms = @now where id_hash = $1', idHash);
    },
    async signOut(idHash) {
      await query('delete from @sign_in where id_hash = $1', idHash);
    },
  };
}

function userOf(row: StateRow): User {
  return {
    ...{ name: String(row['name']), scopes: JSON.parse(String(row['scopes'])) as string[] },
    createdAtMs: Number(row['created_at_ms']),
    passwordChangedAtMs: Number(row['password_changed_at_ms']),
    signedInAtMs: maybe(row['signed_in_at_ms']),
  };
}

function signInOf(row: StateRow): SignIn {
  return {
    ...{ idHash: String(row['id_hash']), user: String(row['user_name']) },
    scopes: JSON.parse(String(row['scopes'])) as string[],
    startedAtMs: Number(row['started_at_ms']),
    usedAtMs: Number(row['used_at_ms']),
    provenAtMs: Number(row['proven_at_ms']),
    seenAtMs: Number(row['seen_at_ms']),
  };
}
