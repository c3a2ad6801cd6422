/** Why the spool did not take a record. Nothing of the record is kept; what it belongs to must not go on. */
export class SpoolRefusedError extends Error {
  override readonly name = 'SpoolRefusedError';
  /**
   * `full`: the spool's own bound is reached. `disk`: the disk took no more.
   * `too_large`: longer than a message may be. `gap`: not the next event of its
   * session, as when an earlier one was refused. `invalid`: not an event. `closed`: the spool is.
   */
  readonly code: 'full' | 'disk' | 'too_large' | 'gap' | 'invalid' | 'closed';

  constructor(code: SpoolRefusedError['code'], message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** An append that could not be made durable as asked: it is in the spool and will be published all the same. */
export class NotDurableError extends Error {
  override readonly name = 'NotDurableError';
}
