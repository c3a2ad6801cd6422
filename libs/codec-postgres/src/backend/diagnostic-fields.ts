import type { Buffer } from 'node:buffer';
import type { Frame } from '../wire/frame.ts';
import { MessageBuilder } from '../wire/message-builder.ts';
import { MessageCursor } from '../wire/message-cursor.ts';
import { protocolViolation } from '../wire/protocol-violation.ts';

/** Field codes of ErrorResponse and NoticeResponse by name (protocol document, 55.8). */
const FIELD_CODES = {
  severityLocal: 'S',
  severity: 'V',
  code: 'C',
  message: 'M',
  detail: 'D',
  hint: 'H',
  position: 'P',
  internalPosition: 'p',
  internalQuery: 'q',
  where: 'W',
  schema: 's',
  table: 't',
  column: 'c',
  dataType: 'd',
  constraint: 'n',
  file: 'F',
  line: 'L',
  routine: 'R',
} as const;

export type DiagnosticField = keyof typeof FIELD_CODES;

/**
 * The fields of an ErrorResponse or NoticeResponse. Of them message, detail,
 * hint, where, internalQuery and dataType may quote values of rows.
 */
export type Diagnostic = Readonly<Partial<Record<DiagnosticField, string>>>;

const NAME_OF_CODE = new Map<string, DiagnosticField>(
  (Object.keys(FIELD_CODES) as DiagnosticField[]).map((name) => [FIELD_CODES[name], name]),
);

/** Fields of unknown codes are left out: what is not known cannot be checked for values of rows. */
export function decodeDiagnostic(frame: Frame, type: number): Diagnostic {
  const cursor = MessageCursor.over(frame, type);
  const fields: Partial<Record<DiagnosticField, string>> = {};
  for (let code = cursor.uint8(); code !== 0; code = cursor.uint8()) {
    const value = cursor.displayText();
    const name = NAME_OF_CODE.get(String.fromCharCode(code));
    if (name !== undefined) fields[name] = value;
  }
  cursor.finish();
  return fields;
}

export function encodeDiagnostic(type: number, fields: Diagnostic): Buffer {
  const builder = new MessageBuilder(type, 256);
  for (const name of Object.keys(FIELD_CODES) as DiagnosticField[]) {
    const value = fields[name];
    if (value !== undefined) builder.uint8(FIELD_CODES[name].charCodeAt(0)).text(value);
  }
  return builder.uint8(0).finish();
}

/** SQLSTATE codes are five characters; anything else breaks drivers that match on them. */
export function checkSqlState(code: string): string {
  if (!/^[0-9A-Z]{5}$/.test(code)) throw protocolViolation('An error code is not an SQLSTATE.');
  return code;
}
