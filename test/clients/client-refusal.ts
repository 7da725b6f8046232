import type { Loose } from './spot-clients.ts';

/** The code in what a client throws: in a field, in the whole answer of a socket, or in the answer's text within the message. */
function thrownCode(thrown: Loose): string | null {
  const code = thrown?.code ?? thrown?.error?.code;
  if (typeof code === 'number') return `${code}`;
  return /\{"code":(-\d+),/.exec(String(thrown?.message))?.[1] ?? null;
}

/** The code with which a client's call, or the first of its rows, was refused; fails where it was not. */
export async function codeOf(call: Promise<Loose>): Promise<string> {
  try {
    const answer = await call;
    const body = typeof answer?.data === 'function' ? await answer.data() : answer;
    if (body?.[0]?.code < 0) return String(body[0].code);
  } catch (error) {
    const code = thrownCode(error);
    if (code === null) throw error;
    return code;
  }
  throw new Error('the call was carried out');
}
