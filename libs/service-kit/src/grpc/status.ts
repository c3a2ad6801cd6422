import {
  ACCESS_ERROR_CODES,
  AccessError,
  toAccessError,
  type AccessErrorCode,
  type RefusalFacts,
} from '@sallyport/errors';
import { Metadata, status, type ServiceError, type StatusObject } from '@grpc/grpc-js';

const CODE_KEY = 'sallyport-code';
const DETAIL_KEY = 'sallyport-detail-bin';

const STATUS_OF = {
  token_missing: status.UNAUTHENTICATED,
  token_invalid: status.UNAUTHENTICATED,
  token_expired: status.UNAUTHENTICATED,
  token_revoked: status.UNAUTHENTICATED,
  target_not_available: status.PERMISSION_DENIED,
  denied_by_rule: status.PERMISSION_DENIED,
  no_rule_covers: status.PERMISSION_DENIED,
  outside_token_scope: status.PERMISSION_DENIED,
  statement_not_understood: status.INVALID_ARGUMENT,
  statement_too_large: status.RESOURCE_EXHAUSTED,
  feature_not_supported: status.UNIMPLEMENTED,
  masking_not_possible: status.FAILED_PRECONDITION,
  limit_reached: status.RESOURCE_EXHAUSTED,
  hold_rejected: status.PERMISSION_DENIED,
  hold_timed_out: status.PERMISSION_DENIED,
  hold_withdrawn: status.CANCELLED,
  hold_pending: status.FAILED_PRECONDITION,
  approval_not_valid: status.FAILED_PRECONDITION,
  recording_unavailable: status.UNAVAILABLE,
  control_plane_unavailable: status.UNAVAILABLE,
  policy_stale: status.UNAVAILABLE,
  too_many_connections: status.RESOURCE_EXHAUSTED,
  shutting_down: status.UNAVAILABLE,
  internal: status.INTERNAL,
  target_unreachable: status.UNAVAILABLE,
  target_refused_credential: status.FAILED_PRECONDITION,
  target_closed: status.ABORTED,
  locked: status.PERMISSION_DENIED,
  session_ended_by_admin: status.ABORTED,
  idle_timeout: status.ABORTED,
  handshake_timeout: status.DEADLINE_EXCEEDED,
  protocol_violation: status.INVALID_ARGUMENT,
} as const satisfies Record<AccessErrorCode, status>;

/** A status whose metadata lets `fromServiceError` rebuild the error. What is not an AccessError says nothing of itself. */
export function toStatus(thrown: unknown): StatusObject {
  const error = toAccessError(thrown);
  const metadata = new Metadata();
  metadata.set(CODE_KEY, error.code);
  metadata.set(DETAIL_KEY, Buffer.from(JSON.stringify({ message: error.publicMessage, facts: error.facts })));
  return { code: STATUS_OF[error.code], details: error.code, metadata };
}

/** The AccessError that the server threw, or the error as it is: a lost connection, a deadline, a cancellation. */
export function fromServiceError(error: unknown): unknown {
  if (!isServiceError(error)) return error;
  const code = ACCESS_ERROR_CODES.find((known) => known === error.metadata.get(CODE_KEY)[0]);
  const detail = error.metadata.get(DETAIL_KEY)[0];
  if (code === undefined || !Buffer.isBuffer(detail)) return error;
  const { message, facts } = decodeDetail(detail);
  return new AccessError(code, message, facts, error);
}

/** Whether the other side could not be reached, or did not answer in time; a later try may succeed. */
export function isUnreachable(error: unknown): boolean {
  return (
    isServiceError(error) && (error.code === status.UNAVAILABLE || error.code === status.DEADLINE_EXCEEDED)
  );
}

export function isServiceError(error: unknown): error is ServiceError {
  return (
    error instanceof Error && 'metadata' in error && error.metadata instanceof Metadata && 'code' in error
  );
}

const FACTS = ['requestId', 'policy', 'rule', 'action', 'object', 'holdId', 'next'] as const;

function decodeDetail(bytes: Buffer): { message: string; facts: RefusalFacts } {
  const parsed: unknown = parseJson(bytes);
  const message = readString(parsed, 'message') ?? 'The other side refused it and did not say why.';
  const source: unknown =
    typeof parsed === 'object' && parsed !== null && 'facts' in parsed ? parsed.facts : {};
  const pairs = FACTS.flatMap((key) => {
    const value = readString(source, key);
    return value === undefined ? [] : [[key, value] as const];
  });
  return { message, facts: Object.fromEntries(pairs) };
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return {}; // Not ours to trust: the code alone then says what happened.
  }
}

function readString(value: unknown, key: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const found: unknown = Reflect.get(value, key);
  return typeof found === 'string' ? found : undefined;
}
