import { z } from 'zod';
import { BROWSER_SESSION_SCHEMA, browserSession, CSRF_HEADER } from '../browser-session.ts';
import { DRY_RUN_SCHEMA, dryRunOutput } from '../dry-run.ts';
import { FAILURES, type FailureCode } from '../failures.ts';
import { fieldKind, shapeOf } from '../field-shape.ts';
import { jsonSchema } from '../json-schema.ts';
import { schemaName } from '../operation.ts';
import { isJobOperation } from '../operations/jobs.ts';
import { operationOf } from '../operations/table.ts';
import { UPLOAD_TYPE, uploadInput } from '../upload.ts';
import { inFields } from './path-words.ts';
import { ROUTES, type Route } from './routes.ts';
import { schemaOf } from './serving.ts';
import { SESSION_ROUTES, type SessionRoute } from './session-routes.ts';
import { IMPORT, UPLOAD_ROUTES, type UploadRoute } from './upload-routes.ts';

type Document = Readonly<Record<string, unknown>>;

const GENERAL: readonly FailureCode[] = ['input-invalid', 'unauthenticated', 'scope-missing', 'rate-limited'];
const OF_COMMANDS: readonly FailureCode[] = ['idempotency-key-missing', 'idempotency-conflict', 'body-too-large'];

/** The interface of this server (OpenAPI 3.1), made from the table of operations. */
export function openApiDocument(version: string): Document {
  const paths: Record<string, Document> = {};
  const schemas: Record<string, unknown> = { Problem: PROBLEM, Warning: WARNING };
  schemas['DryRun'] = plain(jsonSchema(dryRunOutput(), 'output'), 'DryRun', schemas);
  schemas['JobAdded'] = plain(jsonSchema(operationOf('jobs-add').output, 'output'), 'JobAdded', schemas);
  for (const route of ROUTES)
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationObject(route, schemas) };
  schemas['BrowserSession'] = plain(jsonSchema(browserSession, 'output'), 'BrowserSession', schemas);
  for (const route of SESSION_ROUTES) paths[route.path] = { [route.method.toLowerCase()]: sessionObject(route) };
  for (const route of UPLOAD_ROUTES)
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: uploadObject(route) };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tradewright',
      version,
      description: 'Every operation that is served. Failures are problem details (RFC 9457) with stable codes.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ key: [] }, { signIn: [] }, {}],
    paths,
    components: {
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'A key of tradewright apikey add: `Bearer tw_…`.' },
        signIn: {
          type: 'apiKey',
          in: 'cookie',
          name: '__Host-tradewright',
          description: `The cookie of /api/sign-in; without TLS its name is \`tradewright\`. Commands need the header ${CSRF_HEADER}, too.`,
        },
      },
      schemas,
    },
  };
}

const PROBLEM = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'hint', 'docs', 'details'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string', description: 'The correlation id of the request.' },
    code: { type: 'string', enum: Object.keys(FAILURES) },
    hint: { type: 'string', description: 'What to do next.' },
    docs: { type: 'string', description: 'The page of the documentation.' },
    details: { type: 'object' },
  },
};

const WARNING = {
  type: 'object',
  required: ['code', 'message', 'hint'],
  properties: { code: { type: 'string' }, message: { type: 'string' }, hint: { type: 'string' } },
};

/**
 * A schema as part of the document, which names the dialect once for all. What it defines for its own use goes to the document's components
 * under a name of its own.
 */
function plain(schema: unknown, name: string, components: Record<string, unknown>): Document {
  const { $schema: _dialect, $defs = {}, ...rest } = schema as Record<string, unknown>;
  const placed = (part: unknown): unknown =>
    JSON.parse(JSON.stringify(part).replaceAll('"#/$defs/', `"#/components/schemas/${name}.`));
  for (const [key, definition] of Object.entries($defs as object)) components[`${name}.${key}`] = placed(definition);
  return placed(rest) as Document;
}

/** A schema whose descriptions name fields where those of the operation name flags. */
function describedInFields(route: Route, schema: unknown): unknown {
  return JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
    key === 'description' && typeof value === 'string' ? inFields(route, value) : value,
  );
}

