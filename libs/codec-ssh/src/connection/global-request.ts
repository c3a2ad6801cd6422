import type { Buffer } from 'node:buffer';
import { WireReader } from '../wire/wire-reader.ts';
import { WireWriter } from '../wire/wire-writer.ts';
import { ConnectionNumber } from './message-number.ts';

/**
 * What a global request asks for (RFC 4254, 4 and 7.1; OpenSSH PROTOCOL 2.4,
 * 2.5; draft-miller-sshm-hostkey-update). Known names with their fields;
 * everything else keeps its bytes.
 */
export type GlobalRequestKind =
  | {
      readonly kind: 'tcpip-forward' | 'cancel-tcpip-forward';
      readonly address: string;
      readonly port: number;
    }
  | {
      readonly kind: 'streamlocal-forward@openssh.com' | 'cancel-streamlocal-forward@openssh.com';
      readonly socketPath: Buffer;
    }
  | { readonly kind: 'keepalive@openssh.com'; readonly data: Buffer }
  | { readonly kind: 'no-more-sessions@openssh.com' }
  | {
      readonly kind: 'hostkeys-00@openssh.com' | 'hostkeys-prove-00@openssh.com';
      /** Public key blobs. */
      readonly keys: readonly Buffer[];
    }
  | { readonly kind: 'unknown'; readonly name: string; readonly data: Buffer };

/** SSH_MSG_GLOBAL_REQUEST. */
export interface GlobalRequest {
  readonly type: 'GLOBAL_REQUEST';
  readonly wantReply: boolean;
  readonly request: GlobalRequestKind;
}

export function decodeGlobalRequest(payload: Uint8Array): GlobalRequest {
  const reader = WireReader.over(payload, ConnectionNumber.GLOBAL_REQUEST);
  const name = reader.name();
  const wantReply = reader.boolean();
  const request = decodeKind(name, reader);
  reader.finish();
  return { type: 'GLOBAL_REQUEST', wantReply, request };
}

function decodeKind(name: string, reader: WireReader): GlobalRequestKind {
  switch (name) {
    case 'tcpip-forward':
    case 'cancel-tcpip-forward':
      return { kind: name, address: reader.host(), port: reader.uint32() };
    case 'streamlocal-forward@openssh.com':
    case 'cancel-streamlocal-forward@openssh.com':
      return { kind: name, socketPath: reader.path() };
    case 'keepalive@openssh.com':
      return { kind: name, data: reader.rest() };
    case 'no-more-sessions@openssh.com':
      return { kind: name };
    case 'hostkeys-00@openssh.com':
    case 'hostkeys-prove-00@openssh.com':
      return { kind: name, keys: stringsOf(reader) };
    default:
      return { kind: 'unknown', name, data: reader.rest() };
  }
}

export function encodeGlobalRequest(message: Omit<GlobalRequest, 'type'>): Buffer {
  const { request } = message;
  const writer = new WireWriter(ConnectionNumber.GLOBAL_REQUEST);
  writer.text(request.kind === 'unknown' ? request.name : request.kind).boolean(message.wantReply);
  switch (request.kind) {
    case 'tcpip-forward':
    case 'cancel-tcpip-forward':
      return writer.text(request.address).uint32(request.port).finish();
    case 'streamlocal-forward@openssh.com':
    case 'cancel-streamlocal-forward@openssh.com':
      return writer.cString(request.socketPath).finish();
    case 'no-more-sessions@openssh.com':
      return writer.finish();
    case 'hostkeys-00@openssh.com':
    case 'hostkeys-prove-00@openssh.com':
      for (const key of request.keys) writer.string(key);
      return writer.finish();
    case 'keepalive@openssh.com':
    case 'unknown':
      return writer.bytes(request.data).finish();
  }
}

function stringsOf(reader: WireReader): Buffer[] {
  const strings: Buffer[] = [];
  while (reader.remaining > 0) strings.push(reader.string());
  return strings;
}
