import type { JsonObject } from '@bufbuild/protobuf';
import type { Decision } from '@sallyport/contracts/access';
import type { Effect } from '@sallyport/policy-sdk';

/**
 * What all statements of one form have in common. Classification keeps one
 * object for each form it knows, and decisions that cannot depend on anything
 * else are cached by that object's identity.
 */
export interface StatementShape {
  /** "sql.simple", "ssh.exec"... */
  readonly kind: string;
  readonly effects: readonly Effect[];
  /** The role or login the target would act as. */
  readonly effectiveRole: string;
}

/** A bound value; the same as the message Parameter, which is made of it only where one is sent. */
export interface StatementParameter {
  /** A position ("1") or a name; ASCII. */
  readonly name: string;
  /** The target's type, where known; ASCII. */
  readonly type: string;
  /** Text as text, anything else as its bytes; null is the protocol's NULL. */
  readonly value: string | Uint8Array | null;
}

/** One statement as asked for. */
export interface StatementRequest {
  /** Unique; the request id that refusals name. */
  readonly id: string;
  readonly shape: StatementShape;
  /** Secrets redacted. */
  readonly text: string;
  readonly parameters: readonly StatementParameter[];
  readonly fields?: JsonObject;
  /** Binds an approval; see `statementDigest`. Made only where an approval is asked for, the same each time. */
  readonly digest: () => Uint8Array;
}

/** A statement and what was decided on it. */
export interface DecidedStatement {
  readonly request: StatementRequest;
  readonly decision: Decision;
  /** The decision as an encoded field of StatementDecided, when it was made before. */
  readonly encodedDecision: Uint8Array;
}
