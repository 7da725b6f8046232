import type { Clock } from '../../ports/clock.ts';
import type { SignIn, User, Users } from '../../ports/users.ts';
import { BUSY_MS, inTransaction } from './database.ts';
import { openHomeAccess } from './home-access.ts';

type Columns = Readonly<Record<string, unknown>>;

/** Uses are noted at most this often. */
const NOTE_MS = 60_000;
/** Browsers in which one user is signed in. */
const MOST_SIGN_INS = 50;

/** Users of a server and their sign-ins, in the home database. Throws LatchError (`ports/latches.ts`). */
export function openSqliteUsers(homePath: string, clock: Clock): Users {
  const { db, told } = openHomeAccess(homePath);
  const one = db.prepare('select * from user where name = ?');
  const signedIn = db.prepare(
    'select sign_in.*, user.scopes from sign_in join user on user.name = sign_in.user where id_hash = ?',
  );
  const note = db.prepare('update sign_in set used_at_ms = ? where id_hash = ?');
  const view = (name: string): User | null => {
    const row = one.get(name);
    return row === undefined ? null : userOf(row);
  };
  /** Changes a user and ends the sign-ins, both or neither. */
  const change = (name: string, assignments: string, ...values: readonly (string | number)[]): User | null =>
    told(() =>
      inTransaction(db, () => {
        db.prepare(`update user set ${assignments} where name = ?`).run(...values, name);
        db.prepare('delete from sign_in where user = ?').run(name);
        return view(name);
      }),
    );
  return {
    add: async ({ name, scopes }, passwordHash) =>
      told(() => {
        const nowMs = clock.nowMs();
        const { changes } = db
          .prepare('insert into user values (?, ?, ?, ?, ?, null) on conflict do nothing')
          .run(name, JSON.stringify(scopes), passwordHash, nowMs, nowMs);
        return changes === 0 ? null : view(name);
      }),
    list: async () => told(() => db.prepare('select * from user order by name').all().map(userOf)),
    find: (name) =>
      told(() => {
        const row = one.get(name);
        return row === undefined ? null : { user: userOf(row), passwordHash: String(row['password_hash']) };
      }),
    setPassword: async (name, passwordHash) =>
      change(name, 'password_hash = ?, password_changed_at_ms = ?', passwordHash, clock.nowMs()),
    setScopes: async (name, scopes) => change(name, 'scopes = ?', JSON.stringify(scopes)),
    remove: async (name) =>
      told(() => {
        const found = view(name);
        db.prepare('delete from user where name = ?').run(name);
        return found;
      }),
    signIn: (name, idHash, passwordHash, forgetBeforeMs) =>
      told(() =>
        inTransaction(db, () => {
          const nowMs = clock.nowMs();
          const { changes } = db
            .prepare('update user set signed_in_at_ms = ? where name = ? and password_hash = ?')
            .run(nowMs, name, passwordHash);
          if (changes === 0) return false;
          db.prepare('delete from sign_in where started_at_ms < ?').run(forgetBeforeMs);
          db.prepare(
            'delete from sign_in where user = ?1 and id_hash not in (select id_hash from sign_in where user = ?1 order by started_at_ms desc limit ?2)',
          ).run(name, MOST_SIGN_INS - 1);
          db.prepare('insert into sign_in values (?, ?, ?, ?, ?)').run(idHash, name, nowMs, nowMs, nowMs);
          return true;
        }),
      ),
    signedIn: (idHash) =>
      told(() => {
        const row = signedIn.get(idHash);
        return row === undefined ? null : signInOf(row);
      }),
    used({ idHash, usedAtMs }) {
      const nowMs = clock.nowMs();
      if (nowMs - usedAtMs < NOTE_MS) return;
      // Another program that writes is not waited for: nothing else of this thread would happen meanwhile.
      db.exec('pragma busy_timeout = 0');
      try {
        told(() => note.run(nowMs, idHash));
      } finally {
        db.exec(`pragma busy_timeout = ${BUSY_MS}`);
      }
    },
    proven: (idHash) =>
      void told(() => db.prepare('update sign_in set proven_at_ms = ? where id_hash = ?').run(clock.nowMs(), idHash)),
    signOut: (idHash) => void told(() => db.prepare('delete from sign_in where id_hash = ?').run(idHash)),
    close: async () => db.close(),
  };
}

function userOf(row: Columns): User {
  const { signed_in_at_ms: signedInAtMs } = row;
  return {
    ...{ name: String(row['name']), scopes: JSON.parse(String(row['scopes'])) as string[] },
    createdAtMs: Number(row['created_at_ms']),
    passwordChangedAtMs: Number(row['password_changed_at_ms']),
    signedInAtMs: signedInAtMs === null ? null : Number(signedInAtMs),
  };
}

function signInOf(row: Columns): SignIn {
  return {
    ...{ idHash: String(row['id_hash']), user: String(row['user']) },
    scopes: JSON.parse(String(row['scopes'])) as string[],
    startedAtMs: Number(row['started_at_ms']),
    usedAtMs: Number(row['used_at_ms']),
    provenAtMs: Number(row['proven_at_ms']),
  };
}
