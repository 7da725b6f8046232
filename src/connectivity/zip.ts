import { crc32, inflateRawSync } from 'node:zlib';

/** An entry of a zip archive's central directory. */
export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly isEncrypted: boolean;
  readonly crc: number;
  readonly compressedBytes: number;
  readonly bytes: number;
  readonly headerOffset: number;
}

/** The archive is cut off or its structure makes no sense; `message` says what. */
export class ZipError extends Error {
  override readonly name = 'ZipError';
  /** Whether the archive is sound, and packed in a way that is not read here. */
  readonly isUnsupported: boolean;

  constructor(message: string, isUnsupported = false) {
    super(message);
    this.isUnsupported = isUnsupported;
  }
}

/** Ways of packing that archivers use beside none and Deflate. */
const METHODS: Readonly<Record<number, string | undefined>> = {
  9: 'Deflate64',
  12: 'bzip2',
  14: 'LZMA',
  93: 'Zstandard',
  95: 'xz',
};

const END_SIGNATURE = 0x06054b50;
const ENTRY_SIGNATURE = 0x02014b50;
const LOCAL_SIGNATURE = 0x04034b50;
/** The end record is 22 bytes plus a comment of at most 65,535. */
const END_SEARCH = 22 + 65_535;

/** Files of an archive in their stored order, folders left out. PKWARE APPNOTE 6.3, without zip64 and encryption. */
export function zipEntries(archive: Buffer): readonly ZipEntry[] {
  let end = archive.length - 22;
  const lowest = Math.max(0, archive.length - END_SEARCH);
  while (end >= lowest && archive.readUInt32LE(end) !== END_SIGNATURE) end--;
  if (end < lowest) throw new ZipError('no end of central directory');
  const count = archive.readUInt16LE(end + 10);
  let at = archive.readUInt32LE(end + 16);
  const entries: ZipEntry[] = [];
  for (let i = 0; i < count; i++) {
    if (at + 46 > archive.length || archive.readUInt32LE(at) !== ENTRY_SIGNATURE) {
      throw new ZipError('a directory entry is missing');
    }
    const nameBytes = archive.readUInt16LE(at + 28);
    const name = archive.toString('utf8', at + 46, at + 46 + nameBytes);
    const entry: ZipEntry = {
      name,
      method: archive.readUInt16LE(at + 10),
      isEncrypted: (archive.readUInt16LE(at + 8) & 1) === 1,
      crc: archive.readUInt32LE(at + 16),
      compressedBytes: archive.readUInt32LE(at + 20),
      bytes: archive.readUInt32LE(at + 24),
      headerOffset: archive.readUInt32LE(at + 42),
    };
    if (!name.endsWith('/')) entries.push(entry);
    at += 46 + nameBytes + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return entries;
}

/** Unpacks one entry and checks its length and CRC-32. Never writes more than the directory says the entry holds. */
export function unzipEntry(archive: Buffer, entry: ZipEntry): Buffer {
  const at = entry.headerOffset;
  if (at + 30 > archive.length || archive.readUInt32LE(at) !== LOCAL_SIGNATURE) {
    throw new ZipError(`the header of ${entry.name} is missing`);
  }
  const from = at + 30 + archive.readUInt16LE(at + 26) + archive.readUInt16LE(at + 28);
  const packed = archive.subarray(from, from + entry.compressedBytes);
  if (packed.length < entry.compressedBytes) throw new ZipError(`${entry.name} is cut off`);
  if (entry.isEncrypted) throw new ZipError(`${entry.name} with a password`, true);
  if (entry.method !== 0 && entry.method !== 8)
    throw new ZipError(`${entry.name} packed by ${METHODS[entry.method] ?? `method ${entry.method}`}`, true);
  let bytes: Buffer = packed;
  try {
    if (entry.method === 8) bytes = inflateRawSync(packed, { maxOutputLength: Math.max(1, entry.bytes) });
  } catch (error) {
    throw new ZipError(`${entry.name} does not inflate: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (bytes.length !== entry.bytes || crc32(bytes) !== entry.crc) {
    throw new ZipError(`${entry.name} does not match its checksum`);
  }
  return bytes;
}
