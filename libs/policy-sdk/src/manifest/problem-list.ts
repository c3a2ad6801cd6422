import { create } from '@bufbuild/protobuf';
import { ManifestProblemSchema, type ManifestProblem } from '@sallyport/contracts/admin';
import { LineCounter } from 'yaml';

/** Most problems that one answer lists. */
export const MAX_PROBLEMS = 100;

/** Collects what is wrong with a manifest, so that all of it can be said at once. */
export class ProblemList {
  readonly lineCounter = new LineCounter();
  readonly #problems: ManifestProblem[] = [];

  /** Problems so far, in the order of the text. */
  get problems(): ManifestProblem[] {
    const sorted = [...this.#problems].sort((a, b) => a.line - b.line || a.column - b.column);
    return sorted.slice(0, MAX_PROBLEMS);
  }

  get count(): number {
    return this.#problems.length;
  }

  /**
   * Beyond many, problems are dropped: such a text is no manifest with mistakes.
   *
   * @param offset characters from the start of the text, from 0
   */
  add(offset: number, path: string, message: string): void {
    if (this.#problems.length >= MAX_PROBLEMS * 10) return;
    this.#problems.push(this.at(offset, path, message));
  }

  /** A problem with its place, without adding it. */
  at(offset: number, path: string, message: string): ManifestProblem {
    const { line, col } = this.lineCounter.linePos(Math.max(offset, 0));
    return create(ManifestProblemSchema, {
      line: Math.max(line, 1),
      column: Math.max(col, 1),
      path,
      message,
    });
  }
}
