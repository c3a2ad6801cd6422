/**
 * Every reason for which Sallyport refuses or ends something. Closed: adding
 * one makes every proxy's `wire-errors.ts` fail to compile until it is mapped.
 *
 * Codes are stable; scripts and agents match on them.
 */
export const ACCESS_ERROR_CODES = [
  // Who are you?
  'token_missing',
  'token_invalid',
  'token_expired',
  'token_revoked',
  // What may you reach? Absent and forbidden targets answer alike.
  'target_not_available',
  // What may you do?
  'denied_by_rule',
  'no_rule_covers',
  'outside_token_scope',
  'statement_not_understood',
  'statement_too_large',
  'feature_not_supported',
  'masking_not_possible',
  'limit_reached',
  // Held for a human.
  'hold_rejected',
  'hold_timed_out',
  'hold_withdrawn',
  'hold_pending',
  'approval_not_valid',
  // Sallyport cannot do its part.
  'recording_unavailable',
  'control_plane_unavailable',
  'policy_stale',
  'too_many_connections',
  'shutting_down',
  'internal',
  // The target cannot do its part.
  'target_unreachable',
  'target_refused_credential',
  'target_closed',
  // The session ends.
  'locked',
  'session_ended_by_admin',
  'idle_timeout',
  'handshake_timeout',
  'protocol_violation',
] as const;

export type AccessErrorCode = (typeof ACCESS_ERROR_CODES)[number];

/** What the caller can do next; the default when nothing more exact is known. */
export const NEXT_STEP: Readonly<Record<AccessErrorCode, string>> = {
  token_missing: 'Run "sallyport login" and pass the token as the password.',
  token_invalid: 'Get a new token with "sallyport token" and try again.',
  token_expired: 'Get a new token with "sallyport token" and connect again.',
  token_revoked: 'Ask an administrator why the token was revoked, then log in again.',
  target_not_available: 'List what you can reach with "sallyport targets".',
  denied_by_rule: 'Do it another way, or ask the owner of the rule.',
  no_rule_covers: 'Ask an administrator for a policy that allows it.',
  outside_token_scope: 'Use a token whose scope covers it.',
  statement_not_understood: 'Write it in a form that can be inspected.',
  statement_too_large: 'Split it into smaller statements.',
  feature_not_supported: 'Use another way to do it; this one cannot be inspected.',
  masking_not_possible: 'Select the columns directly, or leave the masked ones out.',
  limit_reached: 'Ask for less at a time, or ask an administrator for a higher limit.',
  hold_rejected: 'Talk to the reviewer before you try again.',
  hold_timed_out: 'Try again when a reviewer is there.',
  hold_withdrawn: 'Send it again if you still need it.',
  hold_pending: 'Send the same statement again once it is approved.',
  approval_not_valid: 'Send it again and have it reviewed again.',
  recording_unavailable: 'Try again later; nothing runs that cannot be recorded.',
  control_plane_unavailable: 'Try again later; nothing runs that cannot be decided.',
  policy_stale: 'Try again later; the policy in this proxy is too old to decide with.',
  too_many_connections: 'Close some connections and try again.',
  shutting_down: 'Connect again; another replica will answer.',
  internal: 'Try again; give an administrator the request id if it stays.',
  target_unreachable: 'Check that the target is running, then try again.',
  target_refused_credential: 'Ask an administrator to check the credential of the target.',
  target_closed: 'Connect again.',
  locked: 'Ask an administrator who set the lock.',
  session_ended_by_admin: 'Ask an administrator before you connect again.',
  idle_timeout: 'Connect again.',
  handshake_timeout: 'Connect again and authenticate at once.',
  protocol_violation: 'Check the client; what it sent does not follow the protocol.',
};
