import { decodeCopyData, type CopyData } from '../wire/copy-data.ts';
import { decodeCopyDone, type CopyDone } from '../wire/copy-done.ts';
import type { Frame } from '../wire/frame.ts';
import { protocolViolation } from '../wire/protocol-violation.ts';
import { decodeAuthentication, type Authentication } from './authentication.ts';
import { decodeBackendKeyData, type BackendKeyData } from './backend-key-data.ts';
import { BackendType } from './backend-type.ts';
import { decodeBindComplete, type BindComplete } from './bind-complete.ts';
import { decodeCloseComplete, type CloseComplete } from './close-complete.ts';
import { decodeCommandComplete, type CommandComplete } from './command-complete.ts';
import { decodeCopyBothResponse, type CopyBothResponse } from './copy-both-response.ts';
import { decodeCopyInResponse, type CopyInResponse } from './copy-in-response.ts';
import { decodeCopyOutResponse, type CopyOutResponse } from './copy-out-response.ts';
import { decodeDataRow, type DataRow } from './data-row.ts';
import { decodeEmptyQueryResponse, type EmptyQueryResponse } from './empty-query-response.ts';
import { decodeErrorResponse, type ErrorResponse } from './error-response.ts';
import { decodeFunctionCallResponse, type FunctionCallResponse } from './function-call-response.ts';
import {
  decodeNegotiateProtocolVersion,
  type NegotiateProtocolVersion,
} from './negotiate-protocol-version.ts';
import { decodeNoData, type NoData } from './no-data.ts';
import { decodeNoticeResponse, type NoticeResponse } from './notice-response.ts';
import { decodeNotificationResponse, type NotificationResponse } from './notification-response.ts';
import { decodeParameterDescription, type ParameterDescription } from './parameter-description.ts';
import { decodeParameterStatus, type ParameterStatus } from './parameter-status.ts';
import { decodeParseComplete, type ParseComplete } from './parse-complete.ts';
import { decodePortalSuspended, type PortalSuspended } from './portal-suspended.ts';
import { decodeReadyForQuery, type ReadyForQuery } from './ready-for-query.ts';
import { decodeRowDescription, type RowDescription } from './row-description.ts';

/** Whatever a server may send after the answer to an encryption request. */
export type BackendMessage =
  | Authentication
  | BackendKeyData
  | BindComplete
  | CloseComplete
  | CommandComplete
  | CopyBothResponse
  | CopyData
  | CopyDone
  | CopyInResponse
  | CopyOutResponse
  | DataRow
  | EmptyQueryResponse
  | ErrorResponse
  | FunctionCallResponse
  | NegotiateProtocolVersion
  | NoData
  | NoticeResponse
  | NotificationResponse
  | ParameterDescription
  | ParameterStatus
  | ParseComplete
  | PortalSuspended
  | ReadyForQuery
  | RowDescription;

const DECODERS = {
  [BackendType.Authentication]: decodeAuthentication,
  [BackendType.BackendKeyData]: decodeBackendKeyData,
  [BackendType.BindComplete]: decodeBindComplete,
  [BackendType.CloseComplete]: decodeCloseComplete,
  [BackendType.CommandComplete]: decodeCommandComplete,
  [BackendType.CopyBothResponse]: decodeCopyBothResponse,
  [BackendType.CopyData]: decodeCopyData,
  [BackendType.CopyDone]: decodeCopyDone,
  [BackendType.CopyInResponse]: decodeCopyInResponse,
  [BackendType.CopyOutResponse]: decodeCopyOutResponse,
  [BackendType.DataRow]: decodeDataRow,
  [BackendType.EmptyQueryResponse]: decodeEmptyQueryResponse,
  [BackendType.ErrorResponse]: decodeErrorResponse,
  [BackendType.FunctionCallResponse]: decodeFunctionCallResponse,
  [BackendType.NegotiateProtocolVersion]: decodeNegotiateProtocolVersion,
  [BackendType.NoData]: decodeNoData,
  [BackendType.NoticeResponse]: decodeNoticeResponse,
  [BackendType.NotificationResponse]: decodeNotificationResponse,
  [BackendType.ParameterDescription]: decodeParameterDescription,
  [BackendType.ParameterStatus]: decodeParameterStatus,
  [BackendType.ParseComplete]: decodeParseComplete,
  [BackendType.PortalSuspended]: decodePortalSuspended,
  [BackendType.ReadyForQuery]: decodeReadyForQuery,
  [BackendType.RowDescription]: decodeRowDescription,
} as const satisfies Record<BackendType, (frame: Frame) => BackendMessage>;

const DECODER_OF = new Map<number, (frame: Frame) => BackendMessage>(
  Object.entries(DECODERS).map(([type, decode]) => [Number(type), decode]),
);

/** Decodes any message of a server. @throws AccessError protocol_violation */
export function decodeBackendMessage(frame: Frame): BackendMessage {
  const decode = DECODER_OF.get(frame.type);
  if (decode === undefined) throw protocolViolation('A server sent a message that does not exist.');
  return decode(frame);
}
