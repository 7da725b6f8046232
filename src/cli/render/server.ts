import type { ApiKeyLine, ServeUpdate } from '../../api/operations/server.ts';
import type { Output } from '../../api/operations/table.ts';
import { keysLine } from '../key-table.ts';
import { pad } from '../style.ts';
import { counted, flow, labelled } from './parts.ts';
import type { Rendering, Scene } from './render.ts';

export function renderServe(update: ServeUpdate, { style }: Scene): string {
  const { time, url, needsKey, keys, users, answered, underWay, demo, roles, sessions } = update;
  return [
    flow(
      'server',
      [
        style.good('running'),
        `${time.slice(0, 10)} ${time.slice(11, 19)} UTC`,
        `${counted(answered, 'request')} answered`,
        `${underWay} under way`,
      ],
      style,
      12,
    ),
    labelled('desk', style.accent(url), style, 12),
    labelled('docs', style.accent(`${url}/docs`), style, 12),
    labelled('API', `${style.accent(`${url}/api`)}, described in ${url}/openapi.json`, style, 12),
    ...(demo === null ? [] : [labelled('session', `${style.accent(demo)}, paper, on a synthetic market`, style, 12)]),
    labelled('roles', roles.join(' '), style, 12),
    ...(sessions.length === 0 ? [] : [labelled('sessions', sessions.join(' '), style, 12)]),
    labelled(
      'keys',
      needsKey ? `needed; ${counted(keys, 'key')} and ${counted(users, 'user')}` : 'not needed on this machine',
      style,
      12,
    ),
    '',
    style.dim(process.stdin.isTTY === true ? keysLine() : ' Ctrl-C ends it'),
  ].join('\n');
}

export function renderServeEnd({ seconds, answered }: Output<'serve'>, { style }: Scene): Rendering {
  return {
    text: flow('server', ['ended', `${seconds.toFixed(0)} s`, `${counted(answered, 'request')} answered`], style, 12),
    next: null,
  };
}

export function renderKeyAdded({ key, about }: Output<'apikey-add'>, { style }: Scene): Rendering {
  return {
    text: [
      flow('key', [style.accent(key)], style, 12),
      ...keyLines(about, { style }),
      '',
      style.dim(' It is shown this once: only a hash of it is kept.'),
    ].join('\n'),
    next: `tradewright apikey revoke ${about.id}`,
  };
}

export function renderKeys({ keys }: Output<'apikey-ls'>, { style }: Scene): Rendering {
  return {
    text: keys.length === 0 ? ' no keys' : keys.flatMap((key) => keyLines(key, { style })).join('\n'),
    next: keys.length === 0 ? 'tradewright apikey add dashboard' : null,
  };
}

export function renderKeyRevoked({ about }: Output<'apikey-revoke'>, { style }: Scene): Rendering {
  return { text: keyLines(about, { style }).join('\n'), next: 'tradewright apikey ls' };
}

function keyLines(key: ApiKeyLine, { style }: Pick<Scene, 'style'>): readonly string[] {
  const end =
    key.revoked !== null
      ? style.bad(`revoked ${key.revoked.slice(0, 10)}`)
      : key.expires === null
        ? 'never expires'
        : `until ${key.expires.slice(0, 10)}`;
  return [
    flow(pad(style.bold(key.id), 12).trimEnd(), [key.label, key.scopes.join(' '), end], style, 12),
    flow(
      '',
      [
        key.addresses.length === 0 ? 'from any address' : `from ${key.addresses.join(' ')}`,
        key.lastUsed === null ? 'never used' : `last used ${key.lastUsed.slice(0, 16)}`,
      ],
      style,
      12,
    ),
  ];
}
