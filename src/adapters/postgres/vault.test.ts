import { test } from 'node:test';
import { vaultContract } from '../../../test/contracts/secret-vault.ts';
import { postgresScene } from '../../../test/fixtures/postgres-schema.ts';
import { postgresMissing } from '../../../test/servers/postgres.ts';
import type { VaultRow } from '../../durability/vault-rows.ts';
import { systemClock } from '../system/clock.ts';
import { openPostgresVault } from './vault.ts';

const skip = postgresMissing;

if (skip !== false) test('vault (PostgreSQL)', { skip }, () => {});
else
  vaultContract('PostgreSQL', async () => {
    const scene = await postgresScene('vault');
    const { url, schema, sql } = scene;
    // Makes the tables.
    await (
      await openPostgresVault(url, { schema, clock: systemClock(), masterKey: { from: 'file', path: '' } })
    ).close();
    const rows = () => sql<VaultRow>('select * from %s.connection');
    const header = async () => (await sql<{ header: string }>('select header from %s.vault'))[0]!.header;
    return {
      open: (options) => openPostgresVault(url, { schema, clock: systemClock(), ...options }),
      rows,
      header,
      setRow: async ({ id, venue, environment, label, sealed }) => {
        await sql('update %s.connection set venue = $1, environment = $2, label = $3, sealed = $4 where id = $5', [
          ...[venue, environment, label, sealed, id],
        ]);
      },
      setHeader: async (text) => {
        await sql('update %s.vault set header = $1', [text]);
      },
      everything: async () => JSON.stringify([await header(), await rows()]),
      dispose: () => scene.dispose(),
    };
  });
