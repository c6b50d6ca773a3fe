import { crc32 } from "node:zlib";

export interface ZipEntry {
  readonly path: string;
  readonly content: Uint8Array;
}

/** 1 January 1980 in DOS format: the clock must not change the hash of the same content. */
const dosDate = 0x0021;
const version = 20;
/** Bit 11: names are UTF-8. */
const utf8Names = 0x0800;

/**
 * A zip with its files stored as they are (small sources gain nothing from compression). Layout per file: local header,
 * bytes; then the central directory, then its end record. Little endian throughout.
 */
export function storeZip(entries: readonly ZipEntry[]): Buffer {
  const files = entries.map((entry) => ({
    name: Buffer.from(entry.path, "utf8"),
    content: Buffer.from(entry.content),
    crc: crc32(entry.content),
  }));
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const file of files) {
    const common = Buffer.alloc(26);
    common.writeUInt16LE(version, 0);
    common.writeUInt16LE(utf8Names, 2);
    common.writeUInt16LE(dosDate, 8);
    common.writeUInt32LE(file.crc, 10);
    common.writeUInt32LE(file.content.length, 14);
    common.writeUInt32LE(file.content.length, 18);
    common.writeUInt16LE(file.name.length, 22);
    const directory = Buffer.alloc(14);
    directory.writeUInt32LE(offset, 10);
    const header = [Buffer.from("PK\x03\x04", "latin1"), common, file.name, file.content];
    const madeBy = Buffer.alloc(2);
    madeBy.writeUInt16LE(version, 0);
    local.push(...header);
    central.push(Buffer.from("PK\x01\x02", "latin1"), madeBy, common, directory, file.name);
    offset += header.reduce((sum, part) => sum + part.length, 0);
  }
  const centralSize = central.reduce((sum, part) => sum + part.length, 0);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(centralSize, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...local, ...central, Buffer.from("PK\x05\x06", "latin1"), end]);
}
