import type { Buffer } from 'node:buffer';
import type { Frame } from '../wire/frame.ts';
import { MessageBuilder } from '../wire/message-builder.ts';
import { MessageCursor } from '../wire/message-cursor.ts';
import { BackendType } from './backend-type.ts';

/** DataRow (B): one row. The data path never decodes rows; see rows/row-rewriter.ts for masking. */
export interface DataRow {
  readonly type: 'DataRow';
  /** Views of the frame's buffer; null is SQL NULL. */
  readonly values: readonly (Buffer | null)[];
}

export function decodeDataRow(frame: Frame): DataRow {
  const cursor = MessageCursor.over(frame, BackendType.DataRow);
  const values: (Buffer | null)[] = [];
  for (let left = cursor.count16(4); left > 0; left--) values.push(cursor.nullableBytes());
  cursor.finish();
  return { type: 'DataRow', values };
}

export function encodeDataRow(values: readonly (Uint8Array | null)[]): Buffer {
  const builder = new MessageBuilder(BackendType.DataRow).int16(values.length);
  for (const value of values) builder.nullableBytes(value);
  return builder.finish();
}
