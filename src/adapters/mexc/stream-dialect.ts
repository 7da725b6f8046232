import type { KeepAlive, StreamConnection, Topic } from '../../connectivity/stream-protocol.ts';

/** Requests are JSON text and so are their answers; data comes as binary frames. Limits are the venue's page "Websocket Market Streams". */
export const STREAM_LIMITS = {
  /** 30 subscriptions a connection. */
  largestTopicsPerConnection: 30,
  largestTopicsPerMessage: 30,
  /** The venue takes 100. */
  messagesPerSecond: 50,
  /** A connection lives 24 h. */
  rotateAfterMs: 23 * 3_600_000,
  keepAlive: {
    kind: 'message',
    // Without traffic the venue hangs up after 60 s.
    intervalMs: 20_000,
    limitMs: 15_000,
    message: () => '{"method":"PING"}',
  },
} as const satisfies { readonly keepAlive: KeepAlive } & Record<string, unknown>;

export function subscribeFrame(topics: readonly Topic[]): string {
  return JSON.stringify({ method: 'SUBSCRIPTION', params: topics.map((topic) => topic.name) });
}

export function unsubscribeFrame(topics: readonly Topic[]): string {
  return JSON.stringify({ method: 'UNSUBSCRIPTION', params: topics.map((topic) => topic.name) });
}

export type StreamAnswer =
  | { readonly kind: 'pong' }
  | { readonly kind: 'confirmed'; readonly channels: readonly string[] }
  | { readonly kind: 'refused'; readonly channels: readonly string[]; readonly detail: string }
  /** A text that is no answer we know; `Invalid listen key` is one that matters. */
  | { readonly kind: 'other'; readonly text: string; readonly isJson: boolean };

/** `Not Subscribed successfully! [a,b]. Reason: …`, with a full-width colon at times. */
const REFUSED = /^Not Subscribed successfully!?\s*\[([^\]]*)\][.\s]*(?:Reason\s*[:：]\s*)?(.*)$/is;

export function readStreamAnswer(text: string): StreamAnswer {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { kind: 'other', text, isJson: false };
  }
  const msg = typeof json === 'object' && json !== null && 'msg' in json ? json.msg : null;
  if (typeof msg !== 'string') return { kind: 'other', text, isJson: true };
  if (msg.toUpperCase() === 'PONG') return { kind: 'pong' };
  const refused = REFUSED.exec(msg);
  if (refused) return { kind: 'refused', channels: channelsOf(refused[1]!), detail: refused[2]!.trim() || msg };
  const channels = channelsOf(msg);
  return channels.every((channel) => channel.startsWith('spot@'))
    ? { kind: 'confirmed', channels }
    : { kind: 'other', text, isJson: true };
}

function channelsOf(list: string): readonly string[] {
  return list
    .split(',')
    .map((channel) => channel.trim())
    .filter((channel) => channel !== '');
}

/** Tells a connection what an answer says. True where that was all there was to it. */
export function applyStreamAnswer(
  answer: StreamAnswer,
  topicOf: (channel: string) => Topic | undefined,
  connection: StreamConnection,
): boolean {
  if (answer.kind === 'other') return false;
  if (answer.kind === 'pong') {
    connection.ponged();
    return true;
  }
  for (const channel of answer.channels) {
    const topic = topicOf(channel);
    if (topic === undefined) continue;
    if (answer.kind === 'confirmed') connection.confirmed(topic.index);
    else connection.refused(topic.index, answer.detail);
  }
  return true;
}