function operationObject(route: Route, components: Record<string, unknown>): Document {
  const { name: id, operation, face, places } = route;
  const { summary, details, group, scope, kind } = operation;
  const isCommand = kind === 'command';
  const isOnlyTried = face?.fixed?.['dryRun'] === true;
  const isJob = face?.isJob === true;
  const mayBeJob = isJob || (isCommand && !isOnlyTried && isJobOperation(route.id));
  const output = plain(jsonSchema(face?.answer?.schema ?? operation.output, 'output'), `${id}.output`, components);
  const told = (schema: z.ZodObject): unknown => describedInFields(route, jsonSchema(schema, 'input'));
  const input = plain(told(route.input), `${id}.input`, components);
  const dryRun = { $ref: '#/components/schemas/DryRun' };
  const result = enveloped(
    isOnlyTried || isJob
      ? { const: DRY_RUN_SCHEMA }
      : isCommand
        ? { enum: [schemaOf(route), DRY_RUN_SCHEMA] }
        : { const: schemaOf(route) },
    isOnlyTried || isJob ? dryRun : isCommand ? { anyOf: [output, dryRun] } : output,
  );
  const page = { schema: { type: 'string', description: 'One page, with everything in it.' } };
  const lines = {
    schema: { type: 'string', description: 'Updates or progress, an object each, the result or a problem last.' },
  };
  const codes = [...GENERAL, ...(isCommand ? OF_COMMANDS : [])];
  const statuses = [...new Set(codes.map((code) => String(FAILURES[code].status)))];
  return {
    operationId: id,
    summary,
    ...(details === undefined ? {} : { description: inFields(route, details) }),
    tags: [group],
    'x-scope': scope,
    parameters: isCommand
      ? [
          ...parameters(route, input)
            .filter((each) => route.method === 'DELETE' || each['in'] === 'path')
            // Given in the body, it need not be in the address.
            .map((each) => (each['in'] === 'path' ? each : { ...each, required: false })),
          ...(isOnlyTried ? [] : [IDEMPOTENCY]),
          ...(mayBeJob && !isJob ? [PREFER] : []),
        ]
      : parameters(route, input),
    ...(!isCommand
      ? {}
      : {
          requestBody: {
            required: bodyOf(route).safeParse({}).success === false,
            content: {
              'application/json': {
                schema: places.length === 0 ? input : plain(told(bodyOf(route)), `${id}.body`, components),
              },
            },
          },
        }),
    responses: {
      ...(mayBeJob ? { 202: JOB_ADDED } : {}),
      200: {
        description: isJob ? 'What a dry run would do.' : 'Done.',
        content:
          face?.page === undefined
            ? { 'application/json': { schema: result }, 'application/x-ndjson': lines, 'text/event-stream': lines }
            : { 'text/html': page },
      },
      ...Object.fromEntries(statuses.map((status) => [status, problem(codes, status)])),
      default: problem(Object.keys(FAILURES) as FailureCode[], null),
    },
  };
}

/** How people sign in and out, which is no operation. */
function sessionObject({ name, summary, input, needsToken }: SessionRoute): Document {
  const codes: readonly FailureCode[] = [
    'input-invalid',
    'sign-in-refused',
    'csrf-refused',
    'origin-refused',
    'rate-limited',
    'server-busy',
  ];
  const statuses = [...new Set(codes.map((code) => String(FAILURES[code].status)))];
  return {
    operationId: name,
    summary,
    tags: ['sign-in'],
    security: [{}],
    parameters: needsToken ? [TOKEN] : [],
    ...(input === null
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: plain(jsonSchema(input, 'input'), `${name}.input`, {}) } },
          },
        }),
    responses: {
      200: {
        description: 'Who asks now.',
        content: {
          'application/json': {
            schema: enveloped({ const: BROWSER_SESSION_SCHEMA }, { $ref: '#/components/schemas/BrowserSession' }),
          },
        },
      },
      ...Object.fromEntries(statuses.map((status) => [status, problem(codes, status)])),
    },
  };
}

