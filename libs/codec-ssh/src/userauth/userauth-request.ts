import type { Buffer } from 'node:buffer';
import { WireReader } from '../wire/wire-reader.ts';
import { WireWriter } from '../wire/wire-writer.ts';
import { UserauthNumber } from './message-number.ts';
import { MAX_USER_BYTES } from './userauth-limits.ts';
import {
  decodeUserauthMethod,
  encodeUserauthMethod,
  writePublickey,
  type PublickeyMethod,
  type UserauthMethod,
} from './userauth-method.ts';

/** SSH_MSG_USERAUTH_REQUEST (RFC 4252, 5). */
export interface UserauthRequest {
  readonly type: 'USERAUTH_REQUEST';
  readonly user: string;
  /** The service to start after; `ssh-connection` is the only one there is. */
  readonly service: string;
  readonly method: UserauthMethod;
}

export function decodeUserauthRequest(payload: Uint8Array): UserauthRequest {
  const reader = WireReader.over(payload, UserauthNumber.USERAUTH_REQUEST);
  const user = reader.text(MAX_USER_BYTES);
  const service = reader.name();
  const method = decodeUserauthMethod(reader.name(), reader);
  reader.finish();
  return { type: 'USERAUTH_REQUEST', user, service, method };
}

export function encodeUserauthRequest(message: Omit<UserauthRequest, 'type'>): Buffer {
  const { method } = message;
  const writer = new WireWriter(UserauthNumber.USERAUTH_REQUEST)
    .text(message.user)
    .text(message.service)
    .text(method.kind === 'unknown' ? method.name : method.kind);
  return encodeUserauthMethod(writer, method).finish();
}

/**
 * What the signature of a publickey request covers (RFC 4252, 7): the session
 * and the request as if it were signed, so that a proof serves for one
 * connection, one user and one service only.
 * @param sessionId the exchange hash of the first key exchange
 */
export function userauthSignedData(
  sessionId: Uint8Array,
  request: { readonly user: string; readonly service: string; readonly method: PublickeyMethod },
): Buffer {
  const writer = new WireWriter()
    .string(sessionId)
    .byte(UserauthNumber.USERAUTH_REQUEST)
    .text(request.user)
    .text(request.service)
    .text(request.method.kind);
  return writePublickey(writer, request.method, true).finish();
}
