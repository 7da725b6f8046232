import type { AccountLine } from '../../api/operations/account.ts';
import type { Output } from '../../api/operations/table.ts';
import { table } from '../table.ts';
import { counted, labelled as labelledBy, minute } from './parts.ts';
import type { Rendering, Scene } from './render.ts';

const WIDTH_OF_LABELS = 13;

/** An account as one line, and what was seen of its key. */
function accountLines(account: AccountLine, scene: Scene): string[] {
  const { style } = scene;
  const labelled = (label: string, text: string): string => labelledBy(label, text, style, WIDTH_OF_LABELS);
  const where = account.environment === 'live' ? style.warn(account.environment) : account.environment;
  return [
    labelled('account', `${style.bold(account.label)}, ${account.venue} ${where}`),
    labelled(
      'keys',
      account.revoked === null ? `sealed ${minute(account.keysChanged)}` : `gone since ${minute(account.revoked)}`,
    ),
    ...(account.permissions === null ? [] : [labelled('may', mayText(account.permissions))]),
  ];
}

function mayText({ canTrade, canWithdraw, ipRestricted, expiresAt }: NonNullable<AccountLine['permissions']>): string {
  const told = (is: boolean | null, yes: string, no: string, unknown: string): string =>
    is === null ? unknown : is ? yes : no;
  return [
    canTrade ? 'trade' : 'not trade',
    told(canWithdraw, 'withdraw', 'not withdraw', 'withdraw: not told'),
    told(ipRestricted, 'from one address', 'from any address', 'address: not told'),
    ...(expiresAt === null ? [] : [`until ${minute(expiresAt)}`]),
  ].join(', ');
}

/** What was taken upon oneself is asked for at every connection anew: in the words in which it was said. */
function checkOf(label: string, { given }: Scene): string {
  const said = [given['accept']].flat().flatMap((words) => (typeof words === 'string' ? [` --accept "${words}"`] : []));
  return `tradewright account check ${label}${said.join('')}`;
}

function triedLines({ tested, accepted }: Output<'account-rotate'>, { style }: Scene): string[] {
  const labelled = (label: string, text: string): string => labelledBy(label, text, style, WIDTH_OF_LABELS);
  return [
    labelled('tried', tested ? style.good('the venue takes the key') : style.warn('not yet')),
    ...accepted.map(({ message }) => labelled('accepted', style.warn(message))),
  ];
}

/** That the master key lies where it should not stay. */
export function masterKeyLine(homeKeyFile: string, { style }: Scene): string {
  return labelledBy(
    'master key',
    `${homeKeyFile}, ${style.warn('beside the database')}. Whoever has both has the keys: move it to another disk, copy it to a safe place, and set TRADEWRIGHT_MASTER_KEY_FILE to where it is.`,
    style,
    WIDTH_OF_LABELS,
  );
}

export function renderAdded(output: Output<'account-add'>, scene: Scene): Rendering {
  const { account, homeKeyFile } = output;
  const lines = [...accountLines(account, scene), ...triedLines(output, scene)];
  if (homeKeyFile !== null) lines.push(masterKeyLine(homeKeyFile, scene));
  return { text: lines.join('\n'), next: checkOf(account.label, scene) };
}

export function renderAccounts({ accounts }: Output<'account-ls'>, { style }: Scene): Rendering {
  if (accounts.length === 0)
    return { text: ' no accounts yet', next: 'tradewright account add <venue> --label <label>' };
  const rows = accounts.map(({ label, venue, environment, keysChanged, revoked, permissions }) => [
    style.bold(label),
    venue,
    environment === 'live' ? style.warn(environment) : environment,
    minute(keysChanged),
    revoked !== null
      ? style.bad(`revoked ${minute(revoked)}`)
      : permissions === null
        ? 'not checked'
        : mayText(permissions),
  ]);
  const columns = [
    { header: 'account' },
    { header: 'venue' },
    { header: 'where' },
    { header: 'keys of' },
    { header: 'may', mayShrink: true },
  ];
  return { text: table(columns, rows, style), next: 'tradewright account check <label>' };
}

export function renderRotated(output: Output<'account-rotate'>, scene: Scene): Rendering {
  return {
    text: [
      ...accountLines(output.account, scene),
      ...triedLines(output, scene),
      labelledBy('old keys', 'overwritten here; delete them at the venue, too', scene.style, WIDTH_OF_LABELS),
    ].join('\n'),
    next: checkOf(output.account.label, scene),
  };
}

export function renderRevoked({ account }: Output<'account-revoke'>, scene: Scene): Rendering {
  return {
    text: [
      ...accountLines(account, scene),
      labelledBy(
        'venue',
        'delete the key there, too: copies of the database have it still, sealed',
        scene.style,
        WIDTH_OF_LABELS,
      ),
    ].join('\n'),
    next: 'tradewright account ls',
  };
}

export function renderRekeyed({ from, keyFile, made, accounts }: Output<'account-rekey'>, { style }: Scene): Rendering {
  const labelled = (label: string, text: string): string => labelledBy(label, text, style, WIDTH_OF_LABELS);
  return {
    text: [
      labelled('vault', `${counted(accounts, 'account')} locked with another master key`),
      labelled('master key', keyFile === null ? 'a passphrase' : `${made ? 'made: ' : ''}${keyFile}`),
      labelled(
        'set',
        from === 'file'
          ? `TRADEWRIGHT_MASTER_KEY_FILE=${keyFile}, and no other source`
          : 'TRADEWRIGHT_MASTER_PASSPHRASE=ask or TRADEWRIGHT_MASTER_PASSPHRASE_FILE, and no other source',
      ),
      labelled('old key', 'opens copies of the database from before: destroy it with them'),
    ].join('\n'),
    next: 'tradewright account ls',
  };
}
