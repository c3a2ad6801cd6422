import { passesLuhn } from '../luhn.ts';
import { DIGITS, hasDigitRun } from './byte-prefilter.ts';
import { isHex } from './characters.ts';
import type { Detector } from './detector.ts';
import { digitRuns, type DigitGroup } from './digit-groups.ts';
import { isIssued } from './card-ranges.ts';

const FEWEST_DIGITS = 13;
const MOST_DIGITS = 19;
const MOST_GROUPS = 5;

/**
 * Payment card numbers: 13 to 19 digits of a range that some network issues,
 * of a length it issues, with the right check digit. Together, or in the
 * groups that cards show (fours, 4-6-5, 4-6-4), with one space, hyphen, dash or dot between
 * groups, mixed as may be.
 */
export const cardDetector: Detector = {
  name: 'card',
  hints: DIGITS,
  find(text, report) {
    for (const run of digitRuns(text)) findInRun(text, run, report);
  },
  mightContain(bytes) {
    return hasDigitRun(bytes, FEWEST_DIGITS);
  },
};

function findInRun(
  text: string,
  run: readonly DigitGroup[],
  report: (start: number, end: number) => void,
): void {
  for (let first = 0; first < run.length; first += 1) {
    const length = cardLength(text, run, first);
    if (length === 0) continue;
    const last = run[first + length - 1];
    const start = run[first]?.start;
    if (last !== undefined && start !== undefined) report(start, last.end);
    first += length - 1;
  }
}

/** How many groups from `first` on are a card number; 0 for none. */
function cardLength(text: string, run: readonly DigitGroup[], first: number): number {
  let found = 0;
  let count = 0;
  for (let length = 1; length <= MOST_GROUPS; length += 1) {
    const group = run[first + length - 1];
    if (group === undefined || (length > 1 && !isBetweenGroups(run, first, length - 1))) break;
    count += group.end - group.start;
    if (count > MOST_DIGITS) break;
    if (count >= FEWEST_DIGITS && isCardAt(text, run.slice(first, first + length))) found = length;
  }
  return found;
}

/** Whether a card number may go on after these many groups: after fours, and after 4-6. */
function isBetweenGroups(run: readonly DigitGroup[], first: number, length: number): boolean {
  const last = sizeOf(run[first + length - 1]);
  return last === 4 || (last === 6 && length === 2);
}

function sizeOf(group: DigitGroup | undefined): number {
  return group === undefined ? 0 : group.end - group.start;
}

function isCardAt(text: string, groups: readonly DigitGroup[]): boolean {
  return (
    isGrouping(groups) &&
    isBounded(text, groups) &&
    isCard(groups.map(({ start, end }) => text.slice(start, end)).join(''))
  );
}

function isCard(digits: string): boolean {
  return isIssued(digits) && passesLuhn(digits);
}

/** One group, 4-6-4 or 4-6-5, or fours with a shorter last one. */
function isGrouping(groups: readonly DigitGroup[]): boolean {
  const sizes = groups.map(sizeOf);
  if (sizes.length === 1) return true;
  if (sizes.length === 3 && sizes[0] === 4 && sizes[1] === 6) return sizes[2] === 4 || sizes[2] === 5;
  return sizes.slice(0, -1).every((size) => size === 4) && (sizes.at(-1) ?? 0) <= 4;
}

/** Not a piece of a hexadecimal number, nor the digits behind a decimal point. */
function isBounded(text: string, groups: readonly DigitGroup[]): boolean {
  const start = groups[0]?.start ?? 0;
  const end = groups.at(-1)?.end ?? 0;
  if (isHex(text.charCodeAt(start - 1)) || isHex(text.charCodeAt(end))) return false;
  return groups.length > 1 || !/[0-9]\.$/.test(text.slice(Math.max(0, start - 2), start));
}
