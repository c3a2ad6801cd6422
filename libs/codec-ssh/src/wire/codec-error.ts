import { AccessError } from '@sallyport/errors';

/**
 * Why bytes (or values to be written) are refused:
 * - `truncated`: a field reaches past the end;
 * - `trailing`: bytes are left over after the last field;
 * - `limit`: larger than this codec allows, whatever the peer announced;
 * - `encoding`: not UTF-8, not ASCII or with a zero byte, where that is asked for;
 * - `value`: a field has a value that the protocol does not allow there;
 * - `unexpected`: a message of another kind than the one asked for;
 * - `unsupported`: well known, and deliberately not handled (an encrypted private key, `ssh-dss`).
 */
export type CodecErrorReason =
  'truncated' | 'trailing' | 'limit' | 'encoding' | 'value' | 'unexpected' | 'unsupported';

/**
 * The one thing this codec throws. It is an AccessError with the code
 * `protocol_violation`, since a peer whose bytes cannot be read cannot be
 * served any further; whoever reads files instead of a connection goes by
 * `reason`. `what` reaches the peer and holds no data of the bytes at hand.
 */
export class CodecError extends AccessError {
  readonly reason: CodecErrorReason;

  constructor(reason: CodecErrorReason, what: string) {
    super('protocol_violation', what);
    this.reason = reason;
  }
}
