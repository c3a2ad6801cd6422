import type { MessageCursor } from '../wire/message-cursor.ts';
import { protocolViolation } from '../wire/protocol-violation.ts';

/** What the name in a Describe or Close is a name of. */
export type NamedKind = 'statement' | 'portal';

/** @throws AccessError protocol_violation */
export function decodeNamedKind(cursor: MessageCursor): NamedKind {
  const kind = cursor.uint8();
  if (kind === 0x53) return 'statement';
  if (kind === 0x50) return 'portal';
  throw protocolViolation('A Describe or Close names neither a statement nor a portal.');
}

export function kindByte(kind: NamedKind): number {
  return kind === 'statement' ? 0x53 : 0x50;
}
