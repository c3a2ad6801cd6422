import type { Buffer } from 'node:buffer';
import type { Frame } from '../wire/frame.ts';
import { BackendType } from './backend-type.ts';
import { checkSqlState, decodeDiagnostic, encodeDiagnostic, type Diagnostic } from './diagnostic-fields.ts';

/** ErrorResponse (B): what ran failed. */
export interface ErrorResponse {
  readonly type: 'ErrorResponse';
  readonly fields: Diagnostic;
}

export function decodeErrorResponse(frame: Frame): ErrorResponse {
  return { type: 'ErrorResponse', fields: decodeDiagnostic(frame, BackendType.ErrorResponse) };
}

export function encodeErrorResponse(fields: Diagnostic): Buffer {
  return encodeDiagnostic(BackendType.ErrorResponse, fields);
}

/** ERROR ends the statement, FATAL the connection. */
export type ErrorSeverity = 'ERROR' | 'FATAL';

/** An error of Sallyport's own, in the form that every client shows well. */
export function buildErrorResponse(
  severity: ErrorSeverity,
  sqlState: string,
  message: string,
  more: Diagnostic = {},
): Buffer {
  const code = checkSqlState(sqlState);
  return encodeErrorResponse({ ...more, severityLocal: severity, severity, code, message });
}
