import { isAlphanumeric, isDigit, isHex } from '../detect/characters.ts';
import { runStart, type FindPending } from './pending-start.ts';

const LONGEST_IPV4 = 16;
const LONGEST_IPV6 = 46;
const DOT = 0x2e;
const COLON = 0x3a;

/** Up to four numbers of three digits, and a full stop. */
export const isPendingIpv4: FindPending = (text) => {
  const start = runStart(text, LONGEST_IPV4 + 1, (code) => isDigit(code) || code === DOT);
  const run = text.slice(start);
  if (!/^[0-9]{1,3}(?:\.[0-9]{1,3}){0,3}\.?$/.test(run) || isAlphanumeric(text.charCodeAt(start - 1)))
    return null;
  return { start, firm: /^[0-9]+\.[0-9]+\.[0-9]/.test(run) };
};

/** Hexadecimal digits, colons and dots. */
export const isPendingIpv6: FindPending = (text) => {
  const start = runStart(text, LONGEST_IPV6 + 1, (code) => isHex(code) || code === COLON || code === DOT);
  const run = text.slice(start);
  if (run === '' || run.length > LONGEST_IPV6 || isAlphanumeric(text.charCodeAt(start - 1))) return null;
  return { start, firm: run.length > 4 && run.indexOf(':') !== run.lastIndexOf(':') };
};
