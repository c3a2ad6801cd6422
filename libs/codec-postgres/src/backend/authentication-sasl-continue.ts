import type { Buffer } from 'node:buffer';
import { MessageBuilder } from '../wire/message-builder.ts';
import { BackendType } from './backend-type.ts';

export const AUTHENTICATION_SASL_CONTINUE = 11;

/** AuthenticationSASLContinue (B): a challenge of the chosen mechanism. Decoded by `decodeAuthentication`. */
export interface AuthenticationSASLContinue {
  readonly type: 'AuthenticationSASLContinue';
  readonly data: Buffer;
}

export function encodeAuthenticationSASLContinue(data: Uint8Array): Buffer {
  return new MessageBuilder(BackendType.Authentication)
    .uint32(AUTHENTICATION_SASL_CONTINUE)
    .bytes(data)
    .finish();
}
