import type { Buffer } from 'node:buffer';
import { MessageBuilder } from '../wire/message-builder.ts';
import type { MessageCursor } from '../wire/message-cursor.ts';
import { BackendType } from './backend-type.ts';

export const AUTHENTICATION_SASL = 10;

/** AuthenticationSASL (B): offers mechanisms, the preferred one first. Decoded by `decodeAuthentication`. */
export interface AuthenticationSASL {
  readonly type: 'AuthenticationSASL';
  readonly mechanisms: readonly string[];
}

export function decodeMechanisms(cursor: MessageCursor): string[] {
  const mechanisms: string[] = [];
  for (let name = cursor.text(); name !== ''; name = cursor.text()) mechanisms.push(name);
  return mechanisms;
}

export function encodeAuthenticationSASL(mechanisms: readonly string[]): Buffer {
  const builder = new MessageBuilder(BackendType.Authentication).uint32(AUTHENTICATION_SASL);
  for (const mechanism of mechanisms) builder.text(mechanism);
  return builder.uint8(0).finish();
}
