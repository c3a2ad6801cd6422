import type { Buffer } from 'node:buffer';
import { MessageBuilder } from '../wire/message-builder.ts';
import { BackendType } from './backend-type.ts';

export const AUTHENTICATION_OK = 0;

/** AuthenticationOk (B): the client is who it says. Decoded by `decodeAuthentication`. */
export interface AuthenticationOk {
  readonly type: 'AuthenticationOk';
}

export function encodeAuthenticationOk(): Buffer {
  return new MessageBuilder(BackendType.Authentication).uint32(AUTHENTICATION_OK).finish();
}
