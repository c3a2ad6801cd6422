/** The transport's own messages that the door reads and writes itself (RFC 4253, 11 and 10; RFC 8308). */
import { WireReader, WireWriter } from '@sallyport/codec-ssh';

export const TransportNumber = {
  DISCONNECT: 1,
  IGNORE: 2,
  UNIMPLEMENTED: 3,
  DEBUG: 4,
  SERVICE_REQUEST: 5,
  SERVICE_ACCEPT: 6,
  EXT_INFO: 7,
  KEXINIT: 20,
} as const;

/** The first number of what is above the transport (RFC 4250, 4.1.1). */
export const FIRST_UPPER_NUMBER = 50;

/** Reasons of SSH_MSG_DISCONNECT (RFC 4253, 11.1), as far as the door gives them. */
export const DisconnectReason = {
  PROTOCOL_ERROR: 2,
  SERVICE_NOT_AVAILABLE: 7,
  CONNECTION_LOST: 10,
  BY_APPLICATION: 11,
  TOO_MANY_CONNECTIONS: 12,
  NO_MORE_AUTH_METHODS_AVAILABLE: 14,
} as const;
export type DisconnectReason = (typeof DisconnectReason)[keyof typeof DisconnectReason];

/** Longer texts of peers are cut; they go to logs only. */
const MAX_TEXT = 256;

export function encodeDisconnect(reason: DisconnectReason, text: string): Buffer {
  return new WireWriter(TransportNumber.DISCONNECT).uint32(reason).text(text).text('').finish();
}

/** What a peer says when it leaves, in printable ASCII. */
export function decodeDisconnect(payload: Buffer): { readonly reason: number; readonly text: string } {
  const reader = WireReader.over(payload, TransportNumber.DISCONNECT);
  const reason = reader.uint32();
  const text = reader
    .string()
    .toString('utf8')
    .replaceAll(/[^\x20-\x7e]/g, ' ');
  return { reason, text: text.slice(0, MAX_TEXT) };
}

export function encodeUnimplemented(sequence: number): Buffer {
  return new WireWriter(TransportNumber.UNIMPLEMENTED).uint32(sequence).finish();
}

export function encodeService(number: 5 | 6, name: string): Buffer {
  return new WireWriter(number).text(name).finish();
}

export function decodeService(number: 5 | 6, payload: Buffer): string {
  return WireReader.over(payload, number).string().toString('latin1');
}

/** SSH_MSG_EXT_INFO with the signature algorithms that this server takes. */
export function encodeSignatureAlgorithms(names: readonly string[]): Buffer {
  return new WireWriter(TransportNumber.EXT_INFO).uint32(1).text('server-sig-algs').nameList(names).finish();
}

/** `server-sig-algs` of an SSH_MSG_EXT_INFO; null where it says nothing of them. */
export function decodeSignatureAlgorithms(payload: Buffer): readonly string[] | null {
  const reader = WireReader.over(payload, TransportNumber.EXT_INFO);
  for (let left = Math.min(reader.uint32(), 64); left > 0; left--) {
    const name = reader.string().toString('latin1');
    const value = reader.string();
    if (name === 'server-sig-algs') return value.toString('latin1').split(',');
  }
  return null;
}
