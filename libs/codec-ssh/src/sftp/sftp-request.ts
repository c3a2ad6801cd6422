import type { Buffer } from 'node:buffer';
import { CodecError } from '../wire/codec-error.ts';
import type { WireReader } from '../wire/wire-reader.ts';
import { WireWriter } from '../wire/wire-writer.ts';
import {
  decodeExtendedRequest,
  encodeExtendedRequest,
  type SftpExtendedRequest,
} from './extended-request.ts';
import { decodeFileAttributes, encodeFileAttributes, type FileAttributes } from './file-attributes.ts';
import { SftpType } from './packet-type.ts';
import { MAX_HANDLE_BYTES } from './sftp-limits.ts';
import { finishSftpPacket, readSftpPacket, sftpPacketType, sftpWriter } from './sftp-packet.ts';
import { decodeSftpExtensions, encodeSftpExtensions, type SftpExtension } from './version-extension.ts';

/** Requests about one path and nothing else. */
export type SftpPathRequestType = 'LSTAT' | 'STAT' | 'OPENDIR' | 'REMOVE' | 'RMDIR' | 'REALPATH' | 'READLINK';

/**
 * What a client sends (draft-ietf-secsh-filexfer-02, 4 and 6). Paths and
 * handles are bytes, views of the packet: a host's encoding is its own.
 */
export type SftpRequest =
  | { readonly type: 'INIT'; readonly version: number; readonly extensions: readonly SftpExtension[] }
  | {
      readonly type: 'OPEN';
      readonly id: number;
      readonly path: Buffer;
      /** See `SftpOpenFlag`. */
      readonly flags: number;
      readonly attributes: FileAttributes;
    }
  | { readonly type: 'CLOSE' | 'FSTAT' | 'READDIR'; readonly id: number; readonly handle: Buffer }
  | {
      readonly type: 'READ';
      readonly id: number;
      readonly handle: Buffer;
      readonly offset: bigint;
      readonly length: number;
    }
  | {
      readonly type: 'WRITE';
      readonly id: number;
      readonly handle: Buffer;
      readonly offset: bigint;
      readonly data: Buffer;
    }
  | { readonly type: SftpPathRequestType; readonly id: number; readonly path: Buffer }
  | {
      readonly type: 'SETSTAT' | 'MKDIR';
      readonly id: number;
      readonly path: Buffer;
      readonly attributes: FileAttributes;
    }
  | {
      readonly type: 'FSETSTAT';
      readonly id: number;
      readonly handle: Buffer;
      readonly attributes: FileAttributes;
    }
  | { readonly type: 'RENAME'; readonly id: number; readonly oldPath: Buffer; readonly newPath: Buffer }
  | {
      /**
       * In OpenSSH's order, which is that of symlink(2) and not the draft's:
       * clients and servers follow it. Both paths are to be decided on.
       */
      readonly type: 'SYMLINK';
      readonly id: number;
      /** What the link says; need not exist. */
      readonly targetPath: Buffer;
      /** The link that is made. */
      readonly linkPath: Buffer;
    }
  | { readonly type: 'EXTENDED'; readonly id: number; readonly request: SftpExtendedRequest };

const PATH_TYPES: Readonly<Partial<Record<number, SftpPathRequestType>>> = {
  [SftpType.LSTAT]: 'LSTAT',
  [SftpType.STAT]: 'STAT',
  [SftpType.OPENDIR]: 'OPENDIR',
  [SftpType.REMOVE]: 'REMOVE',
  [SftpType.RMDIR]: 'RMDIR',
  [SftpType.REALPATH]: 'REALPATH',
  [SftpType.READLINK]: 'READLINK',
};

const HANDLE_TYPES = {
  [SftpType.CLOSE]: 'CLOSE',
  [SftpType.FSTAT]: 'FSTAT',
  [SftpType.READDIR]: 'READDIR',
} as const;

/**
 * Decodes a whole packet of a client. Every byte of it is read, so it can be
 * handed on as it came once it is allowed. @throws CodecError
 */
export function decodeSftpRequest(packet: Uint8Array): SftpRequest {
  const reader = readSftpPacket(packet);
  const request = decodeFields(sftpPacketType(packet), reader);
  reader.finish();
  return request;
}

