import type { Buffer } from 'node:buffer';
import { formatFromCode, formatToCode, type FormatCode } from '../wire/format-code.ts';
import type { Frame } from '../wire/frame.ts';
import { MessageBuilder } from '../wire/message-builder.ts';
import { MessageCursor } from '../wire/message-cursor.ts';
import { BackendType } from './backend-type.ts';

/** A column of a result, as the server describes it. */
export interface FieldDescription {
  readonly name: string;
  /** The table that the column comes from; 0: none that the server can name, which is not "no table". */
  readonly tableOid: number;
  /** The column's number in that table; 0 as above, negative for system columns. */
  readonly attributeNumber: number;
  readonly typeOid: number;
  readonly typeSize: number;
  readonly typeModifier: number;
  /** In the answer to a Describe of a statement always text: the format is only known at Bind. */
  readonly format: FormatCode;
}

/** RowDescription (B): the columns of the rows that follow. */
export interface RowDescription {
  readonly type: 'RowDescription';
  readonly fields: readonly FieldDescription[];
}

/** Zero byte of the name, and the fixed fields. */
const FIELD_MIN_BYTES = 19;

export function decodeRowDescription(frame: Frame): RowDescription {
  const cursor = MessageCursor.over(frame, BackendType.RowDescription);
  const fields: FieldDescription[] = [];
  for (let left = cursor.count16(FIELD_MIN_BYTES); left > 0; left--) {
    fields.push({
      name: cursor.displayText(),
      tableOid: cursor.uint32(),
      attributeNumber: cursor.int16(),
      typeOid: cursor.uint32(),
      typeSize: cursor.int16(),
      typeModifier: cursor.int32(),
      format: formatFromCode(cursor.int16()),
    });
  }
  cursor.finish();
  return { type: 'RowDescription', fields };
}

export function encodeRowDescription(fields: readonly FieldDescription[]): Buffer {
  const builder = new MessageBuilder(BackendType.RowDescription, fields.length * 32).int16(fields.length);
  for (const field of fields) {
    builder
      .text(field.name)
      .uint32(field.tableOid)
      .int16(field.attributeNumber)
      .uint32(field.typeOid)
      .int16(field.typeSize)
      .int32(field.typeModifier)
      .int16(formatToCode(field.format));
  }
  return builder.finish();
}
