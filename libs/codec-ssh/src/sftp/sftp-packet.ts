import { type Buffer } from 'node:buffer';
import { CodecError } from '../wire/codec-error.ts';
import { asBuffer, WireReader } from '../wire/wire-reader.ts';
import { WireWriter } from '../wire/wire-writer.ts';
import { SftpType } from './packet-type.ts';

const TYPE_AT = 4;
const ID_AT = 5;

/** The type of a whole packet. @throws CodecError */
export function sftpPacketType(packet: Uint8Array): number {
  const type = packet[TYPE_AT];
  if (type === undefined) throw new CodecError('truncated', 'An SFTP packet is empty.');
  return type;
}

/** The request that a whole packet is or answers, or null for INIT and VERSION, which have none. @throws CodecError */
export function sftpRequestId(packet: Uint8Array): number | null {
  const type = sftpPacketType(packet);
  if (type === SftpType.INIT || type === SftpType.VERSION) return null;
  return new WireReader(packet, ID_AT).uint32();
}

/** Reads what follows the type; the length word must be that of the packet. */
export function readSftpPacket(packet: Uint8Array): WireReader {
  if (packet.length < ID_AT || asBuffer(packet).readUInt32BE(0) !== packet.length - TYPE_AT) {
    throw new CodecError('truncated', 'An SFTP packet is not whole.');
  }
  return new WireReader(packet, ID_AT);
}

/** A writer of what follows the length word; `finishSftpPacket` puts that in front. */
export function sftpWriter(type: number, id: number, expectedBytes?: number): WireWriter {
  return new WireWriter(null, expectedBytes).uint32(0).byte(type).uint32(id);
}

/** @param dataBytes bytes that are sent behind what was written, and belong to the packet */
export function finishSftpPacket(writer: WireWriter, dataBytes = 0): Buffer {
  const packet = writer.finish();
  packet.writeUInt32BE(packet.length - TYPE_AT + dataBytes, 0);
  return packet;
}
