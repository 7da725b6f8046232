import { formatTime } from '../../core/vocabulary/time.ts';
import type { KeptChannel } from '../../ports/alerts.ts';
import type { AlertMessage, Channel, DeliveryOutcome } from '../../ports/notifier.ts';
import { Failure } from '../failures.ts';
import type { ChannelLine } from '../operations/channels.ts';
import type { Input, Output } from '../operations/table.ts';
import type { Call, World } from '../world.ts';
import { requireFit, requireSecretFit } from './channel-fit.ts';
import { keysOf, newSecret, replaced, secretOf } from './channel-secret.ts';
import { keepWithSecret } from './kept-secret.ts';
import { guardCrashes, orAtTerminal } from './open-account.ts';

export async function channelAdd(
  input: Input<'channel-add'>,
  world: World,
  call: Call,
): Promise<Output<'channel-add'>> {
  const { name, kind, to, allow, url = null, from = null, user = null } = input;
  const channel: Channel = { name, kind, url: url?.replace(/\/+$/, '') ?? null, to, from, user, allow };
  requireFit(channel);
  const store = await world.alerts();
  const isTaken = async (): Promise<boolean> => (await store.channels()).some((each) => each.name === name);
  if (await isTaken()) throw taken(name);
  const createdAtMs = world.clock.nowMs();
  if (kind === 'smtp' && user === null) {
    const kept: KeptChannel = {
      ...{ ...channel, secretId: null, createdAtMs, secretChangedAtMs: null, hasFormerSecret: false },
    };
    if (!(await store.addChannel(kept))) throw taken(name);
    return { channel: lineOf(kept, []), secret: null };
  }
  await guardCrashes(world, call);
  const vault = await world.vaults.open(call.askSecret);
  // Before anything is asked for: a wrong master key ends it here.
  await vault.unlock();
  const secret = await newSecret(kind, call.askSecret);
  requireSecretFit(channel, secret.reveal());
  const kept = await keepWithSecret(
    vault,
    { of: 'notify', kind, label: name, taken: taken(name), isTaken },
    keysOf({ current: secret, former: [] }),
    createdAtMs,
    (secretId): KeptChannel => ({
      ...{ ...channel, secretId, createdAtMs, secretChangedAtMs: createdAtMs, hasFormerSecret: false },
    }),
    (each) => store.addChannel(each),
  );
  return { channel: lineOf(kept, []), secret: kind === 'webhook' ? secret.reveal() : null };
}

export async function channelLs(_: Input<'channel-ls'>, world: World): Promise<Output<'channel-ls'>> {
  const store = await world.alerts();
  const rules = await store.rules();
  const usedBy = (name: string): string[] =>
    rules.filter((rule) => [...rule.channels, ...rule.escalateTo].includes(name)).map((rule) => rule.name);
  return { channels: (await store.channels()).map((channel) => lineOf(channel, usedBy(channel.name))) };
}

export async function channelRm(input: Input<'channel-rm'>, world: World, call: Call): Promise<Output<'channel-rm'>> {
  const store = await world.alerts();
  const { channel, rules } = await channelOf(input.name, world);
  if (rules.length > 0)
    throw new Failure('channel-in-use', `channel ${input.name} is used by ${rules.join(', ')}`, {
      details: { found: rules },
    });
  // The vault first: a secret that nobody can find is worse than a channel without one.
  if (channel.secretId !== null) await (await world.vaults.open(call.askSecret)).revoke(channel.secretId);
  await store.removeChannel(input.name);
  return { removed: input.name };
}

