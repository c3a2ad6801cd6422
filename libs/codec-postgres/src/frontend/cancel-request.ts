import type { Buffer } from 'node:buffer';
import { checkSecretKey } from '../backend/backend-key-data.ts';
import { MessageBuilder } from '../wire/message-builder.ts';
import type { MessageCursor } from '../wire/message-cursor.ts';

export const CANCEL_REQUEST_CODE = 80877102;

/** CancelRequest (F): on a connection of its own, asks to cancel what another one runs. */
export interface CancelRequest {
  readonly type: 'CancelRequest';
  readonly processId: number;
  /** 4 bytes in protocol 3.0, up to 256 in 3.2. A secret. */
  readonly secretKey: Buffer;
}

/** @param cursor after the request code */
export function decodeCancelRequest(cursor: MessageCursor): CancelRequest {
  const processId = cursor.uint32();
  return { type: 'CancelRequest', processId, secretKey: checkSecretKey(cursor.rest()) };
}

export function encodeCancelRequest(processId: number, secretKey: Uint8Array): Buffer {
  return new MessageBuilder(null)
    .int32(CANCEL_REQUEST_CODE)
    .uint32(processId)
    .bytes(checkSecretKey(secretKey))
    .finish();
}
