export {
  encodeAuthenticationCleartextPassword,
  type AuthenticationCleartextPassword,
} from './authentication-cleartext-password.ts';
export {
  encodeAuthenticationMD5Password,
  type AuthenticationMD5Password,
} from './authentication-md5-password.ts';
export { encodeAuthenticationOk, type AuthenticationOk } from './authentication-ok.ts';
export {
  encodeAuthenticationSASLContinue,
  type AuthenticationSASLContinue,
} from './authentication-sasl-continue.ts';
export { encodeAuthenticationSASLFinal, type AuthenticationSASLFinal } from './authentication-sasl-final.ts';
export { encodeAuthenticationSASL, type AuthenticationSASL } from './authentication-sasl.ts';
export {
  decodeAuthentication,
  type AuthenticationUnsupported,
  type Authentication,
} from './authentication.ts';
export {
  MIN_SECRET_KEY_BYTES,
  MAX_SECRET_KEY_BYTES,
  decodeBackendKeyData,
  encodeBackendKeyData,
  type BackendKeyData,
} from './backend-key-data.ts';
export { decodeBackendMessage, type BackendMessage } from './backend-message.ts';
export { BackendType } from './backend-type.ts';
export { decodeBindComplete, encodeBindComplete, type BindComplete } from './bind-complete.ts';
export { decodeCloseComplete, encodeCloseComplete, type CloseComplete } from './close-complete.ts';
export {
  decodeCommandComplete,
  encodeCommandComplete,
  parseCommandTag,
  type CommandComplete,
  type CommandTag,
} from './command-complete.ts';
export {
  decodeCopyBothResponse,
  encodeCopyBothResponse,
  type CopyBothResponse,
} from './copy-both-response.ts';
export { type CopyFormat } from './copy-format.ts';
export { decodeCopyInResponse, encodeCopyInResponse, type CopyInResponse } from './copy-in-response.ts';
export { decodeCopyOutResponse, encodeCopyOutResponse, type CopyOutResponse } from './copy-out-response.ts';
export { decodeDataRow, encodeDataRow, type DataRow } from './data-row.ts';
export { type DiagnosticField, type Diagnostic } from './diagnostic-fields.ts';
export {
  decodeEmptyQueryResponse,
  encodeEmptyQueryResponse,
  type EmptyQueryResponse,
} from './empty-query-response.ts';
export {
  decodeErrorResponse,
  encodeErrorResponse,
  buildErrorResponse,
  type ErrorResponse,
  type ErrorSeverity,
} from './error-response.ts';
export {
  decodeFunctionCallResponse,
  encodeFunctionCallResponse,
  type FunctionCallResponse,
} from './function-call-response.ts';
export {
  decodeNegotiateProtocolVersion,
  encodeNegotiateProtocolVersion,
  type NegotiateProtocolVersion,
} from './negotiate-protocol-version.ts';
export { decodeNoData, encodeNoData, type NoData } from './no-data.ts';
export {
  decodeNoticeResponse,
  encodeNoticeResponse,
  buildNoticeResponse,
  type NoticeResponse,
  type NoticeSeverity,
} from './notice-response.ts';
export {
  decodeNotificationResponse,
  encodeNotificationResponse,
  type NotificationResponse,
} from './notification-response.ts';
export {
  decodeParameterDescription,
  encodeParameterDescription,
  type ParameterDescription,
} from './parameter-description.ts';
export { decodeParameterStatus, encodeParameterStatus, type ParameterStatus } from './parameter-status.ts';
export { decodeParseComplete, encodeParseComplete, type ParseComplete } from './parse-complete.ts';
export { decodePortalSuspended, encodePortalSuspended, type PortalSuspended } from './portal-suspended.ts';
export {
  decodeReadyForQuery,
  encodeReadyForQuery,
  type TransactionStatus,
  type ReadyForQuery,
} from './ready-for-query.ts';
export {
  decodeRowDescription,
  encodeRowDescription,
  type FieldDescription,
  type RowDescription,
} from './row-description.ts';
