/**
 * What the page does beyond being read: theme, one cursor over equity and drawdown, reasons of fills, sorting and filtering of the
 * trade list. It reads two blocks of JSON in the page, writes text only through `textContent`, and fetches nothing.
 */
export const SCRIPT = `(() => {
'use strict';
const root = document.documentElement;
root.classList.add('scripted');
const find = (selector) => document.querySelector(selector);
const json = (id) => JSON.parse(document.getElementById(id)?.textContent ?? 'null');
const MINUS = '\\u2212';
const group = (text) => text.replace(/^(\\d{5,})/, (whole) => whole.replace(/\\B(?=(\\d{3})+$)/g, '\\u202f'));
const fixed = (value, places) => (value < 0 && Number(value.toFixed(places)) !== 0 ? MINUS : '') + group(Math.abs(value).toFixed(places));
const time = (ms, length) => new Date(ms).toISOString().replace('T', ' ').slice(0, length);

const theme = find('#theme');
const stored = () => { try { return localStorage.getItem('tradewright-theme'); } catch { return null; } };
if (stored()) root.dataset.theme = stored();
theme?.addEventListener('click', () => {
  const now = root.dataset.theme ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
  root.dataset.theme = now === 'dark' ? 'light' : 'dark';
  try { localStorage.setItem('tradewright-theme', root.dataset.theme); } catch { /* a page opened from disk may have no storage */ }
});

/* Writes [label, text] pairs into a strip. */
const write = (strip, pairs) => {
  strip.replaceChildren(...pairs.flatMap(([label, text]) => {
    const value = document.createElement('b');
    value.textContent = text;
    return [document.createTextNode(label + ' '), value];
  }));
};

const equity = json('equity-data');
if (equity) equity.t = equity.t.map((seconds) => equity.startMs + seconds * 1000);
const equityStrip = find('[data-cursor=equity]');
if (equity && equityStrip) {
  const figure = find('#equity-figure');
  const areas = [...figure.querySelectorAll('.area')];
  const cursors = areas.map((area) => {
    const line = document.createElement('div');
    line.className = 'cursor';
    line.hidden = true;
    area.append(line);
    return line;
  });
  const from = equity.t[0];
  const to = equity.t[equity.t.length - 1];
  const show = (i) => {
    const left = ((equity.t[i] - from) / (to - from)) * 100 + '%';
    for (const line of cursors) { line.hidden = false; line.style.left = left; }
    write(equityStrip, [
      [time(equity.t[i], equity.intraday ? 16 : 10), ''],
      ['strategy', fixed(equity.e[i], 2)],
      ...(equity.b ? [['buy & hold', fixed(equity.b[i], 2)]] : []),
      ['drawdown', fixed(equity.d[i] * 100, 2) + '\\u202f%'],
    ]);
  };
  const nearest = (at) => {
    let low = 0;
    let high = equity.t.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (equity.t[middle] < at) low = middle + 1; else high = middle;
    }
    return low > 0 && at - equity.t[low - 1] < equity.t[low] - at ? low - 1 : low;
  };
  let current = equity.t.length - 1;
  const rest = () => { show(equity.t.length - 1); for (const line of cursors) line.hidden = true; };
  for (const area of areas) {
    area.addEventListener('pointermove', (event) => {
      const box = area.getBoundingClientRect();
      current = nearest(from + ((event.clientX - box.left) / box.width) * (to - from));
      show(current);
    });
    area.addEventListener('pointerleave', rest);
    area.tabIndex = 0;
    area.addEventListener('keydown', (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -20, PageDown: 20 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      current = Math.max(0, Math.min(equity.t.length - 1, current + step));
      show(current);
    });
  }
  rest();
}

const table = find('#trade-table');
const body = table?.tBodies[0];
const rows = body ? [...body.rows] : [];
const original = [...rows];

const fills = json('fill-data');
const fillStrip = find('[data-cursor=fill]');
if (fills && fillStrip) {
  const marks = [...document.querySelectorAll('.fills i')];
  /* Marks come by side, and are walked through in time. */
  const walk = marks.map((_, i) => i).sort((a, b) => fills.at[a] - fills.at[b] || a - b);
  let step = -1;
  let last = null;
  const show = (index) => {
    const mark = marks[index];
    if (!mark) return;
    last?.classList.remove('on');
    last = mark;
    mark.classList.add('on');
    const [role, asset] = fills.kinds[fills.kind[index]];
    const reason = fills.why[index];
    const causes = fills.causes[index];
    const cells = typeof reason === 'number' ? original[Math.abs(reason) - 1]?.cells : null;
    const cell = cells ? cells[reason > 0 ? 10 : 11] : null;
    const why = cell ? (cell.firstChild?.textContent ?? '') : String(reason);
    write(fillStrip, [
      [time(fills.startMs + fills.at[index] * 1000, 16), (mark.parentElement.classList.contains('buy') ? '\\u25b2 bought ' : '\\u25bc sold ') + fills.quantity[index] + ' at ' + fills.price[index]],
      [role + ', fee', fills.fee[index] + ' ' + asset],
    ]);
    const quote = document.createElement('q');
    quote.textContent = why + (causes ? ' \\u2190 ' + causes : '');
    fillStrip.append(document.createElement('br'), quote);
  };
  const pointed = (event) => {
    const index = marks.indexOf(event.target);
    if (index < 0) return;
    step = walk.indexOf(index);
    show(index);
  };
  find('#price-plot .area').addEventListener('pointerover', pointed);
  find('#price-plot .area').addEventListener('click', pointed);
  fillStrip.textContent = 'Point at a triangle, or press \\u2190 and \\u2192 on the chart.';
  const area = find('#price-plot .area');
  area.tabIndex = 0;
  area.addEventListener('keydown', (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1, '[': -1, ']': 1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    step = Math.max(0, Math.min(walk.length - 1, step < 0 && by < 0 ? walk.length - 1 : step + by));
    show(walk[step]);
    last?.scrollIntoView({ block: 'nearest', inline: 'center' });
  });
}

if (table && body) {
  const number = (text) => {
    const clean = text.replace(/[\\u202f %]/g, '').replace(MINUS, '-');
    return /^[+-]?\\d+(\\.\\d+)?$/.test(clean) ? Number(clean) : null;
  };
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener('click', () => {
      const falling = head.getAttribute('aria-sort') === 'ascending';
      for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', falling ? 'descending' : 'ascending');
      const keyed = rows.map((row) => ({ row, text: row.cells[column].textContent, value: number(row.cells[column].textContent) }));
      keyed.sort((a, b) => {
        const order = a.value !== null && b.value !== null ? a.value - b.value : a.value !== null ? -1 : b.value !== null ? 1 : a.text < b.text ? -1 : a.text > b.text ? 1 : 0;
        return falling ? -order : order;
      });
      body.append(...keyed.map((k) => k.row));
    });
  });
  const form = find('#filter');
  const apply = () => {
    const text = form.elements.text.value.trim().toLowerCase();
    const side = form.elements.side.value;
    const outcome = form.elements.outcome.value;
    let shown = 0;
    for (const row of rows) {
      const fits = (text === '' || row.textContent.toLowerCase().includes(text))
        && (side === '' || row.cells[3].textContent.endsWith(side))
        && (outcome === '' || row.cells[4].querySelector('.' + outcome) !== null);
      row.hidden = !fits;
      if (fits) shown += 1;
    }
    form.querySelector('output').textContent = shown + (shown === 1 ? ' trade' : ' trades');
  };
  form.addEventListener('input', apply);
  form.addEventListener('submit', (event) => event.preventDefault());
}
})();
`;
