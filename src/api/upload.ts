import { z } from 'zod';
import { Failure } from './failures.ts';

/** What servers and clients say to each other of files that are uploaded. */

export const UPLOADS_PATH = '/api/uploads';
export const UPLOAD_TYPE = 'application/octet-stream';
export const UPLOAD_SCHEMA = 'tradewright.upload/1';
export const UPLOAD_LIMITS_SCHEMA = 'tradewright.upload-limits/1';

/** What a file is called: no path, nothing that cannot be seen. */
const NAME = /^(?!\.{1,2}$)[^/\\\p{Cc}]{1,200}$/u;
const WORD = 'upload:';
const UPLOADED = /^upload:([0-9a-f]{32})\/(.+)$/su;

export const uploadInput = z.object({
  name: z
    .string()
    .regex(NAME, 'expected the name of a file, without a path')
    .meta({ description: 'What the file is called: messages name it so, and its symbol is told from it' }),
});

export const uploadOutput = z.object({
  file: z.string().meta({ description: 'What `data import` takes in `files`' }),
  name: z.string(),
  bytes: z.number().int(),
  expires: z.string().meta({ description: 'When it is removed, unless it is imported before' }),
});
export type Upload = z.output<typeof uploadOutput>;

export const uploadLimits = z.object({
  largestBytes: z.number().int().meta({ description: 'Most bytes of a file, and of its text once it is unpacked' }),
  keptS: z.number().int().meta({ description: 'Seconds for which it is kept, unless it is imported before' }),
});
export type UploadLimits = z.output<typeof uploadLimits>;

/** A file that was uploaded, as inputs name it. */
export function uploadText(id: string, name: string): string {
  return `${WORD}${id}/${name}`;
}

/** Which uploaded file a text names; null where it names another file. Throws {@link Failure} `input-invalid` where it only begins like one. */
export function readUpload(text: string): { readonly id: string; readonly name: string } | null {
  if (!text.startsWith(WORD)) return null;
  const [, id = '', name = ''] = UPLOADED.exec(text) ?? [];
  if (id !== '' && NAME.test(name)) return { id, name };
  throw new Failure('input-invalid', 'files: expected an uploaded file as the upload answered it, found another text', {
    details: { field: 'files' },
  });
}

/** Whether a text names what was uploaded and nothing of the machine. */
export function isUpload(text: string): boolean {
  return text.startsWith(WORD);
}
