import type { Buffer } from 'node:buffer';
import type { WireReader } from '../wire/wire-reader.ts';
import type { WireWriter } from '../wire/wire-writer.ts';
import { decodeFileAttributes, encodeFileAttributes, type FileAttributes } from './file-attributes.ts';
import { MAX_HANDLE_BYTES } from './sftp-limits.ts';

/** What SSH_FXP_EXTENDED asks for (OpenSSH PROTOCOL, 4; `copy-data` and `home-directory` of filexfer-extensions). */
export type SftpExtendedRequest =
  | {
      readonly kind: 'posix-rename@openssh.com' | 'hardlink@openssh.com';
      readonly oldPath: Buffer;
      readonly newPath: Buffer;
    }
  | { readonly kind: 'statvfs@openssh.com' | 'expand-path@openssh.com'; readonly path: Buffer }
  | { readonly kind: 'fstatvfs@openssh.com' | 'fsync@openssh.com'; readonly handle: Buffer }
  | { readonly kind: 'lsetstat@openssh.com'; readonly path: Buffer; readonly attributes: FileAttributes }
  | { readonly kind: 'limits@openssh.com' }
  | {
      readonly kind: 'copy-data';
      readonly readHandle: Buffer;
      readonly readOffset: bigint;
      /** 0: up to the end of the file. */
      readonly readLength: bigint;
      readonly writeHandle: Buffer;
      readonly writeOffset: bigint;
    }
  | { readonly kind: 'home-directory'; readonly user: Buffer }
  | {
      readonly kind: 'users-groups-by-id@openssh.com';
      /** Packed numbers of 32 bits, as they came. */
      readonly uids: Buffer;
      readonly gids: Buffer;
    }
  | { readonly kind: 'unknown'; readonly name: string; readonly data: Buffer };

export function decodeExtendedRequest(reader: WireReader): SftpExtendedRequest {
  const name = reader.name();
  switch (name) {
    case 'posix-rename@openssh.com':
    case 'hardlink@openssh.com':
      return { kind: name, oldPath: reader.path(), newPath: reader.path() };
    case 'statvfs@openssh.com':
    case 'expand-path@openssh.com':
      return { kind: name, path: reader.path() };
    case 'fstatvfs@openssh.com':
    case 'fsync@openssh.com':
      return { kind: name, handle: reader.string(MAX_HANDLE_BYTES) };
    case 'lsetstat@openssh.com':
      return { kind: name, path: reader.path(), attributes: decodeFileAttributes(reader) };
    case 'limits@openssh.com':
      return { kind: name };
    case 'copy-data':
      return {
        kind: name,
        readHandle: reader.string(MAX_HANDLE_BYTES),
        readOffset: reader.uint64(),
        readLength: reader.uint64(),
        writeHandle: reader.string(MAX_HANDLE_BYTES),
        writeOffset: reader.uint64(),
      };
    case 'home-directory':
      return { kind: name, user: reader.cString() };
    case 'users-groups-by-id@openssh.com':
      return { kind: name, uids: reader.string(), gids: reader.string() };
    default:
      return { kind: 'unknown', name, data: reader.rest() };
  }
}

export function encodeExtendedRequest(writer: WireWriter, request: SftpExtendedRequest): WireWriter {
  writer.text(request.kind === 'unknown' ? request.name : request.kind);
  switch (request.kind) {
    case 'posix-rename@openssh.com':
    case 'hardlink@openssh.com':
      return writer.cString(request.oldPath).cString(request.newPath);
    case 'statvfs@openssh.com':
    case 'expand-path@openssh.com':
      return writer.cString(request.path);
    case 'fstatvfs@openssh.com':
    case 'fsync@openssh.com':
      return writer.string(request.handle);
    case 'lsetstat@openssh.com':
      return encodeFileAttributes(writer.cString(request.path), request.attributes);
    case 'limits@openssh.com':
      return writer;
    case 'copy-data':
      writer.string(request.readHandle).uint64(request.readOffset).uint64(request.readLength);
      return writer.string(request.writeHandle).uint64(request.writeOffset);
    case 'home-directory':
      return writer.cString(request.user);
    case 'users-groups-by-id@openssh.com':
      return writer.string(request.uids).string(request.gids);
    case 'unknown':
      return writer.bytes(request.data);
  }
}
