import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { formatTime } from '../../core/vocabulary/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Uploads } from '../../ports/uploads.ts';
import { Failure } from '../failures.ts';
import { inputFailure } from '../input-failure.ts';
import { operationOf } from '../operations/table.ts';
import { type Role, requireRole } from '../roles.ts';
import {
  UPLOAD_LIMITS_SCHEMA,
  UPLOAD_SCHEMA,
  UPLOAD_TYPE,
  UPLOADS_PATH,
  type Upload,
  type UploadLimits,
  uploadInput,
  uploadLimits,
  uploadOutput,
} from '../upload.ts';
import { uploadText } from '../upload-name.ts';
import type { Client } from './access.ts';
import type { ComingFiles } from './coming-files.ts';
import { requireScope } from './routes.ts';

/** One path by which files come. It is no operation: its body is the file itself. */
export interface UploadRoute {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly name: string;
  readonly summary: string;
  readonly schema: string;
  readonly output: z.ZodObject;
  readonly status: 200 | 201;
}

/** They are for whoever may import. */
export const IMPORT = operationOf('data-import');

export const UPLOAD_ROUTES = [
  {
    ...{ method: 'GET', path: UPLOADS_PATH, name: 'upload-limits', status: 200 },
    summary: 'Tell how large a file may be that is uploaded, and how long it is kept',
    ...{ schema: UPLOAD_LIMITS_SCHEMA, output: uploadLimits },
  },
  {
    ...{ method: 'POST', path: UPLOADS_PATH, name: 'upload', status: 201 },
    summary: 'Upload a file for data import to read; the body is the file as it is',
    ...{ schema: UPLOAD_SCHEMA, output: uploadOutput },
  },
] as const satisfies readonly UploadRoute[];

/** Between two looks for files that are too old. */
const SWEEP_MS = 3_600_000;

export interface UploadRoutesOptions {
  readonly uploads: Uploads;
  readonly coming: ComingFiles;
  readonly clock: Clock;
  readonly roles: ReadonlySet<Role> | null;
  /** What is under way and ends with the server. */
  readonly streams: Set<AbortController>;
  readonly failureOf: (error: unknown) => Failure;
  readonly refuse: (reply: FastifyReply, failure: Failure) => void;
}

type Asked = FastifyRequest & { client?: Client };

/** Adds {@link UPLOAD_ROUTES}, and removes what is too old for as long as the server runs. */
export function addUploadRoutes(app: FastifyInstance, options: UploadRoutesOptions): { close(): void } {
  const { uploads, clock, roles, failureOf, refuse } = options;
  const answers: Readonly<Record<'GET' | 'POST', (request: FastifyRequest) => Promise<Upload | UploadLimits>>> = {
    GET: async () => ({ largestBytes: uploads.largestBytes, keptS: uploads.keptMs / 1000 }),
    POST: (request) => take(request, options),
  };
  // A scope of its own: nowhere else is a body a file.
  void app.register(async (files) => {
    files.removeAllContentTypeParsers();
    files.addContentTypeParser(UPLOAD_TYPE, (_request, body, done) => done(null, body));
    for (const { method, path, schema, status } of UPLOAD_ROUTES)
      files.route({
        ...{ method, url: path, exposeHeadRoute: false },
        async handler(request: Asked, reply) {
          try {
            requireScope(IMPORT, request.client!);
            if (roles !== null) requireRole(IMPORT, roles);
            const data = await answers[method](request);
            const body = { schema, ok: true, data, warnings: [] };
            return await reply
              .code(status)
              .header('content-type', 'application/json; charset=utf-8')
              .send(JSON.stringify(body));
          } catch (error) {
            refuse(reply, failureOf(error));
            return reply;
          }
        },
      });
  });
  let timer = clock.after(0, () => sweep());
  const sweep = (): void => {
    timer = clock.after(SWEEP_MS, sweep);
    // A folder that cannot be read now is looked at again.
    try {
      uploads.sweep();
    } catch {}
  };
  return { close: () => timer.cancel() };
}

async function take(request: FastifyRequest, options: UploadRoutesOptions): Promise<Upload> {
  const { uploads, coming, clock, streams } = options;
  const mark = request.url.indexOf('?');
  const given = Object.fromEntries(new URLSearchParams(mark < 0 ? '' : request.url.slice(mark + 1)));
  const parsed = uploadInput.safeParse(given);
  if (!parsed.success) {
    const { message, details } = inputFailure(parsed.error, given, null);
    throw new Failure('input-invalid', message, { hint: 'POST /api/uploads?name=BTCUSDT_1h.csv', details });
  }
  const { name } = parsed.data;
  if (request.headers['content-type'] === undefined)
    throw new Failure('media-type-unsupported', `expected a file as ${UPLOAD_TYPE}, found nothing`);
  const { 'content-length': length } = request.headers;
  const ending = new AbortController();
  ending.signal.addEventListener('abort', () => void request.raw.destroy());
  streams.add(ending);
  try {
    const saidBytes = length === undefined ? null : Number(length);
    const { id, bytes } = await uploads.keep(coming.parts(request.raw), saidBytes);
    return { file: uploadText(id, name), name, bytes, expires: formatTime(clock.nowMs() + uploads.keptMs) };
  } finally {
    streams.delete(ending);
  }
}
