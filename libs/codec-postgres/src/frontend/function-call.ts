import type { Buffer } from 'node:buffer';
import { formatFromCode, formatToCode, type FormatCode } from '../wire/format-code.ts';
import type { Frame } from '../wire/frame.ts';
import { MessageBuilder } from '../wire/message-builder.ts';
import { MessageCursor } from '../wire/message-cursor.ts';
import { decodeFormats, encodeFormats } from './bind.ts';
import { FrontendType } from './frontend-type.ts';

/** FunctionCall (F): the legacy fast path that calls a function by OID, past every SQL text. */
export interface FunctionCall {
  readonly type: 'FunctionCall';
  readonly functionOid: number;
  readonly argumentFormats: readonly FormatCode[];
  readonly arguments: readonly (Buffer | null)[];
  readonly resultFormat: FormatCode;
}

export function decodeFunctionCall(frame: Frame): FunctionCall {
  const cursor = MessageCursor.over(frame, FrontendType.FunctionCall);
  const functionOid = cursor.uint32();
  const argumentFormats = decodeFormats(cursor);
  const args: (Buffer | null)[] = [];
  for (let left = cursor.count16(4); left > 0; left--) args.push(cursor.nullableBytes());
  const resultFormat = formatFromCode(cursor.int16());
  cursor.finish();
  return { type: 'FunctionCall', functionOid, argumentFormats, arguments: args, resultFormat };
}

export function encodeFunctionCall(message: Omit<FunctionCall, 'type'>): Buffer {
  const builder = new MessageBuilder(FrontendType.FunctionCall).uint32(message.functionOid);
  encodeFormats(builder, message.argumentFormats);
  builder.int16(message.arguments.length);
  for (const argument of message.arguments) builder.nullableBytes(argument);
  return builder.int16(formatToCode(message.resultFormat)).finish();
}
