/** Fields of one line, trimmed, quotes taken off and doubled quotes undone. For headers and first rows; rows are scanned as bytes. */
export function splitLine(line: string, separator: string): string[] {
  const fields: string[] = [];
  let at = 0;
  while (true) {
    while (line[at] === ' ') at++;
    let field = '';
    if (line[at] === '"') {
      at++;
      while (at < line.length && !(line[at] === '"' && line[at + 1] !== '"')) {
        if (line[at] === '"') at++;
        field += line[at++];
      }
      at++;
    }
    const end = line.indexOf(separator, at);
    field += line.slice(at, end < 0 ? line.length : end);
    fields.push(field.trim());
    if (end < 0) return fields;
    at = end + 1;
  }
}
