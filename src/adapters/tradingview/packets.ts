/** What a frame holds, in order, and why its rest could not be read. */
export interface DecodedFrame {
  readonly packets: readonly string[];
  readonly fault: string | null;
}

const MARK = '~m~';
const LONGEST_DIGITS = 9;
const HEARTBEAT = /^~h~\d{1,15}$/;

/** One packet as it leaves: its length in UTF-16 units, then the payload. */
export function encodePacket(payload: string): string {
  return `${MARK}${payload.length}${MARK}${payload}`;
}

/** A call of a method of the server. */
export function encodeCall(method: string, parameters: readonly unknown[]): string {
  return encodePacket(JSON.stringify({ m: method, p: parameters }));
}

/** Takes a frame apart by the lengths in it: a payload may hold the mark itself. */
export function decodePackets(frame: string): DecodedFrame {
  const packets: string[] = [];
  let at = 0;
  while (at < frame.length) {
    if (!frame.startsWith(MARK, at)) return { packets, fault: `expected ~m~ at ${at}, found ${excerpt(frame, at)}` };
    const digits = at + MARK.length;
    let end = digits;
    while (end < frame.length && end - digits <= LONGEST_DIGITS && isDigit(frame.charCodeAt(end))) end++;
    const start = end + MARK.length;
    const length = Number(frame.slice(digits, end));
    if (end === digits || end - digits > LONGEST_DIGITS || !frame.startsWith(MARK, end)) {
      return { packets, fault: `expected a length and ~m~ at ${digits}, found ${excerpt(frame, digits)}` };
    }
    if (start + length > frame.length) {
      return { packets, fault: `expected ${length} characters at ${start}, found ${frame.length - start}` };
    }
    packets.push(frame.slice(start, start + length));
    at = start + length;
  }
  return { packets, fault: null };
}

/** Heartbeats are sent back as they came. */
export function isHeartbeat(payload: string): boolean {
  return HEARTBEAT.test(payload);
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function excerpt(text: string, at: number): string {
  return JSON.stringify(text.slice(at, at + 30));
}
