import { Secret } from '../../core/vocabulary/secret.ts';
import { PROVIDER_FACTS, type Provider } from '../../ports/providers.ts';
import { type ConnectionKeys, VaultError } from '../../ports/secret-vault.ts';
import { Failure } from '../failures.ts';
import type { Call, World } from '../world.ts';
import { guardCrashes, orAtTerminal } from './open-account.ts';

/** In a header as it is; shorter ones are none, and would be taken out of every text that has those letters. */
const SHAPE = /^[\x21-\x7e]{8,500}$/;

/** Asks for the key of a provider. Throws {@link Failure} `secret-missing`, `key-unfit`. */
export async function askKey(
  kind: Provider['kind'],
  { askSecret }: Pick<Call, 'askSecret'>,
  which = '',
): Promise<Secret> {
  if (askSecret === null)
    throw new Failure('secret-missing', 'expected a terminal or standard input to ask for a key, found neither');
  const question = `${which}API key of ${PROVIDER_FACTS[kind].title}`;
  const key = await askSecret(question);
  if (SHAPE.test(key.reveal())) return key;
  throw new Failure('key-unfit', `${question}: expected 8 or more letters, digits and signs without spaces`, {
    hint: 'Copy the key again, whole. A server that takes any key needs none: --keyless.',
  });
}

/** As it is sealed: with the address that it may be sent to. */
export function keysOf(url: string, key: Secret): ConnectionKeys {
  return { apiKey: new Secret(url), apiSecret: key };
}

/** The key of a provider, for its own address; null where it has none. Rejects with {@link Failure} `vault-damaged`, `passphrase-needed`. */
export async function keyOf(
  { label, url, secretId }: Provider,
  command: string,
  world: World,
  call: Call,
): Promise<Secret | null> {
  if (secretId === null) return null;
  await guardCrashes(world, call);
  const { apiKey: sealedFor, apiSecret } = await orAtTerminal(command, label, async () =>
    (await world.vaults.open(call.askSecret)).keys(secretId),
  ).catch((error) => {
    // Who removed it was ended half-way.
    if (!(error instanceof VaultError) || error.code !== 'connection-revoked') throw error;
    throw new Failure('key-missing', `provider ${label}: its key was forgotten`, {
      hint: `Remove it with tradewright provider rm ${label}, and add it anew.`,
    });
  });
  if (sealedFor.reveal() === url) return apiSecret;
  throw new Failure(
    'vault-damaged',
    `provider ${label}: its key was sealed for another address than ${url}, and is not sent there`,
    { hint: 'Somebody or something changed the database. Remove the provider, and make another key.' },
  );
}
