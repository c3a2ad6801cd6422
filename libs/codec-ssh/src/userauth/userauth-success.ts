import { Buffer } from 'node:buffer';
import { WireReader } from '../wire/wire-reader.ts';
import { UserauthNumber } from './message-number.ts';

/** SSH_MSG_USERAUTH_SUCCESS. */
export interface UserauthSuccess {
  readonly type: 'USERAUTH_SUCCESS';
}

export function decodeUserauthSuccess(payload: Uint8Array): UserauthSuccess {
  WireReader.over(payload, UserauthNumber.USERAUTH_SUCCESS).finish();
  return { type: 'USERAUTH_SUCCESS' };
}

export function encodeUserauthSuccess(): Buffer {
  return Buffer.from([UserauthNumber.USERAUTH_SUCCESS]);
}
