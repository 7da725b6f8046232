import { z } from 'zod';

type Json = z.output<ReturnType<typeof z.json>>;

/** The published schema of what goes into an operation or comes out of it (JSON Schema 2020-12). */
export function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  return JSON.parse(JSON.stringify(z.toJSONSchema(schema, { io, unrepresentable: 'any' })));
}
