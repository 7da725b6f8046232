import type { Output } from '../../api/operations/table.ts';
import { table } from '../table.ts';
import { counted, labelled as labelledBy } from './parts.ts';
import type { Rendering, Scene } from './render.ts';

const WIDTH_OF_LABELS = 13;

export function renderAccount(output: Output<'account-check'>, { style }: Scene): Rendering {
  const told = (is: boolean | null): string => (is === null ? style.warn('not told by the venue') : is ? 'yes' : 'no');
  const labelled = (label: string, text: string): string => labelledBy(label, text, style, WIDTH_OF_LABELS);
  const { clockSkewMs, clockUncertaintyMs, balances, positions, accepted } = output;
  const lines = [
    labelled(
      'account',
      [output.label === null ? '' : `${style.bold(output.label)},`, output.venue, output.environment]
        .filter(Boolean)
        .join(' '),
    ),
    labelled('trades', told(output.canTrade)),
    labelled('withdraws', output.canWithdraw === true ? style.warn('yes') : told(output.canWithdraw)),
    labelled('one address', output.ipRestricted === false ? style.warn('no') : told(output.ipRestricted)),
    labelled('expires', output.expiresAt ?? 'no'),
    labelled(
      'clock',
      clockSkewMs === null
        ? 'not measured'
        : `${Math.abs(clockSkewMs).toFixed(0)} ms ${clockSkewMs < 0 ? 'behind' : 'ahead of'} ours, ± ${(clockUncertaintyMs ?? 0).toFixed(0)} ms`,
    ),
    labelled('open', counted(output.openOrders, 'order')),
    ...accepted.map(({ message }) => labelled('accepted', style.warn(message))),
  ];
  const right = { align: 'right' as const };
  if (balances.length > 0)
    lines.push(
      '',
      table(
        [{ header: 'asset' }, { header: 'free', ...right }, { header: 'locked', ...right }],
        balances.map(({ asset, free, locked }) => [style.bold(asset), free, locked]),
        style,
      ),
    );
  if (positions.length > 0)
    lines.push(
      '',
      table(
        [{ header: 'position' }, { header: 'side' }, { header: 'quantity', ...right }, { header: 'entry', ...right }],
        positions.map(({ symbol, side, quantity, entryPrice }) => [style.bold(symbol), side, quantity, entryPrice]),
        style,
      ),
    );
  return { text: lines.join('\n'), next: null };
}
