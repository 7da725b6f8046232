import { formatTime } from '../../core/vocabulary/time.ts';
import type { User } from '../../ports/users.ts';
import { Failure } from '../failures.ts';
import { hashPassword } from '../http/passwords.ts';
import type { Input, Output } from '../operations/table.ts';
import type { UserLine } from '../operations/users.ts';
import { weaknessOf } from '../weak-secret.ts';
import type { Call, World } from '../world.ts';

export async function usersAdd(
  { name, scope }: Input<'users-add'>,
  world: World,
  call: Call,
): Promise<Output<'users-add'>> {
  const users = await world.users();
  // Before anybody is asked for a password in vain.
  if ((await users.find(name)) !== null) throw exists(name);
  const passwordHash = await askPassword(name, call);
  const added = await users.add({ name, scopes: [...new Set(scope)] }, passwordHash);
  if (added === null) throw exists(name);
  return { user: lineOf(added) };
}

export async function usersLs(_: Input<'users-ls'>, world: World): Promise<Output<'users-ls'>> {
  return { users: (await (await world.users()).list()).map(lineOf) };
}

export async function usersRemove({ name }: Input<'users-remove'>, world: World): Promise<Output<'users-remove'>> {
  return { user: lineOf(known(name, await (await world.users()).remove(name))) };
}

export async function usersSetPassword(
  { name }: Input<'users-set-password'>,
  world: World,
  call: Call,
): Promise<Output<'users-set-password'>> {
  const users = await world.users();
  known(name, (await users.find(name))?.user ?? null);
  const passwordHash = await askPassword(name, call);
  return { user: lineOf(known(name, await users.setPassword(name, passwordHash))) };
}

export async function usersSetScopes(
  { name, scope }: Input<'users-set-scopes'>,
  world: World,
): Promise<Output<'users-set-scopes'>> {
  return { user: lineOf(known(name, await (await world.users()).setScopes(name, [...new Set(scope)]))) };
}

/** Asks for a password and answers its hash. Throws {@link Failure} `secret-missing`, `password-weak`. */
async function askPassword(name: string, { askSecret }: Call): Promise<string> {
  if (askSecret === null)
    throw new Failure('secret-missing', 'expected a terminal or standard input to ask for a password, found neither');
  const password = (await askSecret(`password of ${name}`, { isNew: true })).reveal();
  const expected = weaknessOf(password, name);
  if (expected !== null) throw new Failure('password-weak', `password of ${name}: expected ${expected}`);
  return hashPassword(password);
}

function known(name: string, user: User | null): User {
  if (user !== null) return user;
  throw new Failure('user-unknown', `there is no user ${name}`, { details: { found: name } });
}

function exists(name: string): Failure {
  return new Failure('user-exists', `there is a user ${name} already`, { details: { found: name } });
}

function lineOf(user: User): UserLine {
  return {
    ...{ name: user.name, scopes: [...user.scopes], created: formatTime(user.createdAtMs) },
    passwordChanged: formatTime(user.passwordChangedAtMs),
    lastSignIn: user.signedInAtMs === null ? null : formatTime(user.signedInAtMs),
  };
}
