import type { Buffer } from 'node:buffer';
import type { Frame } from '../wire/frame.ts';
import { MessageBuilder } from '../wire/message-builder.ts';
import { MessageCursor } from '../wire/message-cursor.ts';
import { FrontendType } from './frontend-type.ts';
import { decodeNamedKind, kindByte, type NamedKind } from './named-kind.ts';

/** Close (F): forgets a prepared statement or a portal. */
export interface Close {
  readonly type: 'Close';
  readonly kind: NamedKind;
  readonly name: string;
}

export function decodeClose(frame: Frame): Close {
  const cursor = MessageCursor.over(frame, FrontendType.Close);
  const kind = decodeNamedKind(cursor);
  const name = cursor.text();
  cursor.finish();
  return { type: 'Close', kind, name };
}

export function encodeClose(kind: NamedKind, name: string): Buffer {
  return new MessageBuilder(FrontendType.Close).uint8(kindByte(kind)).text(name).finish();
}
