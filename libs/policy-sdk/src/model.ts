import type { JsonObject } from '@bufbuild/protobuf';
import type { Decision, Principal, Target } from '@sallyport/contracts/access';

/** Something an effect touches. Mirrors sallyport.access.v1.EffectObject, so that a message fits as well. */
export interface EffectObject {
  /** "table", "function", "path", "host", ...; see reachBelow() for what depends on it. */
  readonly kind: string;
  /** Resolved full name: "public.orders", "/etc/passwd". Compared exactly, case included. */
  readonly name: string;
  /** Parts of it that are touched, such as columns, without the name in front. Empty or absent: all of it. */
  readonly parts?: readonly string[];
}

/** What a statement would do: one action on objects. */
export interface Effect {
  /** Dotted vocabulary: "sql.delete"; "<proto>.unknown" where it cannot be told. */
  readonly action: string;
  /** Empty: the action is not about any object (`SELECT 1`, `COMMIT`). */
  readonly objects: readonly EffectObject[];
  /** True only where it is known to change nothing. */
  readonly readOnly: boolean;
}

/** One unit of work as policy sees it, the same for every protocol. */
export interface StatementInput {
  /** "sql.simple", "ssh.exec", "http.request", ... */
  readonly kind: string;
  readonly text: string;
  readonly effects: readonly Effect[];
  /** What conditions may read beside effects: request headers, MCP arguments, argv. */
  readonly fields?: JsonObject;
  /** The login, role or user that the target would act as. */
  readonly effectiveRole?: string;
  /** Bound parameters by position; null is the protocol's NULL. */
  readonly parameters?: readonly (string | null)[];
}

/** What stays the same for a whole session. */
export interface PolicyContext {
  readonly principal: Principal;
  readonly target: Target;
  readonly session: {
    readonly id: string;
    readonly clientAddress: string;
    readonly clientName: string;
    readonly openedAt: Date;
  };
}

/** A decision on one statement. Treat it as frozen: its obligations are shared between decisions. */
export interface PolicyDecision {
  readonly decision: Decision;
  /**
   * True where the same kind and effects in the same session give the same
   * answer again: no rule that these effects meet reads the statement's text,
   * parameters, role, fields or the time.
   */
  readonly reusable: boolean;
}

/** Tells which columns (or paths) some mask rule could name. */
export interface ColumnMatcher {
  /** Whether some pattern names this column: "public.customers.email". Linear in the name. */
  matches(column: string): boolean;
  /** Whether some pattern could name a column of this relation: "public.customers". */
  matchesSomeColumnOf(relation: string): boolean;
}

/** A policy view, ready to decide with for one session. Immutable. */
export interface CompiledView {
  readonly revision: string;
  /** Every column that some mask rule could name in this session, whatever its condition says at the time. */
  readonly maskColumns: ColumnMatcher;
  readonly hasMasks: boolean;
  /** Whether some mask rule names columns, so that what comes from columns that are not known could be one of them. */
  readonly hasColumnMasks: boolean;
  readonly hasDetectors: boolean;
  /** Total: never throws, whatever the statement holds. `now` is the time that conditions read. */
  decide(statement: StatementInput, now: Date): PolicyDecision;
}
