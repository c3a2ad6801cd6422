import type { Buffer } from 'node:buffer';
import type { Frame } from '../wire/frame.ts';
import { MessageBuilder } from '../wire/message-builder.ts';
import { MessageCursor } from '../wire/message-cursor.ts';
import { BackendType } from './backend-type.ts';

/** ParameterDescription (B): the types of a prepared statement's parameters. */
export interface ParameterDescription {
  readonly type: 'ParameterDescription';
  readonly typeOids: readonly number[];
}

export function decodeParameterDescription(frame: Frame): ParameterDescription {
  const cursor = MessageCursor.over(frame, BackendType.ParameterDescription);
  const typeOids: number[] = [];
  for (let left = cursor.count16(4); left > 0; left--) typeOids.push(cursor.uint32());
  cursor.finish();
  return { type: 'ParameterDescription', typeOids };
}

export function encodeParameterDescription(typeOids: readonly number[]): Buffer {
  const builder = new MessageBuilder(BackendType.ParameterDescription).int16(typeOids.length);
  for (const oid of typeOids) builder.uint32(oid);
  return builder.finish();
}
