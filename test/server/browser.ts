import assert from 'node:assert/strict';
import { hashPassword } from '../../src/api/http/passwords.ts';
import type { Answer, ServerScene } from './server-scene.ts';

export const PASSWORD = 'four words by chance';
/** Cheap, so that tests are quick; what a hash costs stands in it. */
const CHEAP = { memoryKib: 64, passes: 1, lanes: 1 };

export async function addUser(
  { world }: ServerScene,
  name: string,
  scopes: readonly string[],
  password = PASSWORD,
): Promise<void> {
  await (await world.users()).add({ name, scopes }, await hashPassword(password, CHEAP));
}

export function askSignIn(
  scene: ServerScene,
  name: string,
  password = PASSWORD,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return scene.ask('/api/sign-in', {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: scene.url, ...headers },
    body: { name, password },
  });
}

/** What a browser in which somebody is signed in sends. */
export interface SignedIn {
  readonly cookie: string;
  readonly csrfToken: string;
  /** Of a page of the server that only reads. */
  readonly reads: Readonly<Record<string, string>>;
  /** And of one that does something. */
  readonly does: Readonly<Record<string, string>>;
}

export async function signIn(scene: ServerScene, name: string, password = PASSWORD): Promise<SignedIn> {
  const answer = await askSignIn(scene, name, password);
  assert.equal(answer.status, 200, answer.text);
  const cookie = cookieOf(answer);
  const { csrfToken } = answer.body.data;
  return {
    ...{ cookie, csrfToken },
    reads: { cookie },
    does: { cookie, origin: scene.url, 'sec-fetch-site': 'same-origin', 'x-csrf-token': csrfToken },
  };
}

/** `name=value`, as a browser gives it back. */
export function cookieOf({ headers }: Answer): string {
  return [headers['set-cookie']].flat()[0]!.split(';')[0]!;
}
