import type { Buffer } from 'node:buffer';
import type { Frame } from '../wire/frame.ts';
import { MessageBuilder } from '../wire/message-builder.ts';
import { MessageCursor } from '../wire/message-cursor.ts';
import { FrontendType } from './frontend-type.ts';
import { decodeNamedKind, kindByte, type NamedKind } from './named-kind.ts';

/** Describe (F): asks for the columns of a portal, or the parameters and columns of a statement. */
export interface Describe {
  readonly type: 'Describe';
  readonly kind: NamedKind;
  readonly name: string;
}

export function decodeDescribe(frame: Frame): Describe {
  const cursor = MessageCursor.over(frame, FrontendType.Describe);
  const kind = decodeNamedKind(cursor);
  const name = cursor.text();
  cursor.finish();
  return { type: 'Describe', kind, name };
}

export function encodeDescribe(kind: NamedKind, name: string): Buffer {
  return new MessageBuilder(FrontendType.Describe).uint8(kindByte(kind)).text(name).finish();
}
