import type { Buffer } from 'node:buffer';
import { MessageBuilder } from '../wire/message-builder.ts';
import { protocolViolation } from '../wire/protocol-violation.ts';

export const SSL_REQUEST_CODE = 80877103;

/** SSLRequest (F): asks to go on with TLS; one byte answers it. */
export interface SSLRequest {
  readonly type: 'SSLRequest';
}

export function encodeSSLRequest(): Buffer {
  return new MessageBuilder(null).int32(SSL_REQUEST_CODE).finish();
}

/** The server's one byte to an SSLRequest or a GSSENCRequest. */
export type EncryptionAnswer = 'accepted' | 'refused';

/**
 * Reads the answer. It must be the only byte received: whatever follows it in
 * the clear was put there by somebody on the path (CVE-2021-23222). An
 * ErrorResponse here is not authenticated and must not be shown (CVE-2024-10977).
 * @throws AccessError protocol_violation
 */
export function decodeEncryptionAnswer(bytes: Buffer, accepted: 'S' | 'G'): EncryptionAnswer {
  if (bytes.length !== 1)
    throw protocolViolation('The server sent more than its answer to an encryption request.');
  if (bytes[0] === accepted.charCodeAt(0)) return 'accepted';
  if (bytes[0] === 0x4e) return 'refused';
  throw protocolViolation('The server did not answer an encryption request.');
}
