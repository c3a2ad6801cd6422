import type { Buffer } from 'node:buffer';
import { formatFromCode, formatToCode, type FormatCode } from '../wire/format-code.ts';
import type { Frame } from '../wire/frame.ts';
import { MessageBuilder } from '../wire/message-builder.ts';
import { MessageCursor } from '../wire/message-cursor.ts';
import { protocolViolation } from '../wire/protocol-violation.ts';
import { FrontendType } from './frontend-type.ts';

/** Bind (F): makes a portal of a prepared statement and its parameters. */
export interface Bind {
  readonly type: 'Bind';
  readonly portal: string;
  readonly statement: string;
  /** Of the parameters: none (all text), one for all, or one each; see `formatAt`. */
  readonly parameterFormats: readonly FormatCode[];
  /** Views of the frame's buffer; null is SQL NULL. */
  readonly parameters: readonly (Buffer | null)[];
  /** Of the result's columns, in the same short forms. */
  readonly resultFormats: readonly FormatCode[];
}

export function decodeBind(frame: Frame): Bind {
  const cursor = MessageCursor.over(frame, FrontendType.Bind);
  const portal = cursor.text();
  const statement = cursor.text();
  const parameterFormats = decodeFormats(cursor);
  const parameters: (Buffer | null)[] = [];
  for (let left = cursor.count16(4); left > 0; left--) parameters.push(cursor.nullableBytes());
  if (parameterFormats.length > 1 && parameterFormats.length !== parameters.length) {
    throw protocolViolation('A Bind has another number of formats than of parameters.');
  }
  const resultFormats = decodeFormats(cursor);
  cursor.finish();
  return { type: 'Bind', portal, statement, parameterFormats, parameters, resultFormats };
}

export function encodeBind(message: Omit<Bind, 'type'>): Buffer {
  const builder = new MessageBuilder(FrontendType.Bind);
  builder.text(message.portal).text(message.statement);
  encodeFormats(builder, message.parameterFormats);
  builder.int16(message.parameters.length);
  for (const parameter of message.parameters) builder.nullableBytes(parameter);
  encodeFormats(builder, message.resultFormats);
  return builder.finish();
}

/** A count and that many format codes, as Bind and FunctionCall carry them. */
export function decodeFormats(cursor: MessageCursor): FormatCode[] {
  const formats: FormatCode[] = [];
  for (let left = cursor.count16(2); left > 0; left--) formats.push(formatFromCode(cursor.int16()));
  return formats;
}

export function encodeFormats(builder: MessageBuilder, formats: readonly FormatCode[]): void {
  builder.int16(formats.length);
  for (const format of formats) builder.int16(formatToCode(format));
}
