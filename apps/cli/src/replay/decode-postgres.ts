import {
  decodeBackendMessage,
  decodeBinaryToText,
  decodeUtf8,
  HEADER_BYTES,
  type BackendMessage,
  type DataRow,
  type RowDescription,
} from '@sallyport/codec-postgres';
import type { AnswerPart } from './answer.ts';

interface OpenRows {
  readonly kind: 'rows';
  readonly columns: readonly string[];
  readonly rows: (readonly (string | null)[])[];
}

type Diagnostic = Extract<BackendMessage, { type: 'ErrorResponse' | 'NoticeResponse' }>['fields'];

/**
 * Messages of a PostgreSQL server, as recorded, for people. Keeps the last
 * description of rows, since an Execute answers with rows only: the
 * description came with a Describe before.
 */
export class PostgresAnswers {
  #description: RowDescription | undefined;
  /** The part that rows are added to while it is the last. */
  #rows: OpenRows | undefined;

  /** The messages in these bytes. What cannot be read is said, with what comes behind it; never throws. */
  decode(data: Buffer): readonly AnswerPart[] {
    const parts: AnswerPart[] = [];
    let at = 0;
    while (at < data.length) {
      const end = messageEnd(data, at);
      if (end === null || end > data.length) {
        parts.push({ kind: 'hidden', bytes: data.length - at, why: 'the rest of it is not here' });
        return parts;
      }
      const message = tryDecode(data, at, end);
      if (message === null) parts.push({ kind: 'hidden', bytes: end - at, why: 'it cannot be decoded' });
      else this.#add(parts, message);
      at = end;
    }
    return parts;
  }

  #add(parts: AnswerPart[], message: BackendMessage): void {
    switch (message.type) {
      case 'RowDescription':
        this.#description = message;
        this.#openRows(
          parts,
          message.fields.map(({ name }) => name),
        );
        return;
      case 'DataRow':
        this.#addRow(parts, message);
        return;
      case 'CopyData':
        addText(parts, decodeUtf8(message.data) ?? hexOf(message.data));
        return;
      case 'CommandComplete':
        parts.push({ kind: 'done', status: message.tag });
        return;
      case 'ErrorResponse':
      case 'NoticeResponse':
        parts.push(diagnosticPart(message.fields));
        return;
      case 'NotificationResponse':
        parts.push({
          kind: 'message',
          severity: 'NOTIFICATION',
          code: '',
          text: `${message.channel}: ${message.payload}`,
          details: [],
        });
        return;
      default:
        // Acknowledgements and settings: nothing that a person reads.
        return;
    }
  }

  #addRow(parts: AnswerPart[], row: DataRow): void {
    const description = this.#description;
    const known =
      description !== undefined && description.fields.length === row.values.length
        ? description.fields
        : undefined;
    const values = row.values.map((value, i) => (value === null ? null : valueText(value, known?.[i])));
    const open = parts.at(-1) === this.#rows ? this.#rows : undefined;
    const target = open ?? this.#openRows(parts, known?.map(({ name }) => name) ?? []);
    target.rows.push(values);
  }

  #openRows(parts: AnswerPart[], columns: readonly string[]): OpenRows {
    const rows: OpenRows = { kind: 'rows', columns, rows: [] };
    this.#rows = rows;
    parts.push(rows);
    return rows;
  }
}

/** Where the message at `at` ends; null if not even its header is there. */
function messageEnd(data: Buffer, at: number): number | null {
  if (data.length - at < HEADER_BYTES) return null;
  const length = data.readInt32BE(at + 1);
  return length < HEADER_BYTES - 1 ? null : at + 1 + length;
}

function tryDecode(data: Buffer, start: number, end: number): BackendMessage | null {
  try {
    return decodeBackendMessage({ type: data.readUInt8(start), source: data, start, end });
  } catch {
    // The recording holds what the caller received, well formed or not; the caller of this says so.
    return null;
  }
}

function valueText(value: Buffer, field: RowDescription['fields'][number] | undefined): string {
  if (field?.format === 'binary') return decodeBinaryToText(value, field.typeOid) ?? hexOf(value);
  return decodeUtf8(value) ?? hexOf(value);
}

function hexOf(bytes: Uint8Array): string {
  return `\\x${Buffer.from(bytes).toString('hex')}`;
}

function addText(parts: AnswerPart[], text: string): void {
  const last = parts.at(-1);
  if (last?.kind === 'text') parts[parts.length - 1] = { kind: 'text', text: last.text + text };
  else parts.push({ kind: 'text', text });
}

function diagnosticPart({
  severity,
  severityLocal,
  code,
  message,
  detail,
  hint,
  where,
}: Diagnostic): AnswerPart {
  const details = [
    detail === undefined ? '' : `DETAIL: ${detail}`,
    hint === undefined ? '' : `HINT: ${hint}`,
    where === undefined ? '' : `CONTEXT: ${where}`,
  ];
  return {
    kind: 'message',
    severity: severity ?? severityLocal ?? '',
    code: code ?? '',
    text: message ?? '',
    details: details.filter((line) => line !== ''),
  };
}
