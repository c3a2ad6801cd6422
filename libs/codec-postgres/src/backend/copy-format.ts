import type { Buffer } from 'node:buffer';
import { formatFromCode, formatToCode, type FormatCode } from '../wire/format-code.ts';
import type { Frame } from '../wire/frame.ts';
import { MessageBuilder } from '../wire/message-builder.ts';
import { MessageCursor } from '../wire/message-cursor.ts';
import { protocolViolation } from '../wire/protocol-violation.ts';

/** The body that CopyInResponse, CopyOutResponse and CopyBothResponse share. */
export interface CopyFormat {
  /** Of the stream as a whole; "text" stands for the text and CSV forms alike. */
  readonly format: FormatCode;
  readonly columnFormats: readonly FormatCode[];
}

export function decodeCopyFormat(frame: Frame, type: number): CopyFormat {
  const cursor = MessageCursor.over(frame, type);
  const code = cursor.uint8();
  if (code > 1) throw protocolViolation('A COPY is neither textual nor binary.');
  const columnFormats: FormatCode[] = [];
  for (let left = cursor.count16(2); left > 0; left--) columnFormats.push(formatFromCode(cursor.int16()));
  cursor.finish();
  return { format: formatFromCode(code), columnFormats };
}

export function encodeCopyFormat(type: number, copy: CopyFormat): Buffer {
  const builder = new MessageBuilder(type).uint8(formatToCode(copy.format)).int16(copy.columnFormats.length);
  for (const format of copy.columnFormats) builder.int16(formatToCode(format));
  return builder.finish();
}
