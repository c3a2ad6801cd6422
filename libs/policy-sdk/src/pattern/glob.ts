/**
 * How much an object may hold below its name that a statement did not list:
 * nothing, one more part (a column), or a whole tree (a schema's tables and
 * their columns).
 */
export type Below = 'nothing' | 'part' | 'anything';

/**
 * A glob over resolved names. `*` stands for any run of characters, dots and
 * slashes included; everything else stands for itself, case included.
 *
 * Matching searches for the literal pieces one after the other, from the left,
 * and never goes back: linear in the name for a pattern of bounded length.
 */
export class Glob {
  readonly pattern: string;
  /** What stands between the stars; one piece means no star. */
  readonly #pieces: readonly string[];
  readonly #first: string;
  readonly #last: string;

  constructor(pattern: string) {
    this.pattern = pattern;
    this.#pieces = pattern.split('*');
    this.#first = this.#pieces[0] ?? '';
    this.#last = this.#pieces.at(-1) ?? '';
  }

  get isExact(): boolean {
    return this.#pieces.length === 1;
  }

  matches(name: string): boolean {
    if (this.isExact) return name === this.pattern;
    const end = name.length - this.#last.length;
    if (end < this.#first.length || !name.startsWith(this.#first) || !name.endsWith(this.#last)) return false;
    let from = this.#first.length;
    for (let i = 1; i < this.#pieces.length - 1; i++) {
      const piece = this.#pieces[i] ?? '';
      const at = name.indexOf(piece, from);
      if (at < 0 || at + piece.length > end) return false;
      from = at + piece.length;
    }
    return true;
  }

  /**
   * Whether something below `name` could match: `name` + "." + one part that
   * has no dot, or + "." + anything. Answers for what a statement touches
   * without saying so ("all of it"); where in doubt, true.
   */
  couldMatchBelow(name: string, below: Below): boolean {
    if (below === 'nothing') return false;
    // A part in double quotes may hold dots: SQL writes "a.b" so.
    const isOnePart = below === 'part' && !this.pattern.includes('"');
    const known = `${name}.`;
    if (this.#first.length >= known.length) {
      if (!this.#first.startsWith(known)) return false;
      return !isOnePart || !this.#hasDot(this.#first.slice(known.length), 1);
    }
    if (this.isExact || !known.startsWith(this.#first)) return false;
    return !isOnePart || this.#couldEndInPart(known);
  }

  /** `known` ends in a dot and starts with the first piece; the rest must fit into it and one part. */
  #couldEndInPart(known: string): boolean {
    let from = this.#first.length;
    for (let i = 1; i < this.#pieces.length; i++) {
      const piece = this.#pieces[i] ?? '';
      const at = i < this.#pieces.length - 1 ? known.indexOf(piece, from) : -1;
      if (at >= 0) {
        from = at + piece.length;
        continue;
      }
      // This piece ends in the part: all of its dots must lie in what is known.
      const dots = piece.slice(0, piece.lastIndexOf('.') + 1);
      const fits = known.length - dots.length >= from && known.endsWith(dots);
      return fits && !this.#hasDot('', i + 1);
    }
    return true;
  }

  #hasDot(head: string, fromPiece: number): boolean {
    if (head.includes('.')) return true;
    for (let i = fromPiece; i < this.#pieces.length; i++) {
      if (this.#pieces[i]?.includes('.') === true) return true;
    }
    return false;
  }
}
