import type { Output } from '../../api/operations/table.ts';
import type { UserLine } from '../../api/operations/users.ts';
import { pad } from '../style.ts';
import { flow } from './parts.ts';
import type { Rendering, Scene } from './render.ts';

export function renderUser({ user }: Output<'users-add'>, { style }: Scene): Rendering {
  return { text: userLine(user, { style }), next: 'tradewright users ls' };
}

export function renderUserRemoved({ user }: Output<'users-remove'>, { style }: Scene): Rendering {
  return { text: flow(user.name, ['removed', 'signed in nowhere any more'], style, 12), next: 'tradewright users ls' };
}

export function renderUsers({ users }: Output<'users-ls'>, { style }: Scene): Rendering {
  return {
    text: users.length === 0 ? ' no users' : users.map((user) => userLine(user, { style })).join('\n'),
    next: users.length === 0 ? 'tradewright users add ann' : null,
  };
}

function userLine({ name, scopes, passwordChanged, lastSignIn }: UserLine, { style }: Pick<Scene, 'style'>): string {
  return flow(
    pad(style.bold(name), 12).trimEnd(),
    [
      scopes.join(' '),
      `password of ${passwordChanged.slice(0, 10)}`,
      lastSignIn === null ? 'never signed in' : `last signed in ${lastSignIn.slice(0, 16)}`,
    ],
    style,
    12,
  );
}
