import type { Buffer } from 'node:buffer';
import { MessageBuilder } from '../wire/message-builder.ts';
import { BackendType } from './backend-type.ts';

export const AUTHENTICATION_CLEARTEXT_PASSWORD = 3;

/** AuthenticationCleartextPassword (B): asks for the password as it is. Decoded by `decodeAuthentication`. */
export interface AuthenticationCleartextPassword {
  readonly type: 'AuthenticationCleartextPassword';
}

export function encodeAuthenticationCleartextPassword(): Buffer {
  return new MessageBuilder(BackendType.Authentication).uint32(AUTHENTICATION_CLEARTEXT_PASSWORD).finish();
}
