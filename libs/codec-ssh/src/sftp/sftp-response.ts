import type { Buffer } from 'node:buffer';
import { CodecError } from '../wire/codec-error.ts';
import { WireReader } from '../wire/wire-reader.ts';
import { WireWriter } from '../wire/wire-writer.ts';
import { decodeFileAttributes, encodeFileAttributes, type FileAttributes } from './file-attributes.ts';
import { SftpType } from './packet-type.ts';
import { MAX_HANDLE_BYTES } from './sftp-limits.ts';
import { finishSftpPacket, readSftpPacket, sftpPacketType, sftpWriter } from './sftp-packet.ts';
import { decodeSftpExtensions, encodeSftpExtensions, type SftpExtension } from './version-extension.ts';

/** An entry of a directory, or the one answer to REALPATH and READLINK. */
export interface SftpName {
  readonly filename: Buffer;
  /** A line as of `ls -l`, for people. */
  readonly longname: Buffer;
  readonly attributes: FileAttributes;
}

/** What a server sends (draft-ietf-secsh-filexfer-02, 4 and 7). Bytes are views of the packet. */
export type SftpResponse =
  | { readonly type: 'VERSION'; readonly version: number; readonly extensions: readonly SftpExtension[] }
  | {
      readonly type: 'STATUS';
      readonly id: number;
      /** See `SftpStatus`. */
      readonly code: number;
      readonly message: string;
      readonly languageTag: string;
    }
  | { readonly type: 'HANDLE'; readonly id: number; readonly handle: Buffer }
  | { readonly type: 'DATA'; readonly id: number; readonly data: Buffer }
  | { readonly type: 'NAME'; readonly id: number; readonly names: readonly SftpName[] }
  | { readonly type: 'ATTRS'; readonly id: number; readonly attributes: FileAttributes }
  /** What its data means depends on the request. */
  | { readonly type: 'EXTENDED_REPLY'; readonly id: number; readonly data: Buffer };

/** Smallest entry of a NAME: two lengths and no attributes. Bytes. */
const MIN_NAME_BYTES = 12;

/** Decodes a whole packet of a server. @throws CodecError */
export function decodeSftpResponse(packet: Uint8Array): SftpResponse {
  const reader = readSftpPacket(packet);
  const response = decodeFields(sftpPacketType(packet), reader);
  reader.finish();
  return response;
}

function decodeFields(type: number, reader: WireReader): SftpResponse {
  const first = reader.uint32();
  switch (type) {
    case SftpType.VERSION:
      return { type: 'VERSION', version: first, extensions: decodeSftpExtensions(reader) };
    case SftpType.STATUS: {
      const code = reader.uint32();
      // Servers older than version 3 leave the texts out, and some newer ones do so too.
      const message = reader.remaining === 0 ? '' : reader.displayText();
      const languageTag = reader.remaining === 0 ? '' : reader.displayText();
      return { type: 'STATUS', id: first, code, message, languageTag };
    }
    case SftpType.HANDLE:
      return { type: 'HANDLE', id: first, handle: reader.string(MAX_HANDLE_BYTES) };
    case SftpType.DATA:
      return { type: 'DATA', id: first, data: reader.string() };
    case SftpType.NAME:
      return { type: 'NAME', id: first, names: decodeNames(reader) };
    case SftpType.ATTRS:
      return { type: 'ATTRS', id: first, attributes: decodeFileAttributes(reader) };
    case SftpType.EXTENDED_REPLY:
      return { type: 'EXTENDED_REPLY', id: first, data: reader.rest() };
    default:
      throw new CodecError('unexpected', 'An SFTP response does not exist or is not expected now.');
  }
}

function decodeNames(reader: WireReader): SftpName[] {
  const count = reader.uint32();
  if (count * MIN_NAME_BYTES > reader.remaining) {
    throw new CodecError('truncated', 'An SFTP packet is shorter than its counts say.');
  }
  const names: SftpName[] = [];
  for (let left = count; left > 0; left--) {
    const filename = reader.path();
    names.push({ filename, longname: reader.string(), attributes: decodeFileAttributes(reader) });
  }
  return names;
}

/** The whole packet, with its length word. */
export function encodeSftpResponse(response: SftpResponse): Buffer {
  if (response.type === 'VERSION') {
    const writer = new WireWriter().uint32(0).byte(SftpType.VERSION).uint32(response.version);
    return finishSftpPacket(encodeSftpExtensions(writer, response.extensions));
  }
  const writer = sftpWriter(SftpType[response.type], response.id);
  switch (response.type) {
    case 'STATUS':
      writer.uint32(response.code).text(response.message).text(response.languageTag);
      break;
    case 'HANDLE':
      writer.string(response.handle);
      break;
    case 'DATA':
      writer.string(response.data);
      break;
    case 'NAME':
      writer.uint32(response.names.length);
      for (const { filename, longname, attributes } of response.names) {
        encodeFileAttributes(writer.cString(filename).string(longname), attributes);
      }
      break;
    case 'ATTRS':
      encodeFileAttributes(writer, response.attributes);
      break;
    case 'EXTENDED_REPLY':
      writer.bytes(response.data);
      break;
  }
  return finishSftpPacket(writer);
}

/** A refusal or a success of a request: the packet that a gateway answers with most. */
export function encodeSftpStatus(id: number, code: number, message: string): Buffer {
  return encodeSftpResponse({ type: 'STATUS', id, code, message, languageTag: '' });
}

/** What goes in front of `dataBytes` bytes of a DATA; the data itself is not touched. */
export function encodeSftpDataHeader(id: number, dataBytes: number): Buffer {
  return finishSftpPacket(sftpWriter(SftpType.DATA, id).uint32(dataBytes), dataBytes);
}

/** The answer to `limits@openssh.com`. 0 is no limit. Bytes, and open handles. */
export interface SftpLimits {
  readonly packetBytes: bigint;
  readonly readBytes: bigint;
  readonly writeBytes: bigint;
  readonly openHandles: bigint;
}

/** @param data of the EXTENDED_REPLY. @throws CodecError */
export function decodeSftpLimits(data: Uint8Array): SftpLimits {
  const reader = new WireReader(data);
  const [packetBytes, readBytes] = [reader.uint64(), reader.uint64()];
  const [writeBytes, openHandles] = [reader.uint64(), reader.uint64()];
  reader.finish();
  return { packetBytes, readBytes, writeBytes, openHandles };
}

export function encodeSftpLimits(limits: SftpLimits): Buffer {
  const writer = new WireWriter().uint64(limits.packetBytes).uint64(limits.readBytes);
  return writer.uint64(limits.writeBytes).uint64(limits.openHandles).finish();
}
