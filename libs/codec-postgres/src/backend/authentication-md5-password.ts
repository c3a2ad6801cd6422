import type { Buffer } from 'node:buffer';
import { MessageBuilder } from '../wire/message-builder.ts';
import { BackendType } from './backend-type.ts';

export const AUTHENTICATION_MD5_PASSWORD = 5;

/** AuthenticationMD5Password (B): asks for the password hashed with a salt. Decoded by `decodeAuthentication`. */
export interface AuthenticationMD5Password {
  readonly type: 'AuthenticationMD5Password';
  /** 4 bytes. */
  readonly salt: Buffer;
}

export function encodeAuthenticationMD5Password(salt: Uint8Array): Buffer {
  return new MessageBuilder(BackendType.Authentication)
    .uint32(AUTHENTICATION_MD5_PASSWORD)
    .bytes(salt)
    .finish();
}
