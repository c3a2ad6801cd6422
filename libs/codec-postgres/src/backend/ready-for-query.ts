import type { Buffer } from 'node:buffer';
import type { Frame } from '../wire/frame.ts';
import { MessageBuilder } from '../wire/message-builder.ts';
import { MessageCursor } from '../wire/message-cursor.ts';
import { protocolViolation } from '../wire/protocol-violation.ts';
import { BackendType } from './backend-type.ts';

export type TransactionStatus = 'idle' | 'in-transaction' | 'failed-transaction';

/** ReadyForQuery (B): the server waits for the next cycle. */
export interface ReadyForQuery {
  readonly type: 'ReadyForQuery';
  readonly status: TransactionStatus;
}

const STATUS_BYTES = {
  idle: 0x49,
  'in-transaction': 0x54,
  'failed-transaction': 0x45,
} as const satisfies Record<TransactionStatus, number>;

export function decodeReadyForQuery(frame: Frame): ReadyForQuery {
  const cursor = MessageCursor.over(frame, BackendType.ReadyForQuery);
  const status = statusOf(cursor.uint8());
  cursor.finish();
  return { type: 'ReadyForQuery', status };
}

export function encodeReadyForQuery(status: TransactionStatus): Buffer {
  return new MessageBuilder(BackendType.ReadyForQuery).uint8(STATUS_BYTES[status]).finish();
}

function statusOf(byte: number): TransactionStatus {
  if (byte === STATUS_BYTES.idle) return 'idle';
  if (byte === STATUS_BYTES['in-transaction']) return 'in-transaction';
  if (byte === STATUS_BYTES['failed-transaction']) return 'failed-transaction';
  throw protocolViolation('A ReadyForQuery has an unknown transaction status.');
}
