import { refusalDetail, type AccessError, type AccessErrorCode } from '@sallyport/errors';
import { DisconnectReason } from './transport/transport-message.ts';

/** How one code looks on the SSH wire. */
interface WireForm {
  /** Exit status of a command that was not run, as shells give it: 126 "cannot execute", 255 as ssh itself. */
  readonly exitStatus: 126 | 255;
  /** Where it ends the connection (RFC 4253, 11.1). */
  readonly disconnect: DisconnectReason;
}

const {
  BY_APPLICATION,
  NO_MORE_AUTH_METHODS_AVAILABLE,
  PROTOCOL_ERROR,
  SERVICE_NOT_AVAILABLE,
  TOO_MANY_CONNECTIONS,
} = DisconnectReason;
const LOGIN: WireForm = { exitStatus: 255, disconnect: NO_MORE_AUTH_METHODS_AVAILABLE };
const REFUSED: WireForm = { exitStatus: 126, disconnect: BY_APPLICATION };
const UNABLE: WireForm = { exitStatus: 255, disconnect: SERVICE_NOT_AVAILABLE };
const ENDED: WireForm = { exitStatus: 255, disconnect: BY_APPLICATION };

/** Every code's form. Total: a new code does not compile until it has one. */
export const WIRE_FORMS = {
  token_missing: LOGIN,
  token_invalid: LOGIN,
  token_expired: LOGIN,
  token_revoked: LOGIN,
  target_not_available: LOGIN,
  denied_by_rule: REFUSED,
  no_rule_covers: REFUSED,
  outside_token_scope: REFUSED,
  statement_not_understood: REFUSED,
  statement_too_large: REFUSED,
  feature_not_supported: REFUSED,
  masking_not_possible: REFUSED,
  limit_reached: REFUSED,
  hold_rejected: REFUSED,
  hold_timed_out: REFUSED,
  hold_withdrawn: REFUSED,
  hold_pending: REFUSED,
  approval_not_valid: REFUSED,
  recording_unavailable: UNABLE,
  control_plane_unavailable: UNABLE,
  policy_stale: UNABLE,
  too_many_connections: { exitStatus: 255, disconnect: TOO_MANY_CONNECTIONS },
  shutting_down: UNABLE,
  internal: UNABLE,
  target_unreachable: UNABLE,
  target_refused_credential: UNABLE,
  target_closed: ENDED,
  locked: ENDED,
  session_ended_by_admin: ENDED,
  idle_timeout: ENDED,
  handshake_timeout: { exitStatus: 255, disconnect: PROTOCOL_ERROR },
  protocol_violation: { exitStatus: 255, disconnect: PROTOCOL_ERROR },
} as const satisfies Record<AccessErrorCode, WireForm>;

/** One readable line: what, and by which rule. */
export function refusalLine(error: AccessError): string {
  const { rule, message } = refusalDetail(error);
  const named = rule === undefined || message.includes(`rule "${rule}"`);
  const text =
    error.code === 'denied_by_rule' && rule !== undefined ? `denied by rule "${rule}": ${message}` : message;
  return printable(`sallyport: ${named || text !== message ? text : `${message} (rule "${rule}")`}`);
}

/**
 * A refusal as its caller reads it on standard error: a line for people, one of
 * JSON for agents, one with what to do next.
 */
export function refusalText(error: AccessError): string {
  const detail = refusalDetail(error);
  return `${refusalLine(error)}\r\nsallyport: ${printable(JSON.stringify(detail))}\r\nsallyport: ${printable(detail.next)}\r\n`;
}

/** As a disconnect's or a channel failure's text: one line. */
export function refusalSentence(error: AccessError): string {
  return printable(`${refusalLine(error)} [${error.code}] ${refusalDetail(error).next}`);
}

/** No control characters: nobody's names move a terminal's cursor. */
function printable(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}
