import type { Buffer } from 'node:buffer';
import type { Frame } from '../wire/frame.ts';
import { MessageBuilder } from '../wire/message-builder.ts';
import { MessageCursor } from '../wire/message-cursor.ts';
import { FrontendType } from './frontend-type.ts';

/** Parse (F): prepares a statement under a name; the empty name is the unnamed one. */
export interface Parse {
  readonly type: 'Parse';
  readonly statement: string;
  /** null when the bytes are not valid UTF-8: such a statement cannot be understood and must be refused. */
  readonly sql: string | null;
  /** OIDs of the parameters' types; 0 or left out: the server infers it. */
  readonly parameterTypes: readonly number[];
}

export function decodeParse(frame: Frame): Parse {
  const cursor = MessageCursor.over(frame, FrontendType.Parse);
  const statement = cursor.text();
  const sql = cursor.textOrNull();
  const parameterTypes: number[] = [];
  for (let left = cursor.count16(4); left > 0; left--) parameterTypes.push(cursor.uint32());
  cursor.finish();
  return { type: 'Parse', statement, sql, parameterTypes };
}

export function encodeParse(statement: string, sql: string, parameterTypes: readonly number[] = []): Buffer {
  const builder = new MessageBuilder(FrontendType.Parse, sql.length + statement.length + 16);
  builder.text(statement).text(sql).int16(parameterTypes.length);
  for (const oid of parameterTypes) builder.uint32(oid);
  return builder.finish();
}
