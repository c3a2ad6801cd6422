import type { Buffer } from 'node:buffer';
import type { Frame } from '../wire/frame.ts';
import { MessageBuilder } from '../wire/message-builder.ts';
import { MessageCursor } from '../wire/message-cursor.ts';
import { protocolViolation } from '../wire/protocol-violation.ts';
import { BackendType } from './backend-type.ts';

/** BackendKeyData (B): what a client needs to cancel what it runs. */
export interface BackendKeyData {
  readonly type: 'BackendKeyData';
  readonly processId: number;
  /** 4 bytes in protocol 3.0, up to 256 in 3.2. A secret: never forwarded, as it is the real server's. */
  readonly secretKey: Buffer;
}

export const MIN_SECRET_KEY_BYTES = 4;
export const MAX_SECRET_KEY_BYTES = 256;

/** The key, if its length is one that the protocol allows. @throws AccessError protocol_violation */
export function checkSecretKey<Key extends Uint8Array>(key: Key): Key {
  if (key.length < MIN_SECRET_KEY_BYTES || key.length > MAX_SECRET_KEY_BYTES) {
    throw protocolViolation('A cancel key has a length that the protocol does not allow.');
  }
  return key;
}

export function decodeBackendKeyData(frame: Frame): BackendKeyData {
  const cursor = MessageCursor.over(frame, BackendType.BackendKeyData);
  const processId = cursor.uint32();
  return { type: 'BackendKeyData', processId, secretKey: checkSecretKey(cursor.rest()) };
}

export function encodeBackendKeyData(processId: number, secretKey: Uint8Array): Buffer {
  return new MessageBuilder(BackendType.BackendKeyData)
    .uint32(processId)
    .bytes(checkSecretKey(secretKey))
    .finish();
}
