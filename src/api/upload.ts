import { z } from 'zod';

/** What servers and clients say to each other of files that are uploaded. */

export const UPLOADS_PATH = '/api/uploads';
export const UPLOAD_TYPE = 'application/octet-stream';
export const UPLOAD_SCHEMA = 'tradewright.upload/1';
export const UPLOAD_LIMITS_SCHEMA = 'tradewright.upload-limits/1';

/** What a file is called: no path, nothing that cannot be seen. */
export const FILE_NAME = /^(?!\.{1,2}$)[^/\\\p{Cc}]{1,200}$/u;

export const uploadInput = z.object({
  name: z
    .string()
    .regex(FILE_NAME, 'expected the name of a file, without a path')
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
