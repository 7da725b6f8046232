import { z } from 'zod';
import { CLOSED, clientFrame, serverFrame } from '../../src/api/websocket/frames.ts';
import { code, type JsonSchema, page, table, typeText } from './markdown.ts';

interface Described extends JsonSchema {
  readonly description?: string;
  readonly default?: unknown;
}

const CLOSE_MEANINGS: Readonly<Record<keyof typeof CLOSED, string>> = {
  goingAway: 'the server ends; connect again',
  unauthenticated: 'no key came in 10 s, or it is not valid, or not any more',
  tooSlow: 'the client did not keep up with a topic that leaves nothing out; connect again and go on with `from`',
  tooOften: 'the client went on asking after many refusals',
};

function sections(schema: z.ZodDiscriminatedUnion, io: 'input' | 'output'): readonly string[] {
  const { oneOf = [] } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as JsonSchema;
  return (oneOf as readonly Described[]).flatMap((frame) => {
    const { k, ...fields } = (frame.properties ?? {}) as Readonly<Record<string, Described>>;
    const rows = Object.entries(fields).map(([name, field]) => [
      code(name),
      typeText(field),
      [
        ...(frame.required?.includes(name) ? [] : ['optional']),
        ...(field.description === undefined ? [] : [field.description]),
      ].join('; '),
    ]);
    const heading = `### ${String(k?.const)}`;
    return [heading, frame.description ?? '', ...(rows.length === 0 ? [] : [table(['field', 'type', ''], rows)])];
  });
}

/** The frames of the server's WebSocket, from their schemas. */
export function websocketPage(): string {
  return page(
    'WebSocket protocol',
    'Every frame that `/ws` of the server takes and sends. To look things up; how to use it: [follow over WebSocket](../how-to/follow-over-websocket.md).',
    [
      'Frames are text, a JSON object each, its kind in `k`. One of the client’s is at most a mebibyte and 32 levels deep. A socket has at most 16 calls under way and 100 subscriptions.',
      '## What a client says',
      ...sections(clientFrame, 'input'),
      '## What the server says',
      ...sections(serverFrame, 'output'),
      '## Why a socket was closed',
      table(
        ['code', 'meaning'],
        [
          ...Object.entries(CLOSED).map(([name, number]) => [
            String(number),
            CLOSE_MEANINGS[name as keyof typeof CLOSED],
          ]),
          ['1009', 'a frame was larger than a mebibyte'],
        ],
      ),
    ],
  );
}