function decodeFields(type: number, reader: WireReader): SftpRequest {
  if (type === SftpType.INIT) {
    return { type: 'INIT', version: reader.uint32(), extensions: decodeSftpExtensions(reader) };
  }
  const id = reader.uint32();
  const pathType = PATH_TYPES[type];
  if (pathType !== undefined) return { type: pathType, id, path: reader.path() };
  switch (type) {
    case SftpType.CLOSE:
    case SftpType.FSTAT:
    case SftpType.READDIR:
      return { type: HANDLE_TYPES[type], id, handle: handleOf(reader) };
    case SftpType.READ:
      return { type: 'READ', id, handle: handleOf(reader), offset: reader.uint64(), length: reader.uint32() };
    case SftpType.WRITE:
      return { type: 'WRITE', id, handle: handleOf(reader), offset: reader.uint64(), data: reader.string() };
    case SftpType.EXTENDED:
      return { type: 'EXTENDED', id, request: decodeExtendedRequest(reader) };
    default:
      return decodeChange(type, id, reader);
  }
}

function decodeChange(type: number, id: number, reader: WireReader): SftpRequest {
  switch (type) {
    case SftpType.OPEN: {
      const path = reader.path();
      const flags = reader.uint32();
      return { type: 'OPEN', id, path, flags, attributes: decodeFileAttributes(reader) };
    }
    case SftpType.SETSTAT:
      return { type: 'SETSTAT', id, path: reader.path(), attributes: decodeFileAttributes(reader) };
    case SftpType.MKDIR:
      return { type: 'MKDIR', id, path: reader.path(), attributes: decodeFileAttributes(reader) };
    case SftpType.FSETSTAT:
      return { type: 'FSETSTAT', id, handle: handleOf(reader), attributes: decodeFileAttributes(reader) };
    case SftpType.RENAME:
      return { type: 'RENAME', id, oldPath: reader.path(), newPath: reader.path() };
    case SftpType.SYMLINK:
      return { type: 'SYMLINK', id, targetPath: reader.path(), linkPath: reader.path() };
    default:
      throw new CodecError('unexpected', 'An SFTP request does not exist or is not expected now.');
  }
}

/** The whole packet, with its length word. */
export function encodeSftpRequest(request: SftpRequest): Buffer {
  if (request.type === 'INIT') {
    const writer = new WireWriter().uint32(0).byte(SftpType.INIT).uint32(request.version);
    return finishSftpPacket(encodeSftpExtensions(writer, request.extensions));
  }
  const writer = sftpWriter(SftpType[request.type], request.id);
  return finishSftpPacket(encodeFields(writer, request));
}

function encodeFields(writer: WireWriter, request: Exclude<SftpRequest, { type: 'INIT' }>): WireWriter {
  switch (request.type) {
    case 'OPEN':
      return encodeFileAttributes(writer.cString(request.path).uint32(request.flags), request.attributes);
    case 'CLOSE':
    case 'FSTAT':
    case 'READDIR':
      return writer.string(request.handle);
    case 'READ':
      return writer.string(request.handle).uint64(request.offset).uint32(request.length);
    case 'WRITE':
      return writer.string(request.handle).uint64(request.offset).string(request.data);
    case 'SETSTAT':
    case 'MKDIR':
      return encodeFileAttributes(writer.cString(request.path), request.attributes);
    case 'FSETSTAT':
      return encodeFileAttributes(writer.string(request.handle), request.attributes);
    case 'RENAME':
      return writer.cString(request.oldPath).cString(request.newPath);
    case 'SYMLINK':
      return writer.cString(request.targetPath).cString(request.linkPath);
    case 'EXTENDED':
      return encodeExtendedRequest(writer, request.request);
    case 'LSTAT':
    case 'STAT':
    case 'OPENDIR':
    case 'REMOVE':
    case 'RMDIR':
    case 'REALPATH':
    case 'READLINK':
      return writer.cString(request.path);
  }
}

/** What goes in front of `dataBytes` bytes of a WRITE; the data itself is not touched. */
export function encodeSftpWriteHeader(
  id: number,
  handle: Uint8Array,
  offset: bigint,
  dataBytes: number,
): Buffer {
  const writer = sftpWriter(SftpType.WRITE, id).string(handle).uint64(offset).uint32(dataBytes);
  return finishSftpPacket(writer, dataBytes);
}

function handleOf(reader: WireReader): Buffer {
  return reader.string(MAX_HANDLE_BYTES);
}
