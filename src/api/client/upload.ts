import { CSRF_HEADER } from '../browser-session.ts';
import { UPLOAD_TYPE, UPLOADS_PATH, type Upload, type UploadLimits } from '../upload.ts';
import { ProblemError, problemFrom, unreachable } from './problem.ts';
import { readSession, type Target } from './request.ts';

export interface UploadOptions {
  /** Hears how much has left; only in browsers. */
  readonly progress?: (sentBytes: number, totalBytes: number) => void;
  readonly signal?: AbortSignal;
}

interface Told {
  readonly status: number;
  readonly text: string;
}

/** What this uses of the browser's; `fetch` cannot tell how much has left. */
interface FileRequest {
  readonly upload: { onprogress: ((event: { readonly loaded: number; readonly total: number }) => void) | null };
  readonly status: number;
  readonly responseText: string;
  onload: (() => void) | null;
  onerror: (() => void) | null;
  onabort: (() => void) | null;
  open(method: string, url: string): void;
  setRequestHeader(name: string, value: string): void;
  send(file: Blob): void;
  abort(): void;
}

/** Brings a file to the server. Rejects with {@link ProblemError}. It is sent once: of a second one nobody would know. */
export async function uploadFile(
  target: Target,
  name: string,
  file: Blob,
  options: UploadOptions = {},
): Promise<Upload> {
  const url = `${target.url}${UPLOADS_PATH}?${new URLSearchParams({ name }).toString()}`;
  for (let refused = 0; ; refused++) {
    // A key has no token; of a cookie it may be another one meanwhile.
    if (target.key === undefined && (target.csrfToken === null || refused > 0)) await readSession(target);
    try {
      return dataOf(await send(target, url, file, options)) as Upload;
    } catch (error) {
      if (!(error instanceof ProblemError && error.code === 'csrf-refused' && refused === 0)) throw error;
    }
  }
}

/** How large a file may be. Rejects with {@link ProblemError}. */
export async function readUploadLimits(target: Target): Promise<UploadLimits> {
  const headers = headersOf(target);
  try {
    const response = await target.fetch(`${target.url}${UPLOADS_PATH}`, { headers });
    return dataOf({ status: response.status, text: await response.text() }) as UploadLimits;
  } catch (error) {
    throw error instanceof ProblemError ? error : unreachable(target.url, error);
  }
}

function headersOf({ key, csrfToken }: Target): Record<string, string> {
  return {
    accept: 'application/json',
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    ...(csrfToken === null ? {} : { [CSRF_HEADER]: csrfToken }),
  };
}

function dataOf({ status, text }: Told): unknown {
  let told: unknown;
  try {
    told = JSON.parse(text);
  } catch {
    throw problemFrom(null, status);
  }
  const { ok, data } = (told ?? {}) as { readonly ok?: unknown; readonly data?: unknown };
  if (ok !== true) throw problemFrom(told, status);
  return data;
}

async function send(target: Target, url: string, file: Blob, { progress, signal }: UploadOptions): Promise<Told> {
  const headers = { ...headersOf(target), 'content-type': UPLOAD_TYPE };
  const { XMLHttpRequest: Request } = globalThis as unknown as { readonly XMLHttpRequest?: new () => FileRequest };
  try {
    if (Request !== undefined) return await sendTelling(new Request(), url, file, { headers, progress, signal });
    const response = await target.fetch(url, {
      ...{ method: 'POST', headers, body: file },
      ...(signal === undefined ? {} : { signal }),
    });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    if (signal?.aborted === true) throw new ProblemError('interrupted', 'the upload was ended');
    throw unreachable(target.url, error);
  }
}

function sendTelling(
  request: FileRequest,
  url: string,
  file: Blob,
  options: {
    readonly headers: Readonly<Record<string, string>>;
    readonly progress: UploadOptions['progress'];
    readonly signal: AbortSignal | undefined;
  },
): Promise<Told> {
  const { headers, progress, signal } = options;
  return new Promise((resolve, reject) => {
    request.open('POST', url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => progress?.(loaded, total);
    request.onload = () => resolve({ status: request.status, text: request.responseText });
    request.onerror = () => reject(new Error('no answer'));
    request.onabort = () => reject(new Error('aborted'));
    signal?.addEventListener('abort', () => request.abort(), { once: true });
    if (signal?.aborted === true) reject(new Error('aborted'));
    else request.send(file);
  });
}
