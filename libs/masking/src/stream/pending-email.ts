import { ENCODED_AT, isDomain, isLocal, isWord } from '../detect/email.ts';
import { runStart, type FindPending } from './pending-start.ts';

/** A local part of 64, `@` and a domain of 255 characters (RFC 5321, 4.5.3.1). */
const LONGEST = 320;
const BACKSLASH = 0x5c;
const AT = 0x40;

/** A run of what addresses are made of; firm from the first character of a domain on. */
export const isPendingEmail: FindPending = (text) => {
  let start = runStart(text, LONGEST, isPart);
  while (start < text.length && !isWord(text.charCodeAt(start))) start += 1;
  return start === text.length ? null : { start, firm: hasDomain(text, start) };
};

function isPart(code: number): boolean {
  return isLocal(code) || isDomain(code) || code === AT || code === BACKSLASH;
}

function hasDomain(text: string, start: number): boolean {
  return ['@', ...ENCODED_AT].some((at) => {
    const found = text.indexOf(at, start + 1);
    return found > 0 && isDomain(text.charCodeAt(found + at.length));
  });
}
