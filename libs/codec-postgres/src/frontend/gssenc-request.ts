import type { Buffer } from 'node:buffer';
import { MessageBuilder } from '../wire/message-builder.ts';

export const GSSENC_REQUEST_CODE = 80877104;

/** GSSENCRequest (F): asks to go on with GSSAPI encryption; "N" declines. */
export interface GSSENCRequest {
  readonly type: 'GSSENCRequest';
}

export function encodeGSSENCRequest(): Buffer {
  return new MessageBuilder(null).int32(GSSENC_REQUEST_CODE).finish();
}
