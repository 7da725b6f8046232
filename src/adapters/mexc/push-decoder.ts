import type { Type } from 'protobufjs/light.js';
import { PUSH_BODIES, type PushBody, pushSchema } from './push-schema.ts';

/** A nested message or a list of them, as read from the wire: texts, numbers, flags. Fields that were absent have their default. */
export interface PushFields {
  text(name: string): string;
  /** A 32- or 64-bit integer; NaN where it leaves the exact range of a double. */
  integer(name: string): number;
  flag(name: string): boolean;
  list(name: string): readonly PushFields[];
  has(name: string): boolean;
}

/** One frame. Times are the venue's, in ms; 0 where it did not say. */
export interface Push {
  readonly channel: string;
  /** Upper case; empty on channels of the account. */
  readonly symbol: string;
  readonly createTimeMs: number;
  readonly sendTimeMs: number;
  readonly kind: PushBody;
  readonly body: PushFields;
}

/** Why a frame is no push. `malformed`: not this protocol at all. `schema-drift`: readable, but nothing in it that we know. */
export interface PushFault {
  readonly fault: 'malformed' | 'schema-drift';
  readonly detail: string;
}

export type PushDecoder = (bytes: Uint8Array) => Push | PushFault;

interface WireMessage {
  readonly [name: string]: unknown;
}

class DecodedFields implements PushFields {
  readonly #message: WireMessage;

  constructor(message: WireMessage) {
    this.#message = message;
  }

  text(name: string): string {
    const value = this.#message[name];
    return typeof value === 'string' ? value : '';
  }

  integer(name: string): number {
    return integerOf(this.#message[name]);
  }

  flag(name: string): boolean {
    return this.#message[name] === true;
  }

  list(name: string): readonly PushFields[] {
    const value = this.#message[name];
    return Array.isArray(value) ? value.map((item: WireMessage) => new DecodedFields(item)) : [];
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#message, name);
  }
}

/** protobufjs gives 64-bit integers as `Long` objects. */
function integerOf(value: unknown): number {
  const number =
    typeof value === 'number'
      ? value
      : typeof value === 'object' && value !== null && 'toNumber' in value && typeof value.toNumber === 'function'
        ? (value.toNumber() as number)
        : 0;
  return Number.isSafeInteger(number) ? number : Number.NaN;
}

let pushType: Promise<Type> | null = null;

/** The reflected type of a push, to encode (stand-ins, tests) as well as to decode. Loads protobufjs at the first call. */
export function loadPushType(): Promise<Type> {
  pushType ??= import('protobufjs/light.js').then(({ default: protobuf }) =>
    protobuf.Root.fromJSON(pushSchema()).lookupType('Push'),
  );
  return pushType;
}

/** A decoder that never throws: what it cannot read it answers as a {@link PushFault}. Unknown fields are skipped, as the format asks. */
export async function loadPushDecoder(): Promise<PushDecoder> {
  const type = await loadPushType();
  return (bytes) => {
    let message: WireMessage;
    try {
      message = type.decode(bytes) as unknown as WireMessage;
    } catch (error) {
      return {
        fault: 'malformed',
        detail: `${bytes.length} bytes: ${error instanceof Error ? error.message : String(error)}`,
      };
    }
    const channel = message['channel'];
    if (typeof channel !== 'string' || !channel.startsWith('spot@'))
      return { fault: 'malformed', detail: `expected a channel spot@…, found ${JSON.stringify(channel).slice(0, 80)}` };
    let kind: PushBody | null = null;
    for (const candidate of PUSH_BODIES) {
      if (!Object.hasOwn(message, candidate)) continue;
      if (kind !== null) return { fault: 'malformed', detail: `${channel}: both ${kind} and ${candidate}` };
      kind = candidate;
    }
    if (kind === null)
      return { fault: 'schema-drift', detail: `${channel}: none of the known bodies (fields 301 to 315)` };
    const createTimeMs = integerOf(message['createTime']);
    const sendTimeMs = integerOf(message['sendTime']);
    if (!(createTimeMs >= 0 && sendTimeMs >= 0)) return { fault: 'malformed', detail: `${channel}: time out of range` };
    return {
      channel,
      symbol: typeof message['symbol'] === 'string' ? message['symbol'] : '',
      createTimeMs,
      sendTimeMs,
      kind,
      body: new DecodedFields(message[kind] as WireMessage),
    };
  };
}
