import type { Buffer } from 'node:buffer';
import { CodecError } from '../wire/codec-error.ts';
import type { WireReader } from '../wire/wire-reader.ts';
import type { WireWriter } from '../wire/wire-writer.ts';
import { MAX_EXTENSIONS } from './sftp-limits.ts';

const SIZE = 0x01;
const UIDGID = 0x02;
const PERMISSIONS = 0x04;
const ACMODTIME = 0x08;
const EXTENDED = 0x8000_0000;
const KNOWN = SIZE | UIDGID | PERMISSIONS | ACMODTIME;

/** ATTRS (draft-ietf-secsh-filexfer-02, 5): null is left out, and so not asked for or not known. */
export interface FileAttributes {
  readonly size: bigint | null;
  readonly owner: { readonly uid: number; readonly gid: number } | null;
  /** As POSIX `st_mode`, the kind of file among them. */
  readonly permissions: number | null;
  /** Seconds since 1970. */
  readonly times: { readonly accessed: number; readonly modified: number } | null;
  readonly extended: readonly { readonly type: Buffer; readonly data: Buffer }[];
}

/** Nothing asked for, nothing known. */
export const NO_ATTRIBUTES: FileAttributes = {
  size: null,
  owner: null,
  permissions: null,
  times: null,
  extended: [],
};

/** @throws CodecError `value` for flags that version 3 does not define: what follows could not be told */
export function decodeFileAttributes(reader: WireReader): FileAttributes {
  const flags = reader.uint32();
  if ((flags & ~KNOWN & ~EXTENDED) !== 0) {
    throw new CodecError('value', 'The attributes of a file have a field that does not exist.');
  }
  return {
    size: (flags & SIZE) === 0 ? null : reader.uint64(),
    owner: (flags & UIDGID) === 0 ? null : { uid: reader.uint32(), gid: reader.uint32() },
    permissions: (flags & PERMISSIONS) === 0 ? null : reader.uint32(),
    times: (flags & ACMODTIME) === 0 ? null : { accessed: reader.uint32(), modified: reader.uint32() },
    extended: (flags & EXTENDED) === 0 ? [] : decodeExtended(reader),
  };
}

function decodeExtended(reader: WireReader): FileAttributes['extended'] {
  const count = reader.uint32();
  if (count > MAX_EXTENSIONS) throw new CodecError('limit', 'A file has too many extended attributes.');
  return Array.from({ length: count }, () => ({ type: reader.string(), data: reader.string() }));
}

export function encodeFileAttributes(writer: WireWriter, attributes: FileAttributes): WireWriter {
  const { size, owner, permissions, times, extended } = attributes;
  const flags =
    (size === null ? 0 : SIZE) |
    (owner === null ? 0 : UIDGID) |
    (permissions === null ? 0 : PERMISSIONS) |
    (times === null ? 0 : ACMODTIME);
  writer.uint32(flags + (extended.length === 0 ? 0 : EXTENDED));
  if (size !== null) writer.uint64(size);
  if (owner !== null) writer.uint32(owner.uid).uint32(owner.gid);
  if (permissions !== null) writer.uint32(permissions);
  if (times !== null) writer.uint32(times.accessed).uint32(times.modified);
  if (extended.length > 0) writer.uint32(extended.length);
  for (const { type, data } of extended) writer.string(type).string(data);
  return writer;
}