export async function channelRotate(
  input: Input<'channel-rotate'>,
  world: World,
  call: Call,
): Promise<Output<'channel-rotate'>> {
  const { channel, rules } = await channelOf(input.name, world);
  const { kind, secretId } = channel;
  if (secretId === null || (input.finish && kind !== 'webhook'))
    throw new Failure(
      'input-invalid',
      `channel ${input.name} has no ${secretId === null ? 'secret' : 'second secret'}`,
      {
        hint: 'tradewright help channel rotate says which channels have one.',
        details: { field: 'name' },
      },
    );
  await guardCrashes(world, call);
  const vault = await world.vaults.open(call.askSecret);
  // Before anything is asked for: what cannot be opened ends it here.
  await secretOf(vault, secretId);
  const fresh = input.finish ? null : await newSecret(kind, call.askSecret);
  if (fresh !== null) requireSecretFit(channel, fresh.reveal());
  const isMade = kind === 'webhook' && fresh !== null;
  await vault.replaceKeys(secretId, (known) => replaced(known, kind, fresh));
  const secretChangedAtMs = fresh === null ? channel.secretChangedAtMs : world.clock.nowMs();
  const change = { secretChangedAtMs, hasFormerSecret: isMade };
  await (await world.alerts()).secretChanged(input.name, change);
  return { channel: lineOf({ ...channel, ...change }, rules), secret: isMade ? fresh.reveal() : null };
}

export async function channelTest(
  input: Input<'channel-test'>,
  world: World,
  call: Call,
): Promise<Output<'channel-test'>> {
  const { channel } = await channelOf(input.name, world);
  const { clock } = world;
  const startMs = clock.elapsedMs();
  const atMs = clock.nowMs();
  const message: AlertMessage = {
    ...{ delivery: `msg_test${Math.floor(atMs)}`, dedupKey: `test-${channel.name}`, alert: 0, rule: 'test' },
    ...{ severity: 'info', kind: 'metric', title: 'This is a test', text: `of the channel ${channel.name}` },
    ...{ session: null, strategy: null, instrument: null, atMs, count: 1, step: 0 },
  };
  const outcome = await orAtTerminal('channel test', channel.name, () => deliverOnce(channel, world, call, message));
  return {
    ...{ name: channel.name, outcome: outcome.kind, reason: outcome.reason },
    elapsedMs: Math.round(clock.elapsedMs() - startMs),
  };
}

/** One attempt through a channel that is opened for it. */
export async function deliverOnce(
  channel: KeptChannel,
  world: World,
  { askSecret }: Pick<Call, 'askSecret'>,
  message: AlertMessage,
): Promise<DeliveryOutcome> {
  const secret =
    channel.secretId === null ? null : await secretOf(await world.vaults.open(askSecret), channel.secretId);
  const notifier = await world.notifiers.open(channel, secret);
  try {
    return await notifier.deliver(message);
  } finally {
    await notifier.close();
  }
}

/** Throws {@link Failure} `channel-unknown`. */
async function channelOf(name: string, world: World): Promise<{ channel: KeptChannel; rules: string[] }> {
  const store = await world.alerts();
  const all = await store.channels();
  const channel = all.find((each) => each.name === name);
  if (channel === undefined)
    throw new Failure('channel-unknown', `there is no channel ${name}`, {
      details: { found: name, expected: all.map((each) => each.name) },
    });
  const rules = (await store.rules()).filter((rule) => [...rule.channels, ...rule.escalateTo].includes(name));
  return { channel, rules: rules.map((rule) => rule.name) };
}

const taken = (name: string): Failure => new Failure('channel-exists', `there is a channel ${name} already`);

function lineOf(channel: KeptChannel, rules: readonly string[]): ChannelLine {
  const { name, kind, url, to, allow, createdAtMs, secretChangedAtMs: changedAtMs, hasFormerSecret } = channel;
  const parsed = url === null ? null : URL.parse(url);
  // What stands behind a question mark is often a token.
  const place = parsed === null ? [] : [`${parsed.protocol}//${parsed.host}${parsed.pathname}`];
  const target = [...to, ...place].join(' ');
  return {
    ...{ name, kind, target, allow: [...allow], created: formatTime(createdAtMs), rules: [...rules] },
    ...{ secretChanged: changedAtMs === null ? null : formatTime(changedAtMs), formerSecret: hasFormerSecret },
  };
}
