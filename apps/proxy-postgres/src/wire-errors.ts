import { buildErrorResponse, type ErrorSeverity } from '@sallyport/codec-postgres';
import { refusalDetail, type AccessError, type AccessErrorCode } from '@sallyport/errors';

/** How one code looks on the PostgreSQL wire. */
interface WireForm {
  /** SQLSTATE (PostgreSQL, appendix A); drivers choose their exception by it. */
  readonly sqlState: string;
}

/**
 * Every code's SQLSTATE. Total: a new code does not compile until it has one.
 * 42501 insufficient_privilege is what drivers show as "permission denied".
 */
export const WIRE_FORMS = {
  token_missing: { sqlState: '28P01' },
  token_invalid: { sqlState: '28P01' },
  token_expired: { sqlState: '28P01' },
  token_revoked: { sqlState: '28P01' },
  target_not_available: { sqlState: '3D000' },
  denied_by_rule: { sqlState: '42501' },
  no_rule_covers: { sqlState: '42501' },
  outside_token_scope: { sqlState: '42501' },
  statement_not_understood: { sqlState: '42000' },
  statement_too_large: { sqlState: '54000' },
  feature_not_supported: { sqlState: '0A000' },
  masking_not_possible: { sqlState: '42000' },
  limit_reached: { sqlState: '53400' },
  hold_rejected: { sqlState: '42501' },
  hold_timed_out: { sqlState: '57014' },
  hold_withdrawn: { sqlState: '57014' },
  hold_pending: { sqlState: '42501' },
  approval_not_valid: { sqlState: '42501' },
  recording_unavailable: { sqlState: '58000' },
  control_plane_unavailable: { sqlState: '58000' },
  policy_stale: { sqlState: '58000' },
  too_many_connections: { sqlState: '53300' },
  shutting_down: { sqlState: '57P01' },
  internal: { sqlState: 'XX000' },
  target_unreachable: { sqlState: '08001' },
  target_refused_credential: { sqlState: '08001' },
  target_closed: { sqlState: '08006' },
  locked: { sqlState: '57P01' },
  session_ended_by_admin: { sqlState: '57P01' },
  idle_timeout: { sqlState: '57P05' },
  handshake_timeout: { sqlState: '08006' },
  protocol_violation: { sqlState: '08P01' },
} as const satisfies Record<AccessErrorCode, WireForm>;

/** A refusal as the ErrorResponse its caller gets: rule and message, DETAIL in JSON for agents, HINT with what to do next. */
export function encodeRefusal(error: AccessError, severity: ErrorSeverity): Buffer {
  const detail = refusalDetail(error);
  const named = detail.rule === undefined || error.publicMessage.includes(`rule "${detail.rule}"`);
  const place = named ? '' : ` (rule "${detail.rule ?? ''}")`;
  return buildErrorResponse(
    severity,
    WIRE_FORMS[error.code].sqlState,
    printable(`sallyport: ${error.publicMessage}${place}`),
    {
      detail: printable(JSON.stringify(detail)),
      hint: printable(detail.next),
    },
  );
}

/** Zero bytes would end a field early. */
function printable(text: string): string {
  return text.replaceAll('\0', '');
}
