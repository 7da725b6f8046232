import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Of Linux; elsewhere nothing can be told about another process for certain. */
const UNKNOWN = '-';

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return UNKNOWN;
  }
}

/** Which processes a process number is one of: this boot of this kernel, and the numbering of this container. */
function numbering(): string {
  try {
    return `${read('/proc/sys/kernel/random/boot_id')} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return UNKNOWN;
  }
}

/** Start in ticks since boot (proc(5), stat, field 22), by which a number that is used again is told; null where none runs. */
function startOf(pid: string): string | null {
  const stat = read(`/proc/${pid}/stat`);
  // The name may hold spaces and parentheses; fields go on after its last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, start] = [fields[0], fields[19]];
  return start === undefined || state === 'Z' || state === 'X' ? null : start;
}

/** Names this process so that another one on this machine can tell whether it still runs: host, pid, start, numbering. */
export function processIdentity(): string {
  return `${hostname()} ${process.pid} ${startOf('self') ?? UNKNOWN} ${numbering()}`;
}

/** Whether the process of an identity has certainly ended. False for those of other machines, and wherever that cannot be known. */
export function isProcessGone(identity: string): boolean {
  const match = /^(\S+) (\d+) (\d+) (\S+ \S+)$/.exec(identity);
  if (match === null) return false;
  const [, host, pid, start, itsNumbering] = match as unknown as [string, string, string, string, string];
  const mine = numbering();
  if (mine.startsWith(UNKNOWN) || itsNumbering !== mine || host !== hostname()) return false;
  // This very process must be seen there, or what is missing proves nothing.
  if (startOf(String(process.pid)) === null) return false;
  return startOf(pid) !== start;
}
