/** What at the end of a text is not decided: offsets into it, its length where there is nothing. */
export interface Pending {
  /** From here on more text could change what is found. */
  readonly from: number;
  /** From here on there is so much of a value that it probably is one. Not before {@link from}. */
  readonly firmFrom: number;
}

/** The first thing at a text's end that one detector cannot decide on without what follows. */
export interface PendingStart {
  readonly start: number;
  /** So much of a value is there that it should not be shown while waiting for the rest. */
  readonly firm: boolean;
}

/**
 * Tells for one detector what is not decided; null: nothing. Every finding in a longer text that
 * goes beyond this one's end starts at the answer or later, within the detector's bound on length.
 */
export type FindPending = (text: string) => PendingStart | null;

/** Where the run of characters at the end of `text` starts that all are `of` a class; at most `most` of them. */
export function runStart(text: string, most: number, isPart: (code: number) => boolean): number {
  const least = Math.max(0, text.length - most);
  let start = text.length;
  while (start > least && isPart(text.charCodeAt(start - 1))) start -= 1;
  return start;
}

/** How many characters at the end of `text` begin `word`, but are not all of it; 0: none. */
export function begunAtEnd(text: string, word: string): number {
  for (let length = Math.min(word.length - 1, text.length); length > 0; length -= 1) {
    if (text.endsWith(word.slice(0, length))) return length;
  }
  return 0;
}
