import { Failure } from './failures.ts';
import { FILE_NAME } from './upload.ts';

const WORD = 'upload:';
const UPLOADED = /^upload:([0-9a-f]{32})\/(.+)$/su;

/** A file that was uploaded, as inputs name it. */
export function uploadText(id: string, name: string): string {
  return `${WORD}${id}/${name}`;
}

/** Which uploaded file a text names; null where it names another file. Throws {@link Failure} `input-invalid` where it only begins like one. */
export function readUpload(text: string): { readonly id: string; readonly name: string } | null {
  if (!text.startsWith(WORD)) return null;
  const [, id = '', name = ''] = UPLOADED.exec(text) ?? [];
  if (id !== '' && FILE_NAME.test(name)) return { id, name };
  throw new Failure('input-invalid', 'files: expected an uploaded file as the upload answered it, found another text', {
    details: { field: 'files' },
  });
}

/** Whether a text names what was uploaded and nothing of the machine. */
export function isUpload(text: string): boolean {
  return text.startsWith(WORD);
}
