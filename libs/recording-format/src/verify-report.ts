/** How a recording can fail. Codes are stable; scripts match on them. */
export const VERIFY_PROBLEM_CODES = [
  // The file.
  'header_damaged',
  'frame_damaged',
  'file_unreadable',
  'file_cut_off',
  // The chain of events.
  'event_malformed',
  'event_of_other_session',
  'event_missing',
  'event_repeated',
  'event_out_of_order',
  'event_altered',
  'event_after_close',
  'opening_missing',
  'opening_repeated',
  // Who vouches for it.
  'certificate_invalid',
  'certificate_not_trusted',
  'certificate_of_other_session',
  'signature_invalid',
  // The seal.
  'seal_missing',
  'seal_invalid',
  'seal_not_trusted',
  'seal_of_other_recording',
  'seal_state_wrong',
  'data_after_seal',
] as const;

export type VerifyProblemCode = (typeof VERIFY_PROBLEM_CODES)[number];

/** One way in which a recording is not what was recorded. */
export interface VerifyProblem {
  readonly code: VerifyProblemCode;
  /** The event it was found at, where it was one. */
  readonly sequence: number | undefined;
  /** Byte in the file. */
  readonly offset: number;
  /** One sentence for people. */
  readonly message: string;
}

/** Worth knowing, and no sign of tampering by itself. */
export interface VerifyNote {
  readonly code: 'clock_backwards' | 'unsigned_tail' | 'nothing_recorded' | 'unknown_event';
  readonly sequence: number | undefined;
  readonly message: string;
}

/** What a seal says, once it has proved to be one. */
export interface VerifiedSeal {
  readonly state: 'whole' | 'broken';
  readonly sessionId: string;
  readonly recorderId: string;
  readonly lastSequence: number;
  readonly sealedUnixUs: number;
}

/** Whose session it was, from a certificate that has proved to be the control plane's. */
export interface VerifiedSession {
  readonly sessionId: string;
  readonly principalId: string;
  readonly targetName: string;
  readonly proxyId: string;
  readonly openedUnixUs: number;
}

/** What verifying a recording came to. */
export interface VerifyReport {
  /**
   * `whole`: everything from open to close, as the proxy recorded it.
   * `broken`: the proxy was lost; holds all that arrived, unaltered.
   * `invalid`: there are problems.
   */
  readonly verdict: 'whole' | 'broken' | 'invalid';
  readonly session: VerifiedSession | undefined;
  readonly seal: VerifiedSeal | undefined;
  /** Events read. */
  readonly events: number;
  readonly firstTimeUnixUs: number | undefined;
  readonly lastTimeUnixUs: number | undefined;
  /**
   * Every event up to this one is covered by the proxy's own signature, without
   * a problem before it. What follows, in a broken recording, rests on the
   * recorder's seal alone. 0: none.
   */
  readonly signedThrough: number;
  /** The first 100, in the order of the file. */
  readonly problems: readonly VerifyProblem[];
  /** How many more there are. */
  readonly problemsLeftOut: number;
  /** The first 100. */
  readonly notes: readonly VerifyNote[];
}
