import type { Buffer } from 'node:buffer';
import { WireReader } from '../wire/wire-reader.ts';
import { WireWriter } from '../wire/wire-writer.ts';
import { ConnectionNumber } from './message-number.ts';

/**
 * SSH_MSG_REQUEST_SUCCESS: the answer to the oldest global request still
 * waiting for one. What its data means depends on that request: see
 * `decodeForwardedPort` and `decodeHostKeyProofs`.
 */
export interface RequestSuccess {
  readonly type: 'REQUEST_SUCCESS';
  readonly data: Buffer;
}

export function decodeRequestSuccess(payload: Uint8Array): RequestSuccess {
  return {
    type: 'REQUEST_SUCCESS',
    data: WireReader.over(payload, ConnectionNumber.REQUEST_SUCCESS).rest(),
  };
}

export function encodeRequestSuccess(data: Uint8Array = new Uint8Array()): Buffer {
  return new WireWriter(ConnectionNumber.REQUEST_SUCCESS, data.length).bytes(data).finish();
}

/** The port that was bound for a `tcpip-forward` of port 0 (RFC 4254, 7.1), or null when none is told. */
export function decodeForwardedPort(data: Uint8Array): number | null {
  if (data.length === 0) return null;
  const reader = new WireReader(data);
  const port = reader.uint32();
  reader.finish();
  return port;
}

/** The answer's data for a `tcpip-forward` of port 0. */
export function encodeForwardedPort(port: number): Buffer {
  return new WireWriter().uint32(port).finish();
}

/** One signature for each key of a `hostkeys-prove-00@openssh.com`, in its order. */
export function decodeHostKeyProofs(data: Uint8Array): Buffer[] {
  const reader = new WireReader(data);
  const signatures: Buffer[] = [];
  while (reader.remaining > 0) signatures.push(reader.string());
  return signatures;
}
