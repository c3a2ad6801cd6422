import type { Buffer } from 'node:buffer';
import type { Frame } from '../wire/frame.ts';
import { MessageBuilder } from '../wire/message-builder.ts';
import { MessageCursor } from '../wire/message-cursor.ts';
import { FrontendType } from './frontend-type.ts';

/** Query (F): one SQL string of any number of statements, run through the simple protocol. */
export interface Query {
  readonly type: 'Query';
  /** null when the bytes are not valid UTF-8: such a statement cannot be understood and must be refused. */
  readonly sql: string | null;
}

export function decodeQuery(frame: Frame): Query {
  const cursor = MessageCursor.over(frame, FrontendType.Query);
  const sql = cursor.textOrNull();
  cursor.finish();
  return { type: 'Query', sql };
}

export function encodeQuery(sql: string): Buffer {
  return new MessageBuilder(FrontendType.Query, sql.length + 1).text(sql).finish();
}
