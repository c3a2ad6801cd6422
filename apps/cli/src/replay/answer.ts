/** What a caller received, in a form that can be shown whatever the protocol. */
export type AnswerPart =
  | {
      readonly kind: 'rows';
      /** Empty where the recording does not say. */
      readonly columns: readonly string[];
      /** Text as the caller's client would show it; null is SQL NULL. */
      readonly rows: readonly (readonly (string | null)[])[];
    }
  /** The target's own word for the end: "DELETE 1". */
  | { readonly kind: 'done'; readonly status: string }
  | {
      readonly kind: 'message';
      readonly severity: string;
      readonly code: string;
      readonly text: string;
      readonly details: readonly string[];
    }
  /** `channel`: where a program wrote it, if that is not its standard output. */
  | { readonly kind: 'text'; readonly text: string; readonly channel?: string }
  /** Bytes that are not shown, and why. */
  | { readonly kind: 'hidden'; readonly bytes: number; readonly why: string };
