import { formatTime } from '../../core/vocabulary/time.ts';
import type { ApiKey } from '../../ports/api-keys.ts';
import { Failure } from '../failures.ts';
import { isNetwork, makeKey } from '../http/access.ts';
import type { ApiKeyLine } from '../operations/server.ts';
import type { Input, Output } from '../operations/table.ts';
import type { World } from '../world.ts';

const DAY_MS = 86_400_000;

export async function apikeyAdd(input: Input<'apikey-add'>, world: World): Promise<Output<'apikey-add'>> {
  const wrong = input.ip.find((entry) => !isNetwork(entry));
  if (wrong !== undefined)
    throw new Failure('input-invalid', `ip: expected an address or a network such as 10.0.0.0/8, found ${wrong}`, {
      details: { field: 'ip', found: wrong },
    });
  const { id, text, secretHash } = makeKey();
  const keys = await world.apiKeys();
  const added = await keys.add(
    {
      ...{ id, label: input.label, scopes: [...new Set(input.scope)], addresses: [...new Set(input.ip)] },
      expiresAtMs: world.clock.nowMs() + input.days * DAY_MS,
    },
    secretHash,
  );
  return { key: text, about: lineOf(added) };
}

export async function apikeyLs(_: Input<'apikey-ls'>, world: World): Promise<Output<'apikey-ls'>> {
  return { keys: (await (await world.apiKeys()).list()).map(lineOf) };
}

export async function apikeyRevoke(input: Input<'apikey-revoke'>, world: World): Promise<Output<'apikey-revoke'>> {
  const keys = await world.apiKeys();
  const all = await keys.list();
  const named = all.filter((key) => key.label === input.id && key.revokedAtMs === null);
  const found = all.find((key) => key.id === input.id) ?? (named.length === 1 ? named[0] : undefined);
  const revoked = found === undefined ? null : await keys.revoke(found.id);
  if (revoked === null)
    throw new Failure(
      'api-key-unknown',
      named.length > 1
        ? `${named.length} keys have the label ${input.id}: ${named.map((key) => key.id).join(', ')}`
        : `there is no key ${input.id}`,
      { details: { found: input.id } },
    );
  return { about: lineOf(revoked) };
}

function lineOf(key: ApiKey): ApiKeyLine {
  const time = (ms: number | null): string | null => (ms === null ? null : formatTime(ms));
  return {
    ...{ id: key.id, label: key.label, scopes: [...key.scopes], addresses: [...key.addresses] },
    ...{ created: formatTime(key.createdAtMs), expires: time(key.expiresAtMs) },
    ...{ revoked: time(key.revokedAtMs), lastUsed: time(key.lastUsedAtMs) },
  };
}
