import type { Page } from 'playwright-core';
import type { ClientFrame, ServerFrame } from '../../src/api/websocket/frames.ts';

/**
 * A stand-in for what happens on the way and cannot be had here: it lets everything of a real server through, but for streams that it is told to
 * fail, and sessions that it is told to add.
 */
export interface Wire {
  /** What becomes of each whole state of a stream. */
  change(operation: string, state: unknown): unknown;
  /** The code with which following a stream is refused; null lets it through. */
  refuse(operation: string): string | null;
  /** Fails all that is followed of an operation. */
  fail(operation: string, code: string): void;
  /** Operations that were asked to be followed, in order. */
  readonly asked: readonly string[];
  prepare(page: Page): Promise<void>;
}

const problem = (code: string) => ({ code, detail: `a stand-in says ${code}`, hint: 'Wait.', status: 503 });

export function wire({
  change = (_operation, state) => state,
  refuse = () => null,
}: Partial<Pick<Wire, 'change' | 'refuse'>>): Wire {
  const operations = new Map<string, string>();
  const topics = new Map<string, string>();
  const asked: string[] = [];
  let tell: (frame: ServerFrame) => void = () => {};
  let end: (id: string) => void = () => {};
  const told: Wire = {
    ...{ change, refuse, asked },
    fail(operation, code) {
      for (const [id, name] of [...operations]) {
        if (name !== operation) continue;
        operations.delete(id);
        end(id);
        tell({ k: 'problem', id, problem: problem(code) });
      }
    },
    async prepare(page) {
      await page.routeWebSocket(/\/ws$/, (socket) => {
        const server = socket.connectToServer();
        tell = (frame) => socket.send(JSON.stringify(frame));
        end = (id) => server.send(JSON.stringify({ k: 'unsubscribe', id } satisfies ClientFrame));
        socket.onMessage((text) => {
          const frame = JSON.parse(String(text)) as ClientFrame;
          if (frame.k === 'unsubscribe') operations.delete(frame.id);
          if (frame.k === 'subscribe') {
            asked.push(frame.operation);
            const code = told.refuse(frame.operation);
            if (code !== null) return tell({ k: 'problem', id: frame.id, problem: problem(code) });
            operations.set(frame.id, frame.operation);
          }
          server.send(text);
        });
        server.onMessage((text) => {
          const frame = JSON.parse(String(text)) as ServerFrame;
          if (frame.k === 'subscribed') topics.set(frame.topic, operations.get(frame.id) ?? '');
          tell(
            frame.k === 'snapshot' ? { ...frame, data: told.change(topics.get(frame.topic) ?? '', frame.data) } : frame,
          );
        });
      });
    },
  };
  return told;
}
