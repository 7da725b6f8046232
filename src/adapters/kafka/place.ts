import type { KafkaConfig } from 'kafkajs';
import { BusError } from '../../ports/event-bus.ts';

const SASL = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;
const DEFAULT_TOPIC = 'tradewright-events';

/** Where a Kafka is, and which of its topics is the bus. */
export interface KafkaPlace {
  readonly shown: string;
  /** Of Kafka: all of ours are in this one, keyed by ours. */
  readonly topic: string;
  readonly config: Pick<KafkaConfig, 'brokers' | 'ssl' | 'sasl'>;
}

/** Reads `kafka://[user:password@]host:port,host:port[/topic][?ssl=true&sasl=scram-sha-256]`. Throws {@link BusError} `refused`. */
export function kafkaPlace(url: string): KafkaPlace {
  const shown = url.replace(/\/\/[^@/]*@/, '//');
  const parts = /^kafka:\/\/(?:([^:@/]*):([^@/]*)@)?([^/?@]+)(?:\/([^/?]*))?(?:\?(.*))?$/i.exec(url);
  const refuse = (found: string, expected: string): BusError =>
    new BusError('refused', `${shown}: expected ${expected}, found ${found}`);
  if (parts === null) throw refuse('something else', 'kafka://host:9092,host:9092/topic');
  const [, user, password, hosts, topic, query] = parts;
  const options = new URLSearchParams(query ?? '');
  const unknown = [...options.keys()].find((key) => key !== 'ssl' && key !== 'sasl');
  if (unknown !== undefined) throw refuse(unknown, 'nothing but ssl and sasl after the question mark');
  const mechanism = SASL.find((each) => each === (options.get('sasl') ?? 'plain'));
  if (mechanism === undefined) throw refuse(`sasl=${options.get('sasl')}`, `sasl to be one of ${SASL.join(', ')}`);
  const brokers = hosts!.split(',').map((host) => (/:\d+$/.test(host) ? host : `${host}:9092`));
  const name = topic || DEFAULT_TOPIC;
  if (!/^[A-Za-z0-9._-]{1,249}$/.test(name))
    throw refuse(name, 'a topic of letters, digits, dots, dashes and underscores');
  const sasl =
    user === undefined || password === undefined
      ? null
      : { mechanism, username: decodeURIComponent(user), password: decodeURIComponent(password) };
  return {
    shown,
    topic: name,
    config: {
      brokers,
      ...(options.get('ssl') === 'true' ? { ssl: true } : {}),
      ...(sasl === null ? {} : { sasl: sasl as NonNullable<KafkaConfig['sasl']> }),
    },
  };
}
