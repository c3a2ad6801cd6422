import type { Buffer } from 'node:buffer';
import { MessageCursor } from '../wire/message-cursor.ts';
import { protocolViolation } from '../wire/protocol-violation.ts';
import { versionFromWord } from '../wire/protocol-version.ts';
import { CANCEL_REQUEST_CODE, decodeCancelRequest, type CancelRequest } from './cancel-request.ts';
import { GSSENC_REQUEST_CODE, type GSSENCRequest } from './gssenc-request.ts';
import { SSL_REQUEST_CODE, type SSLRequest } from './ssl-request.ts';
import { decodeStartupMessage, type StartupMessage } from './startup-message.ts';

/** What a client may send before it has a session: messages without a type byte. */
export type StartupPacket = StartupMessage | SSLRequest | GSSENCRequest | CancelRequest;

/** PostgreSQL's own bound (MAX_STARTUP_PACKET_LENGTH), in bytes after the length word. */
export const MAX_STARTUP_PACKET_BYTES = 10_000;

/** @param bytes one whole packet, its length word included. @throws AccessError protocol_violation */
export function decodeStartupPacket(bytes: Buffer): StartupPacket {
  const cursor = new MessageCursor(bytes, 0, bytes.length);
  if (cursor.uint32() !== bytes.length) throw protocolViolation('The length of a startup packet is wrong.');
  const code = cursor.uint32();
  switch (code) {
    case SSL_REQUEST_CODE:
      cursor.finish();
      return { type: 'SSLRequest' };
    case GSSENC_REQUEST_CODE:
      cursor.finish();
      return { type: 'GSSENCRequest' };
    case CANCEL_REQUEST_CODE:
      return decodeCancelRequest(cursor);
    default:
      return decodeStartupMessage(versionFromWord(code), cursor);
  }
}
