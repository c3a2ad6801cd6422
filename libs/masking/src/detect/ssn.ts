import { DIGITS, hasDigitRun } from './byte-prefilter.ts';
import { isAlphanumeric, isDigit } from './characters.ts';
import type { Detector } from './detector.ts';
import { digitRuns, type DigitGroup } from './digit-groups.ts';

/**
 * US social security numbers, written in their three groups: 3, 2 and 4
 * digits, with area 001-665 or 667-899, group 01-99 and serial 0001-9999. Nine
 * digits in one group are any number, so they are not found.
 */
export const ssnDetector: Detector = {
  name: 'ssn',
  hints: DIGITS,
  find(text, report) {
    for (const run of digitRuns(text)) {
      for (let i = 0; i + 2 < run.length; i += 1) {
        const found = ssnAt(text, run, i);
        if (found === null) continue;
        report(found.start, found.end);
        i += 2;
      }
    }
  },
  mightContain(bytes) {
    return hasDigitRun(bytes, 9);
  },
};

function ssnAt(text: string, run: readonly DigitGroup[], index: number): DigitGroup | null {
  const area = run[index];
  const group = run[index + 1];
  const serial = run[index + 2];
  if (area === undefined || group === undefined || serial === undefined) return null;
  if (size(area) !== 3 || size(group) !== 2 || size(serial) !== 4) return null;
  if (!isArea(text.slice(area.start, area.end))) return null;
  if (text.slice(group.start, group.end) === '00' || text.slice(serial.start, serial.end) === '0000')
    return null;
  return isBounded(text, area.start, serial.end) ? { start: area.start, end: serial.end } : null;
}

function size(group: DigitGroup): number {
  return group.end - group.start;
}

function isArea(area: string): boolean {
  return area !== '000' && area !== '666' && area < '900';
}

/** No letter touches it, and no further group does with a hyphen or dot, as in a longer number. */
function isBounded(text: string, start: number, end: number): boolean {
  const before = text.charCodeAt(start - 1);
  const after = text.charCodeAt(end);
  if (isAlphanumeric(before) || isAlphanumeric(after)) return false;
  return (
    !(isHyphenOrDot(before) && isDigit(text.charCodeAt(start - 2))) &&
    !(isHyphenOrDot(after) && isDigit(text.charCodeAt(end + 1)))
  );
}

function isHyphenOrDot(code: number): boolean {
  return code === 0x2d || code === 0x2e;
}
