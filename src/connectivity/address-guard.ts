import { BlockList, isIP } from 'node:net';

/** Networks that are no part of the public Internet (IANA special-purpose registries), by what they are. */
const V4: readonly (readonly [network: string, bits: number, what: string])[] = [
  ['0.0.0.0', 8, 'this host'],
  ['10.0.0.0', 8, 'private'],
  ['100.64.0.0', 10, 'carrier’s own'],
  ['127.0.0.0', 8, 'this machine'],
  ['169.254.0.0', 16, 'link-local, where clouds keep metadata'],
  ['172.16.0.0', 12, 'private'],
  ['192.0.0.0', 24, 'reserved'],
  ['192.0.2.0', 24, 'for documents'],
  ['192.88.99.0', 24, 'reserved'],
  ['192.168.0.0', 16, 'private'],
  ['198.18.0.0', 15, 'for benchmarks'],
  ['198.51.100.0', 24, 'for documents'],
  ['203.0.113.0', 24, 'for documents'],
  ['224.0.0.0', 4, 'multicast'],
  ['240.0.0.0', 4, 'reserved'],
];
/** Of IPv6 only this is given out; within it: */
const GLOBAL_V6 = ['2000::', 3] as const;
const V6: readonly (readonly [network: string, bits: number, what: string])[] = [
  ['2001::', 23, 'reserved, tunnels among it'],
  ['2001:db8::', 32, 'for documents'],
  ['2002::', 16, 'a tunnel to IPv4'],
  ['3fff::', 20, 'for documents'],
];

const lists = [...V4, ...V6].map(([network, bits, what]) => {
  const list = new BlockList();
  list.addSubnet(network, bits, network.includes(':') ? 'ipv6' : 'ipv4');
  return { list, family: network.includes(':') ? 6 : 4, what };
});
const globalV6 = new BlockList();
globalV6.addSubnet(GLOBAL_V6[0], GLOBAL_V6[1], 'ipv6');

/**
 * Why nothing that strangers name may connect to an address; null where it may. `allowed`: networks that somebody has opened, such as
 * `10.1.0.0/16` or `::1`. What is no address is refused.
 */
export function addressObjection(address: string, allowed: readonly string[]): string | null {
  const bare = address.replace(/%.*$/, '');
  const family = isIP(bare);
  if (family === 0) return 'no address';
  // IPv4 in IPv6 clothes is IPv4.
  const mapped = family === 6 ? mappedV4(bare) : null;
  if (mapped !== null) return addressObjection(mapped, allowed);
  const name = family === 6 ? 'ipv6' : 'ipv4';
  if (isOpened(bare, allowed)) return null;
  if (family === 6 && !globalV6.check(bare, 'ipv6')) return 'not public';
  return lists.find((each) => each.family === family && each.list.check(bare, name))?.what ?? null;
}

/** Whether an address is in one of the networks that somebody has opened. */
export function isOpened(address: string, allowed: readonly string[]): boolean {
  const bare = address.replace(/%.*$/, '');
  const family = isIP(bare);
  const v4 = family === 6 ? mappedV4(bare) : null;
  if (v4 !== null) return isOpened(v4, allowed);
  return family !== 0 && allowed.some((network) => isWithin(bare, family === 6 ? 'ipv6' : 'ipv4', network));
}

function isWithin(address: string, family: 'ipv4' | 'ipv6', network: string): boolean {
  const [base = '', bits] = network.split('/');
  if (isIP(base) !== (family === 'ipv6' ? 6 : 4)) return false;
  const list = new BlockList();
  list.addSubnet(base, bits === undefined ? (family === 'ipv6' ? 128 : 32) : Number(bits), family);
  return list.check(address, family);
}

/** The IPv4 address in `::ffff:a.b.c.d`, however it is written; null where it is none. */
function mappedV4(address: string): string | null {
  const words = wordsOf(address);
  if (words.slice(0, 5).some((word) => word !== 0) || words[5] !== 0xffff) return null;
  const [high, low] = [words[6]!, words[7]!];
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}

/** Eight numbers of 16 bits. */
function wordsOf(address: string): readonly number[] {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const plain =
    dotted === null
      ? address
      : `${dotted[1]}${((Number(dotted[2]) << 8) | Number(dotted[3])).toString(16)}:${((Number(dotted[4]) << 8) | Number(dotted[5])).toString(16)}`;
  const [head = '', tail] = plain.split('::');
  const numbers = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((word) => Number.parseInt(word, 16));
  const [front, back] = [numbers(head), numbers(tail ?? '')];
  return tail === undefined ? front : [...front, ...Array<number>(8 - front.length - back.length).fill(0), ...back];
}
