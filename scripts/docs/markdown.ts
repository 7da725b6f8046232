/** Pieces of Markdown that the generated pages are made of. */

/** Cells must not break their row. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

export function code(text: string): string {
  return `\`${text}\``;
}

export function block(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

/** Title, first line and sections, an empty line between them and one line end behind the last. */
export function page(title: string, first: string, sections: readonly string[]): string {
  return `${[`# ${title}`, first, GENERATED, ...sections].join('\n\n')}\n`;
}

const GENERATED = '<!-- Made by scripts/generate-docs.ts from the code. Change the code, not this page. -->';

/** The anchor of a heading, as GitHub makes it. */
export function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
}

/** A JSON schema as far as it is used here. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly required?: readonly string[];
  readonly $ref?: string;
}

const WORDS: Readonly<Record<string, string>> = { string: 'text', integer: 'whole number', boolean: 'true or false' };

/** A schema in words: `"buy" or "sell"`, `list of number`, `text or null`. */
export function typeText(schema: JsonSchema): string {
  if (schema.$ref !== undefined) return 'JSON';
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' or ');
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) {
    const words = [...new Set(choices.map(typeText))];
    return words.length > 4 ? 'JSON' : words.join(' or ');
  }
  if (schema.type === 'array') return schema.items ? `list of ${typeText(schema.items)}` : 'list';
  if (schema.type === 'object')
    return schema.properties ? `{ ${Object.keys(schema.properties).join(', ')} }` : 'object';
  const types = [schema.type ?? 'JSON'].flat();
  return types.map((type) => WORDS[type] ?? type).join(' or ');
}
