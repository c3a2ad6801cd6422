import type { JsonObject } from '@bufbuild/protobuf';
import type { Effect } from '@sallyport/policy-sdk';
import type { AccessErrorCode } from '@sallyport/errors';

/** One thing that a caller asks for, told in effects. */
export interface StatementAsk {
  /** "ssh.exec", "ssh.shell"... */
  readonly kind: string;
  readonly effects: readonly Effect[];
  /** As it may be recorded. */
  readonly text: string;
  /** As it came: what an approval is bound to. */
  readonly exactText: string;
  /** What else decides what it means: variables, whether there is a terminal. */
  readonly context: readonly string[];
  /** For conditions. */
  readonly fields: JsonObject;
  /** Set where no policy is asked, because it cannot be understood. */
  readonly refusal?: { readonly code: AccessErrorCode; readonly message: string };
}
