import type { StatementSync } from 'node:sqlite';
import type { Clock } from '../../ports/clock.ts';
import { LeaseError, type LeaseRow, type LeaseStore } from '../../ports/lease.ts';
import { NewerDatabaseError, openHome } from './home-tables.ts';
import { sqliteFault } from './sqlite-fault.ts';

/**
 * Leases in the home database. Its clock is that of the machine, which all who can open the file share: it must not lie on a network
 * drive.
 */
export function openSqliteLeaseStore(homePath: string, clock: Clock): LeaseStore {
  const told = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      if (error instanceof NewerDatabaseError) throw new LeaseError('newer-version', error.message);
      const fault = sqliteFault(error);
      if (fault === null) throw error;
      const { found, expected, hint } = fault;
      throw new LeaseError('unavailable', `${homePath}: expected ${expected}, found ${found}. ${hint}`, {
        cause: error,
      });
    }
  };
  const db = told(() => openHome(homePath));
  const one = (statement: string, ...values: (string | number)[]): LeaseRow | null =>
    // To the last step, as that is the one that commits.
    told(() => rowOf(db.prepare(statement).all(...values)[0]));
  return {
    view: async (name) => ({ row: one('select * from lease where name = ?', name), nowMs: clock.nowMs() }),
    async take(name, seen, holder, { ttlMs, validityMs, clockErrorMs }) {
      const terms = [ttlMs, validityMs, clockErrorMs];
      if (seen === null)
        return one(
          'insert into lease values (?, 1, ?, 0, ?, ?, ?, ?, 0) on conflict do nothing returning *',
          ...[name, holder, clock.nowMs(), ...terms],
        );
      return one(
        `update lease set epoch = epoch + 1, holder = ?, renewals = 0, renewed_at_ms = ?, ttl_ms = ?, validity_ms = ?,
           clock_error_ms = ?, is_released = 0
         where name = ? and epoch = ? and renewals = ? and is_released = ? returning *`,
        ...[holder, clock.nowMs(), ...terms, name, seen.epoch, seen.renewals, seen.isReleased ? 1 : 0],
      );
    },
    renew: async ({ name, epoch, holder }) =>
      one(
        `update lease set renewals = renewals + 1, renewed_at_ms = ?
         where name = ? and epoch = ? and holder = ? and is_released = 0 returning *`,
        ...[clock.nowMs(), name, epoch, holder],
      ),
    release: async ({ name, epoch, holder }) =>
      one(
        'update lease set is_released = 1 where name = ? and epoch = ? and holder = ? and is_released = 0 returning *',
        ...[name, epoch, holder],
      ) !== null,
    close: async () => db.close(),
  };
}

function rowOf(row: ReturnType<StatementSync['get']>): LeaseRow | null {
  if (row === undefined) return null;
  return {
    name: String(row['name']),
    epoch: Number(row['epoch']),
    holder: String(row['holder']),
    renewals: Number(row['renewals']),
    renewedAtMs: Number(row['renewed_at_ms']),
    terms: {
      ttlMs: Number(row['ttl_ms']),
      validityMs: Number(row['validity_ms']),
      clockErrorMs: Number(row['clock_error_ms']),
    },
    isReleased: row['is_released'] === 1,
  };
}
