import { NEXT_STEP, type AccessErrorCode } from './access-error-code.ts';

/** Facts a refusal carries to the caller. Nothing secret, nothing of the target's credential. */
export interface RefusalFacts {
  readonly requestId?: string;
  readonly policy?: string;
  readonly rule?: string;
  readonly action?: string;
  readonly object?: string;
  readonly holdId?: string;
  /** Overrides the code's default next step. */
  readonly next?: string;
}

/**
 * Ends a connection, or carries a refusal. `publicMessage` and `facts` reach
 * the caller; `cause` reaches logs only.
 */
export class AccessError extends Error {
  override readonly name = 'AccessError';
  readonly code: AccessErrorCode;
  readonly publicMessage: string;
  readonly facts: RefusalFacts;

  constructor(code: AccessErrorCode, publicMessage: string, facts: RefusalFacts = {}, cause?: unknown) {
    super(`${code}: ${publicMessage}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.publicMessage = publicMessage;
    this.facts = facts;
  }
}

/** The machine-readable form of a refusal, the same in every protocol. */
export interface RefusalDetail {
  readonly code: AccessErrorCode;
  readonly message: string;
  readonly next: string;
  readonly requestId?: string;
  readonly policy?: string;
  readonly rule?: string;
  readonly action?: string;
  readonly object?: string;
  readonly holdId?: string;
}

/** What the protocol's detail field carries as JSON (DESIGN.md, invariant 9). */
export function refusalDetail(error: AccessError): RefusalDetail {
  const { next, ...facts } = error.facts;
  return { code: error.code, message: error.publicMessage, next: next ?? NEXT_STEP[error.code], ...facts };
}

/** Anything thrown, as an AccessError; what is not one already becomes `internal` and keeps its cause. */
export function toAccessError(thrown: unknown): AccessError {
  if (thrown instanceof AccessError) return thrown;
  return new AccessError('internal', 'Sallyport could not go on with this.', {}, thrown);
}
