/** One thing that happened on a terminal, as asciicast files have it (docs.asciinema.org, asciicast v2). */
export interface CastEvent {
  /** Microseconds since 1970. */
  readonly timeUnixUs: number;
  /** `o`: shown. `i`: typed. `r`: the terminal has another size. `m`: a mark, to jump to. */
  readonly code: 'o' | 'i' | 'r' | 'm';
  /** For `r` columns, `x` and rows. */
  readonly data: string;
}
