import type { Secret } from '../../core/vocabulary/secret.ts';
import { PROVIDER_FACTS, type Provider, type ProviderSeen } from '../../ports/providers.ts';
import { Failure } from '../failures.ts';
import type { Input, Output } from '../operations/table.ts';
import type { Call, World } from '../world.ts';
import { keepWithSecret } from './kept-secret.ts';
import { guardCrashes } from './open-account.ts';
import { askKey, keyOf, keysOf } from './provider-key.ts';
import { lineOf, lookAt, requireReady } from './provider-look.ts';
import { urlObjection } from './url-objection.ts';

export async function providerAdd(
  input: Input<'provider-add'>,
  world: World,
  call: Call,
): Promise<Output<'provider-add'>> {
  const { label, kind, test, keyless, model = null } = input;
  const url = addressOf(input);
  const store = await world.providers();
  const isTaken = async (): Promise<boolean> => (await store.all()).some((each) => each.label === label);
  if (await isTaken()) throw taken(label);
  const draft = async (key: Secret | null): Promise<Omit<Provider, 'secretId'>> => {
    const seen = test ? await seenReady({ label, kind, url }, key, world) : null;
    const createdAtMs = world.clock.nowMs();
    return { label, kind, url, model, createdAtMs, keyChangedAtMs: createdAtMs, seen };
  };
  if (keyless) {
    const provider: Provider = { ...(await draft(null)), secretId: null };
    if (!(await store.add(provider))) throw taken(label);
    warnOfModel(provider, call);
    return { provider: lineOf(provider), homeKeyFile: null };
  }
  await guardCrashes(world, call);
  const vault = await world.vaults.open(call.askSecret);
  // Before anything is asked for: a wrong master key, or an unreadable one, ends it here.
  await vault.unlock();
  const key = await askKey(kind, call);
  const drafted = await draft(key);
  const provider = await keepWithSecret(
    vault,
    { of: 'provider', kind, label, taken: taken(label), isTaken },
    keysOf(url, key),
    drafted.createdAtMs,
    (secretId): Provider => ({ ...drafted, secretId }),
    (each) => store.add(each),
  );
  warnOfModel(provider, call);
  return { provider: lineOf(provider), homeKeyFile: world.vaults.homeKeyFile };
}

export async function providerLs(_: Input<'provider-ls'>, world: World): Promise<Output<'provider-ls'>> {
  return { providers: (await (await world.providers()).all()).map(lineOf) };
}

export async function providerCheck(
  input: Input<'provider-check'>,
  world: World,
  call: Call,
): Promise<Output<'provider-check'>> {
  const provider = await find(input.label, world);
  const seen = await lookAt(provider, await keyOf(provider, 'provider check', world, call), world);
  await (await world.providers()).noteSeen(provider, seen);
  requireReady(provider, seen);
  const checked = { ...provider, seen };
  warnOfModel(checked, call);
  return { provider: lineOf(checked) };
}

export async function providerSet(
  { label, model }: Input<'provider-set'>,
  world: World,
  call: Call,
): Promise<Output<'provider-set'>> {
  const provider = { ...(await find(label, world)), model };
  if (!PROVIDER_FACTS[provider.kind].hasModels) throw noModels(provider);
  if (!(await (await world.providers()).choose(label, model))) throw unknown(label, []);
  warnOfModel(provider, call);
  return { provider: lineOf(provider) };
}

