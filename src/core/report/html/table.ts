import { type Content, html, type Markup } from './markup.ts';

export interface Column<Row> {
  readonly title: Content;
  readonly cell: (row: Row, index: number) => Content;
  /** Numbers stand right-aligned in tabular figures; text left. */
  readonly kind?: 'text' | 'number';
  /** A class on the cell, such as `up` or `down`. */
  readonly tone?: (row: Row) => string | null;
}

export interface TableOptions {
  readonly caption: Content;
  /** Hides the caption from the eye where a heading already says it. */
  readonly quiet?: boolean;
  readonly id?: string;
  /** The first column names its row. */
  readonly rowHeaders?: boolean;
}

/** A table with caption and scoped headers. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[], options: TableOptions): Markup {
  const head = columns.map(
    (c) => html`<th scope="col"${c.kind === 'number' ? html` class="n"` : null}>${c.title}</th>`,
  );
  const body = rows.map(
    (row, index) =>
      html`<tr>${columns.map((c, i) => {
        const tone = c.tone?.(row);
        const classes = [c.kind === 'number' ? 'n' : '', tone ?? ''].filter((name) => name !== '').join(' ');
        const attribute = classes === '' ? null : html` class="${classes}"`;
        return i === 0 && options.rowHeaders
          ? html`<th scope="row"${attribute}>${c.cell(row, index)}</th>`
          : html`<td${attribute}>${c.cell(row, index)}</td>`;
      })}</tr>
`,
  );
  return html`<div class="table" tabindex="0" role="region" aria-label="${options.caption}"><table${
    options.id ? html` id="${options.id}"` : null
  }><caption${options.quiet ? html` class="quiet"` : null}>${options.caption}</caption><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

/** `up` or `down` by sign, for colour beside the sign itself. */
export function tone(value: number | null | undefined): string | null {
  return value === null || value === undefined || value === 0 ? null : value > 0 ? 'up' : 'down';
}
