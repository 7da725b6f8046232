const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const VALUES = new Uint8Array(128).fill(255);
for (let i = 0; i < DIGITS.length; i++) VALUES[DIGITS.charCodeAt(i)] = i;

/** Numbers as base64 (RFC 4648) of their little-endian doubles: eight bytes each, NaN and infinities included, exact to the bit. */
export function columnToText(values: ArrayLike<number>, count = values.length): string {
  const view = new DataView(new ArrayBuffer(count * 8));
  for (let i = 0; i < count; i++) view.setFloat64(i * 8, values[i]!, true);
  const bytes = new Uint8Array(view.buffer);
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const group = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const left = bytes.length - i;
    text += DIGITS[group >> 18]! + DIGITS[(group >> 12) & 63]!;
    text += left > 1 ? DIGITS[(group >> 6) & 63]! : '=';
    text += left > 2 ? DIGITS[group & 63]! : '=';
  }
  return text;
}

/** The numbers of {@link columnToText}. Throws RangeError for text that is not base64 of whole doubles. */
export function textToColumn(text: string): Float64Array<ArrayBuffer> {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const size = (text.length / 4) * 3 - padding;
  if (text.length % 4 !== 0 || size % 8 !== 0)
    throw new RangeError(`expected base64 of doubles, found ${text.length} characters`);
  const bytes = new Uint8Array(size);
  for (let i = 0, at = 0; i < text.length; i += 4) {
    let group = 0;
    for (let k = 0; k < 4; k++) {
      const code = text.charCodeAt(i + k);
      const value = code === 61 && i + k >= text.length - padding ? 0 : (VALUES[code] ?? 255);
      if (value > 63) throw new RangeError(`expected base64, found ${JSON.stringify(text[i + k])} at ${i + k}`);
      group = (group << 6) | value;
    }
    for (let shift = 16; shift >= 0 && at < size; shift -= 8) bytes[at++] = (group >> shift) & 255;
  }
  const view = new DataView(bytes.buffer);
  return Float64Array.from({ length: size / 8 }, (_, i) => view.getFloat64(i * 8, true));
}
