import type { Output } from '../../api/operations/table.ts';
import { counted, labelled, minute } from './parts.ts';
import type { Rendering, Scene } from './render.ts';

type Head = Output<'journal-verify'>['head'];

const headLine = ({ seq, hash }: Head, { style }: Scene): string => labelled('head', `${seq}:${hash}`, style);

export function renderVerified(output: Output<'journal-verify'>, scene: Scene): Rendering {
  const { style } = scene;
  const lines = [
    labelled(
      'journal',
      `${style.bold(output.session)} ${style.good('intact')}, ${counted(output.records, 'record')}`,
      style,
    ),
    headLine(output.head, scene),
  ];
  return { text: lines.join('\n'), next: `tradewright journal backup ${output.session} <file>` };
}

export function renderBackup(output: Output<'journal-backup'>, scene: Scene): Rendering {
  const { session, file, head } = output;
  const { style } = scene;
  const lines = [
    labelled('journal', `${style.bold(session)}, ${counted(head.seq, 'record')}`, style),
    labelled('file', file, style),
    headLine(head, scene),
  ];
  return { text: lines.join('\n'), next: `tradewright journal restore ${file} --home <folder>` };
}

export function renderRestored(output: Output<'journal-restore'>, scene: Scene): Rendering {
  const { session, records, begun, head } = output;
  const { style } = scene;
  const lines = [
    labelled('journal', `${style.bold(session)}, ${counted(records, 'record')}, begun ${minute(begun)}`, style),
    headLine(head, scene),
  ];
  return { text: lines.join('\n'), next: `tradewright session show ${session}` };
}
