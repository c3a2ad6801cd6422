import {
  BackendType,
  decodeErrorResponse,
  decodeNoticeResponse,
  decodeNotificationResponse,
  encodeErrorResponse,
  encodeNoticeResponse,
  encodeNotificationResponse,
  frameOf,
  type Diagnostic,
} from '@sallyport/codec-postgres';
import type { FrameMasker } from '@sallyport/proxy-kit';

/** Fields that hold names of the schema or of the server's source, never a row's value. */
const NAMES_ONLY = [
  'severityLocal',
  'severity',
  'code',
  'schema',
  'table',
  'column',
  'constraint',
  'file',
  'line',
  'routine',
  'position',
] as const;

const WITHHELD_BY_STATE: Readonly<Record<string, string>> = {
  '23502': 'a NOT NULL constraint is violated',
  '23503': 'a foreign key constraint is violated',
  '23505': 'a unique constraint is violated',
  '23514': 'a check constraint is violated',
  '22P02': 'a value has the wrong form for its type',
  '22012': 'division by zero',
  '25P02': 'current transaction is aborted, commands ignored until end of transaction block',
  '40001': 'could not serialize access',
  '40P01': 'deadlock detected',
  '42601': 'syntax error',
  '42703': 'column does not exist',
  '42P01': 'relation does not exist',
  '57014': 'canceling statement',
};

/**
 * Errors and notices about statements that read masked columns: the words may
 * quote a value ("invalid input syntax for type integer: ..."), so only what
 * names things is kept.
 */
export const withheldDiagnostic: FrameMasker = {
  mask(bytes) {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const frame = frameOf(buffer);
    return frame.type === BackendType.ErrorResponse
      ? [encodeErrorResponse(withhold(decodeErrorResponse(frame).fields))]
      : [encodeNoticeResponse(withhold(decodeNoticeResponse(frame).fields))];
  },
};

function withhold(fields: Diagnostic): Diagnostic {
  const kept: Partial<Record<keyof Diagnostic, string>> = {};
  for (const name of NAMES_ONLY) {
    const value = fields[name];
    if (value !== undefined) kept[name] = value;
  }
  const what = WITHHELD_BY_STATE[fields.code ?? ''] ?? `the target reported ${fields.code ?? 'a problem'}`;
  return {
    ...kept,
    message: `${what} (words withheld by sallyport: they may quote masked values)`,
  };
}

/** A notification whose payload is not known to be harmless. */
export const withheldNotification: FrameMasker = {
  mask(bytes) {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const { processId, channel, payload } = decodeNotificationResponse(frameOf(buffer));
    return [encodeNotificationResponse(processId, channel, payload === '' ? '' : '[redacted]')];
  },
};
