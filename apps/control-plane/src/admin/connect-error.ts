import { Code, ConnectError } from '@connectrpc/connect';
import { type AccessError, refusalDetail, type AccessErrorCode } from '@sallyport/errors';

const CONNECT_CODES = {
  token_missing: Code.Unauthenticated,
  token_invalid: Code.Unauthenticated,
  token_expired: Code.Unauthenticated,
  token_revoked: Code.Unauthenticated,
  target_not_available: Code.NotFound,
  denied_by_rule: Code.PermissionDenied,
  no_rule_covers: Code.PermissionDenied,
  outside_token_scope: Code.PermissionDenied,
  statement_not_understood: Code.InvalidArgument,
  statement_too_large: Code.ResourceExhausted,
  feature_not_supported: Code.Unimplemented,
  masking_not_possible: Code.FailedPrecondition,
  limit_reached: Code.ResourceExhausted,
  hold_rejected: Code.FailedPrecondition,
  hold_timed_out: Code.FailedPrecondition,
  hold_withdrawn: Code.FailedPrecondition,
  hold_pending: Code.FailedPrecondition,
  approval_not_valid: Code.FailedPrecondition,
  recording_unavailable: Code.Unavailable,
  control_plane_unavailable: Code.Unavailable,
  policy_stale: Code.Aborted,
  too_many_connections: Code.ResourceExhausted,
  shutting_down: Code.Unavailable,
  internal: Code.Internal,
  target_unreachable: Code.Unavailable,
  target_refused_credential: Code.FailedPrecondition,
  target_closed: Code.Aborted,
  locked: Code.PermissionDenied,
  session_ended_by_admin: Code.Aborted,
  idle_timeout: Code.Aborted,
  handshake_timeout: Code.DeadlineExceeded,
  protocol_violation: Code.InvalidArgument,
} as const satisfies Record<AccessErrorCode, Code>;

/** Carries the refusal's stable code where clients look for it without decoding details. */
const ERROR_CODE_HEADER = 'sallyport-code';

/** An AccessError as Connect sends it: its code in a header, what to do next in the message. */
export function toConnectError(error: AccessError): ConnectError {
  const { code, message, next } = refusalDetail(error);
  return new ConnectError(`${message} ${next}`, CONNECT_CODES[code], { [ERROR_CODE_HEADER]: code });
}

/** A fault in what the caller of the admin API sent. */
export function invalidArgument(message: string): ConnectError {
  return new ConnectError(message, Code.InvalidArgument);
}

export function notFound(message: string): ConnectError {
  return new ConnectError(message, Code.NotFound);
}

export function permissionDenied(message: string): ConnectError {
  return new ConnectError(message, Code.PermissionDenied);
}