export async function providerRotate(
  { label, test }: Input<'provider-rotate'>,
  world: World,
  call: Call,
): Promise<Output<'provider-rotate'>> {
  const provider = await find(label, world);
  const { secretId } = provider;
  const old = await keyOf(provider, 'provider rotate', world, call);
  if (old === null || secretId === null)
    throw new Failure('input-invalid', `provider ${label} has no key`, {
      hint: 'Remove it, and add it with one.',
      details: { field: 'label' },
    });
  const key = await askKey(provider.kind, call, 'new ');
  if (key.reveal() === old.reveal())
    throw new Failure('key-unfit', `provider ${label}: expected a new key, found the one that is there`, {
      hint: 'Make another key at the provider.',
    });
  const seen = test ? await seenReady(provider, key, world) : null;
  await (await world.vaults.open(call.askSecret)).replaceKeys(secretId, keysOf(provider.url, key));
  const keyChangedAtMs = world.clock.nowMs();
  await (await world.providers()).keyChanged(label, keyChangedAtMs, seen);
  return { provider: lineOf({ ...provider, keyChangedAtMs, seen }) };
}

export async function providerRm(
  { label }: Input<'provider-rm'>,
  world: World,
  call: Call,
): Promise<Output<'provider-rm'>> {
  const { secretId } = await find(label, world);
  // The vault first: a key that nobody can find is worse than a provider without one.
  if (secretId !== null) await (await world.vaults.open(call.askSecret)).revoke(secretId);
  await (await world.providers()).remove(label);
  return { removed: label };
}

/** Asks before anything is kept; throws where it is not ready. */
async function seenReady(
  provider: Pick<Provider, 'label' | 'kind' | 'url'>,
  key: Secret | null,
  world: World,
): Promise<ProviderSeen> {
  const seen = await lookAt(provider, key, world);
  requireReady(provider, seen);
  return seen;
}

/** Throws {@link Failure} `provider-unknown`. */
async function find(label: string, world: World): Promise<Provider> {
  const all = await (await world.providers()).all();
  const found = all.find((each) => each.label === label);
  if (found !== undefined) return found;
  throw unknown(
    label,
    all.map((each) => each.label),
  );
}

function unknown(label: string, known: readonly string[]): Failure {
  const there = known.length === 0 ? 'none yet' : known.join(', ');
  return new Failure('provider-unknown', `there is no provider ${label}; there are: ${there}`, {
    ...(known.length === 0 ? { hint: 'Add one with tradewright provider add.' } : {}),
    details: { expected: known },
  });
}

const taken = (label: string): Failure => new Failure('provider-exists', `there is a provider ${label} already`);

function wrong(field: string, message: string): Failure {
  return new Failure('input-invalid', `${field}: ${message}`, {
    hint: 'tradewright help provider add says what each kind needs.',
    details: { field },
  });
}

const noModels = ({ kind }: Pick<Provider, 'kind'>): Failure =>
  wrong('model', `expected none, as ${PROVIDER_FACTS[kind].title} searches and has no models`);

/** The address of a new provider. Throws {@link Failure} `input-invalid` where it does not fit its kind. */
function addressOf({ kind, url: given, keyless, model }: Input<'provider-add'>): string {
  const { title, url: byDefault, needsKey, hasModels } = PROVIDER_FACTS[kind];
  if (keyless && needsKey) throw wrong('keyless', `${title} needs a key`);
  if (model !== undefined && !hasModels) throw noModels({ kind });
  const url = (given ?? byDefault)?.replace(/\/+$/, '');
  if (url === undefined) throw wrong('url', `expected the address of ${title}, such as http://127.0.0.1:11434/v1`);
  const objection = urlObjection(url, ['https:', 'http:']);
  if (objection !== null) throw wrong('url', `expected ${objection}`);
  const { search, hash } = new URL(url);
  if (search !== '' || hash !== '') throw wrong('url', 'expected nothing behind its path: paths are added to it');
  return url;
}

/** A model that is not listed may be an alias, or misspelt. */
function warnOfModel(provider: Provider, { warn }: Pick<Call, 'warn'>): void {
  if (lineOf(provider).modelListed !== false) return;
  warn({
    code: 'model-not-listed',
    message: `${provider.label} does not list the model ${provider.model}`,
    hint: `tradewright provider check ${provider.label} lists those that it has; some have aliases beside.`,
  });
}
