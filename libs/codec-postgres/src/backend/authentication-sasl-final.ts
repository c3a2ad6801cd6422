import type { Buffer } from 'node:buffer';
import { MessageBuilder } from '../wire/message-builder.ts';
import { BackendType } from './backend-type.ts';

export const AUTHENTICATION_SASL_FINAL = 12;

/** AuthenticationSASLFinal (B): the last word of the chosen mechanism. Decoded by `decodeAuthentication`. */
export interface AuthenticationSASLFinal {
  readonly type: 'AuthenticationSASLFinal';
  readonly data: Buffer;
}

export function encodeAuthenticationSASLFinal(data: Uint8Array): Buffer {
  return new MessageBuilder(BackendType.Authentication)
    .uint32(AUTHENTICATION_SASL_FINAL)
    .bytes(data)
    .finish();
}
