import type { VerifyNote, VerifyProblem, VerifyProblemCode } from './verify-report.ts';

const MOST = 100;

/** Gathers what verification finds, in bounded memory. */
export class ProblemList {
  readonly problems: VerifyProblem[] = [];
  readonly notes: VerifyNote[] = [];
  #leftOut = 0;

  get leftOut(): number {
    return this.#leftOut;
  }

  get any(): boolean {
    return this.problems.length > 0;
  }

  add(code: VerifyProblemCode, sequence: number | undefined, offset: number, message: string): void {
    if (this.problems.length < MOST) this.problems.push({ code, sequence, offset, message });
    else this.#leftOut += 1;
  }

  note(code: VerifyNote['code'], sequence: number | undefined, message: string): void {
    if (this.notes.length < MOST) this.notes.push({ code, sequence, message });
  }
}
