import type { Buffer } from 'node:buffer';
import type { Frame } from '../wire/frame.ts';
import { BackendType } from './backend-type.ts';
import { checkSqlState, decodeDiagnostic, encodeDiagnostic, type Diagnostic } from './diagnostic-fields.ts';

/** NoticeResponse (B): something to tell; may come at any time. */
export interface NoticeResponse {
  readonly type: 'NoticeResponse';
  readonly fields: Diagnostic;
}

export function decodeNoticeResponse(frame: Frame): NoticeResponse {
  return { type: 'NoticeResponse', fields: decodeDiagnostic(frame, BackendType.NoticeResponse) };
}

export function encodeNoticeResponse(fields: Diagnostic): Buffer {
  return encodeDiagnostic(BackendType.NoticeResponse, fields);
}

export type NoticeSeverity = 'WARNING' | 'NOTICE' | 'INFO' | 'LOG';

/** A notice of Sallyport's own. */
export function buildNoticeResponse(
  severity: NoticeSeverity,
  sqlState: string,
  message: string,
  more: Diagnostic = {},
): Buffer {
  const code = checkSqlState(sqlState);
  return encodeNoticeResponse({ ...more, severityLocal: severity, severity, code, message });
}
