import {
  base64UrlEnd,
  isBase64Url,
  JOSE_START,
  KEY_PREFIXES,
  keyRunEnd,
  PEM_START,
  tokenRunEnd,
} from '../detect/credential.ts';
import { begunAtEnd, type FindPending } from './pending-start.ts';
import { openBlockAt } from './private-key.ts';

/** A JOSE header is not longer; text in base64 that starts like one is. */
const LONGEST_HEADER = 4096;

/** A token that goes on to the end, or the start of one. Firm once a dot tells that there is a header. */
export const isPendingToken: FindPending = (text) => {
  let at = text.indexOf(JOSE_START);
  while (at >= 0) {
    const header = base64UrlEnd(text, at);
    const { end, dots } = tokenRunEnd(text, at);
    if (end === text.length && (dots > 0 || end - at <= LONGEST_HEADER)) return { start: at, firm: dots > 0 };
    at = text.indexOf(JOSE_START, dots >= 2 ? end : Math.max(header, at + JOSE_START.length));
  }
  const begun = begunAtEnd(text, JOSE_START);
  return begun === 0 ? null : { start: text.length - begun, firm: false };
};

/** A block that has not ended, or the start of its first line. */
export const isPendingPrivateKey: FindPending = (text) => {
  const open = openBlockAt(text);
  if (open >= 0) return { start: open, firm: true };
  const begun = begunAtEnd(text, PEM_START);
  return begun === 0 ? null : { start: text.length - begun, firm: false };
};

/** A key that goes on to the end, or the start of an issuer's prefix. */
export const isPendingKey: FindPending = (text) => {
  let start = text.length;
  let firm = false;
  for (const [prefix] of KEY_PREFIXES) {
    const last = lastAlive(text, prefix);
    if (last >= 0 && last < start) {
      start = last;
      firm = true;
    }
    const begun = begunAtEnd(text, prefix);
    const from = text.length - begun;
    if (begun > 0 && from < start && !isBase64Url(text.charCodeAt(from - 1))) start = from;
  }
  return start === text.length ? null : { start, firm };
};

/** Where a key of this prefix starts whose characters go on to the end; -1: nowhere. */
function lastAlive(text: string, prefix: string): number {
  for (let at = text.indexOf(prefix); at >= 0;) {
    const end = keyRunEnd(text, at + prefix.length);
    if (end === text.length) return isBase64Url(text.charCodeAt(at - 1)) ? -1 : at;
    at = text.indexOf(prefix, end);
  }
  return -1;
}
