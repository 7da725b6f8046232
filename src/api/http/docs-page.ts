import { hash } from 'node:crypto';
import { CSRF_HEADER } from '../browser-session.ts';
import { FAILURES, type FailureCode } from '../failures.ts';
import { shapeOf } from '../field-shape.ts';
import { inFields } from './path-words.ts';
import { ROUTES, type Route } from './routes.ts';

const STYLE = `:root{color-scheme:light dark;--line:#8884;--soft:#888}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h2{margin-top:2.5rem;border-bottom:1px solid var(--line)}h3{margin:1.8rem 0 .3rem}code,pre{font-family:ui-monospace,monospace;font-size:.9em}
pre{overflow-x:auto;padding:.6rem .8rem;border:1px solid var(--line);border-radius:.3rem}table{border-collapse:collapse;width:100%}
td,th{text-align:left;vertical-align:top;padding:.25rem .6rem .25rem 0;border-bottom:1px solid var(--line)}small{color:var(--soft)}`;

/** Nothing from anywhere but this page's own style. */
export const DOCS_POLICY = `default-src 'none'; style-src 'sha256-${hash('sha256', STYLE, 'base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

const asText = (text: string): string =>
  text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`).replace(/\n/g, '<br>');
const code = (text: string): string => `<code>${asText(text)}</code>`;

/** The whole interface on one page, without a script. */
export function docsPage(version: string): string {
  const groups = [...new Set(ROUTES.map((route) => route.operation.group))];
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Tradewright ${asText(version)}: the API</title><style>${STYLE}</style>
<h1>Tradewright ${asText(version)}</h1>
<p>Queries and streams are <code>GET</code> with their input in the address; commands are <code>POST</code> with a JSON object and a header <code>idempotency-key</code>. With <code>accept: application/x-ndjson</code> or <code>text/event-stream</code> a stream goes on and tells each update; over a WebSocket at <code>/ws</code> many do, and go on after a break. Keys go into the header <code>authorization: Bearer tw_…</code>; pages of this server sign in at <code>/api/sign-in</code>, and send the <code>csrfToken</code> of <code>/api/session</code> as <code>${CSRF_HEADER}</code> with each command. The same for programs: <a href="/openapi.json">/openapi.json</a>.</p>
<p>${groups.map((group) => `<a href="#${group}">${group}</a>`).join(' · ')} · <a href="#failures">failures</a></p>
${groups.map(groupSection).join('\n')}
<h2 id="failures">Failures</h2>
<p>A failure is an <code>application/problem+json</code> object (RFC 9457). Its <code>code</code> never changes.</p>
<table><tr><th>code<th>status<th>what to do</tr>
${(Object.keys(FAILURES) as FailureCode[]).map(failureRow).join('\n')}
</table></html>
`;
}

function groupSection(group: string): string {
  const routes = ROUTES.filter((route) => route.operation.group === group);
  return `<h2 id="${group}">${group}</h2>\n${routes.map(routeSection).join('\n')}`;
}

function isPlain(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function routeSection(route: Route): string {
  const { name: id, method, path, operation, input, places, face } = route;
  const fields = Object.entries(input.shape).map(([name, schema]) => {
    const { isOptional, isList, meta, choices, byDefault } = shapeOf(schema as Parameters<typeof shapeOf>[0]);
    const notes = [
      ...(places.includes(name) ? ['in the path'] : isOptional ? [] : ['required']),
      ...(isList ? ['may be repeated'] : []),
      ...(choices.length > 0 ? [choices.join(', ')] : []),
      ...(isPlain(byDefault) ? [`default ${byDefault}`] : []),
    ];
    const { description } = meta;
    const about = typeof description === 'string' ? inFields(route, description) : '';
    return `<tr><td>${code(name)}<td>${asText(about)}${notes.length === 0 ? '' : ` <small>(${asText(notes.join('; '))})</small>`}</tr>`;
  });
  return `<h3 id="${id}">${code(`${method} ${path}`)}</h3>
<p>${asText(operation.summary)}. ${asText(inFields(route, operation.details ?? ''))} <small>Scope ${operation.scope}.${face === null ? '' : ` The same as <a href="#${operation.name.replaceAll(' ', '-')}">${asText(operation.name)}</a>, under names of its own.`}</small></p>
${fields.length === 0 ? '' : `<table>${fields.join('\n')}</table>`}`;
}

function failureRow(id: FailureCode): string {
  return `<tr id="${id}"><td>${code(id)}<td>${FAILURES[id].status}<td>${asText(FAILURES[id].hint)}</tr>`;
}
