import { isDigit, isGroupSeparator } from './characters.ts';

/** Digits without anything between. */
export interface DigitGroup {
  readonly start: number;
  readonly end: number;
}

/**
 * The runs of digit groups in a text: groups that have exactly one space,
 * hyphen, dash or dot between them. Visits each character once.
 */
export function* digitRuns(text: string): Generator<readonly DigitGroup[]> {
  let run: DigitGroup[] = [];
  for (let i = 0; i < text.length; i += 1) {
    if (!isDigit(text.charCodeAt(i))) continue;
    const start = i;
    while (i < text.length && isDigit(text.charCodeAt(i))) i += 1;
    const last = run.at(-1);
    if (last !== undefined && !isJoined(text, last.end, start)) {
      yield run;
      run = [];
    }
    run.push({ start, end: i });
  }
  if (run.length > 0) yield run;
}

function isJoined(text: string, end: number, start: number): boolean {
  if (start !== end + 1) return false;
  const code = text.charCodeAt(end);
  return code === 0x2e || isGroupSeparator(code);
}