/** The one object that a result is told by, of such a name and data. */
function enveloped(schema: Document, data: unknown): Document {
  return {
    type: 'object',
    required: ['schema', 'ok', 'data', 'warnings'],
    properties: {
      schema,
      ok: { const: true },
      data,
      warnings: { type: 'array', items: { $ref: '#/components/schemas/Warning' } },
    },
  };
}

/** How files come, which is no operation. */
function uploadObject({ method, name, summary, schema, output, status }: UploadRoute): Document {
  const takesFile = method === 'POST';
  const codes: readonly FailureCode[] = [
    ...GENERAL,
    ...(takesFile
      ? (['body-too-large', 'upload-cut-off', 'media-type-unsupported', 'disk-full', 'server-busy'] as const)
      : []),
  ];
  const statuses = [...new Set(codes.map((code) => String(FAILURES[code].status)))];
  const word = jsonSchema(uploadInput, 'input') as { readonly properties: { readonly name: unknown } };
  return {
    operationId: name,
    summary,
    tags: [IMPORT.group],
    'x-scope': IMPORT.scope,
    parameters: takesFile ? [{ name: 'name', in: 'query', required: true, schema: word.properties.name }] : [],
    ...(takesFile ? { requestBody: { required: true, content: { [UPLOAD_TYPE]: {} } } } : {}),
    responses: {
      [status]: {
        description: takesFile ? 'The file is there.' : 'Done.',
        content: {
          'application/json': {
            schema: enveloped({ const: schema }, plain(jsonSchema(output, 'output'), name, {})),
          },
        },
      },
      ...Object.fromEntries(statuses.map((each) => [each, problem(codes, each)])),
    },
  };
}

const TOKEN = {
  name: CSRF_HEADER,
  in: 'header',
  required: true,
  description: 'The `csrfToken` of /api/session.',
  schema: { type: 'string' },
};

const IDEMPOTENCY = {
  name: 'idempotency-key',
  in: 'header',
  required: true,
  description:
    'A new one for each deed; not needed for a dry run. Asked again under the same key within a day, the first answer is given again.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
};

const PREFER = {
  name: 'prefer',
  in: 'header',
  required: false,
  description: 'A job does it where this is `respond-async`: the answer is 202 with the job, at once.',
  schema: { type: 'string' },
};

const JOB_ADDED = {
  description: 'A job does it.',
  headers: { location: { description: 'Where the job is told of.', schema: { type: 'string' } } },
  content: {
    'application/json': {
      schema: enveloped({ const: schemaName(operationOf('jobs-add')) }, { $ref: '#/components/schemas/JobAdded' }),
    },
  },
};

function problem(codes: readonly FailureCode[], status: string | null): Document {
  const own = codes.filter((code) => String(FAILURES[code].status) === status);
  return {
    description: status === null ? 'Any other failure.' : own.join(', '),
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
}

/** What is given in the body: all but what is in the path. */
function bodyOf({ input, places }: Route): z.ZodObject {
  return z.strictObject(Object.fromEntries(Object.entries(input.shape).filter(([name]) => !places.includes(name))));
}

function parameters(route: Route, input: Document): readonly Document[] {
  const {
    input: { shape },
    places,
  } = route;
  const { properties = {} } = input as { properties?: Record<string, unknown> };
  return Object.entries(shape).map(([name, schema]) => {
    const { base, isOptional, meta, isList } = shapeOf(schema as Parameters<typeof shapeOf>[0]);
    const isPairs = fieldKind(base) === 'pairs';
    const isPlace = places.includes(name);
    return {
      name,
      in: isPlace ? 'path' : 'query',
      required: isPlace || !isOptional,
      ...(typeof meta['description'] === 'string' ? { description: inFields(route, meta['description']) } : {}),
      schema: isPairs ? { type: 'array', items: { type: 'string', pattern: '^[^=]+=' } } : properties[name],
      ...(isList || isPairs ? { style: 'form', explode: true } : {}),
    };
  });
}
