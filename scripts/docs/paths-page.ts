import { ROUTES, type Route } from '../../src/api/http/routes.ts';
import { IMPORT, UPLOAD_ROUTES } from '../../src/api/http/upload-routes.ts';
import { anchor, code, page, table } from './markdown.ts';

function namesOf({ face }: Route): string {
  return Object.entries(face?.names ?? {})
    .map(([here, field]) => `${code(here)} is ${code(field)}`)
    .concat(face?.isJob === true ? ['done as a job, which is answered with 202'] : [])
    .concat(face?.page === undefined ? [] : [`${code(face.page)} alone, as a page`])
    .join(', ');
}

function commandOf({ operation }: Route): string {
  if (operation.servedOnly !== undefined) return operation.name;
  return `[${operation.name}](cli.md#${anchor(operation.name)})`;
}

/** Every path of a server, from the table of operations. */
export function pathsPage(): string {
  const further = ROUTES.filter((route) => route.face !== null);
  const own = ROUTES.filter((route) => route.face === null);
  return page(
    'HTTP paths',
    'Every path that `tradewright serve` has, with the operation behind it and the scope it needs. To look things up.',
    [
      'What each field takes stands in `/docs` and `/openapi.json` of a running server. Commands take `dryRun`, and need a header `idempotency-key` unless they are only tried.',
      '## As trading programs expect them\n\nFields have the names of the operation, but for those named here.',
      table(
        ['path', 'operation', 'scope', 'names'],
        further.map((route) => [
          code(`${route.method} ${route.path}`),
          commandOf(route),
          route.operation.scope,
          namesOf(route),
        ]),
      ),
      '## The words of the command line',
      table(
        ['path', 'does', 'scope'],
        own.map((route) => [
          code(`${route.method} ${route.path}`),
          `${commandOf(route)}: ${route.operation.summary}`,
          route.operation.scope,
        ]),
      ),
      '## Files\n\nThe body of an upload is the file itself, as `application/octet-stream`; the query has its `name`. It needs no `idempotency-key`: each upload is a file of its own, which [data import](cli.md#data-import) takes by the name that is answered.',
      table(
        ['path', 'does', 'scope'],
        UPLOAD_ROUTES.map(({ method, path, summary }) => [code(`${method} ${path}`), summary, IMPORT.scope]),
      ),
    ],
  );
}
