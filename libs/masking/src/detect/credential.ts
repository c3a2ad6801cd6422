import { hasAny } from './byte-prefilter.ts';
import { isAlphanumeric } from './characters.ts';
import type { Detector } from './detector.ts';

const DOT = 0x2e;

/** base64url without padding (RFC 4648, section 5). */
export function isBase64Url(code: number): boolean {
  return isAlphanumeric(code) || code === 0x2d || code === 0x5f;
}

/** Where such characters from `start` on end. */
export function base64UrlEnd(text: string, start: number): number {
  let end = start;
  while (end < text.length && isBase64Url(text.charCodeAt(end))) end += 1;
  return end;
}

/** What `{"` is in base64, which every JOSE header starts with. */
export const JOSE_START = 'eyJ';

/** JSON Web Tokens (RFC 7519) in compact form: a header, a body and a signature, which may be empty; or the five parts of a JWE. */
export const jwtDetector: Detector = {
  name: 'jwt',
  hints: '.',
  find(text, report) {
    let at = text.indexOf(JOSE_START);
    while (at >= 0) {
      const end = tokenEnd(text, at);
      if (end !== null) report(at, end);
      at = text.indexOf(JOSE_START, end ?? base64UrlEnd(text, at));
    }
  },
  mightContain(bytes) {
    return hasAny(bytes, [JOSE_START]);
  },
};

function tokenEnd(text: string, start: number): number | null {
  const { end, dots } = tokenRunEnd(text, start);
  return dots >= 2 ? end : null;
}

/** Where the parts of a token end, and how many dots are between them. */
export function tokenRunEnd(text: string, start: number): { readonly end: number; readonly dots: number } {
  let dots = 0;
  let end = base64UrlEnd(text, start);
  while (text.charCodeAt(end) === DOT && dots < 4) {
    dots += 1;
    end = base64UrlEnd(text, end + 1);
  }
  return { end, dots };
}

export const PEM_START = '-----BEGIN ';
export const PEM_END = '-----END ';
export const PEM_DASHES = '-----';
/** What stands between BEGIN or END and the dashes is no longer. */
export const LONGEST_LABEL = 64;

/** Whether the block that starts at `start` says that it is a private key. */
export function isPrivateKeyLabel(text: string, start: number): boolean {
  const label = text.slice(start + PEM_START.length, start + PEM_START.length + LONGEST_LABEL);
  return /^[A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----/.test(label);
}

/** Private keys in PEM (RFC 7468) or OpenSSH form. A block without an end counts to the end of the text. */
export const privateKeyDetector: Detector = {
  name: 'private-key',
  hints: '-',
  find(text, report) {
    let at = text.indexOf(PEM_START);
    while (at >= 0) {
      const end = isPrivateKeyLabel(text, at) ? blockEnd(text, at) : at + PEM_START.length;
      if (end > at + PEM_START.length) report(at, end);
      at = text.indexOf(PEM_START, end);
    }
  },
  mightContain(bytes) {
    return hasAny(bytes, [PEM_START]);
  },
};

function blockEnd(text: string, start: number): number {
  const end = text.indexOf(PEM_END, start);
  if (end < 0) return text.length;
  const close = text.indexOf(PEM_DASHES, end + PEM_END.length);
  return close < 0 || close > end + LONGEST_LABEL + PEM_END.length ? text.length : close + PEM_DASHES.length;
}

/** Prefixes that issuers give their keys so that scanners find them, and the fewest characters that follow. */
export const KEY_PREFIXES: readonly (readonly [string, number])[] = [
  ['AKIA', 16],
  ['ASIA', 16],
  ['AIza', 35],
  ['ghp_', 36],
  ['gho_', 36],
  ['ghu_', 36],
  ['ghs_', 36],
  ['ghr_', 36],
  ['github_pat_', 40],
  ['glpat-', 20],
  ['npm_', 36],
  ['xoxb-', 20],
  ['xoxp-', 20],
  ['xapp-', 20],
  ['sk_live_', 16],
  ['rk_live_', 16],
  ['sk-ant-', 20],
  ['sk-proj-', 20],
  ['SG.', 40],
  ['hvs.', 20],
];
const KEY_STARTS = KEY_PREFIXES.map(([prefix]) => prefix);

/** API keys of well-known issuers, by their prefix: AWS, Google, GitHub, GitLab, npm, Slack, Stripe, Anthropic, OpenAI, SendGrid, Vault. */
export const apiKeyDetector: Detector = {
  name: 'api-key',
  hints: 'A_-.',
  find(text, report) {
    for (const [prefix, fewest] of KEY_PREFIXES) findPrefixed(text, prefix, fewest, report);
  },
  mightContain(bytes) {
    return hasAny(bytes, KEY_STARTS);
  },
};

function findPrefixed(
  text: string,
  prefix: string,
  fewest: number,
  report: (start: number, end: number) => void,
): void {
  let at = text.indexOf(prefix);
  while (at >= 0) {
    const body = at + prefix.length;
    const end = keyEnd(text, body);
    if (end - body >= fewest && !isBase64Url(text.charCodeAt(at - 1))) report(at, end);
    at = text.indexOf(prefix, end);
  }
}

/** Where a key's characters and dots from `start` on end. */
export function keyRunEnd(text: string, start: number): number {
  let end = start;
  while (end < text.length && (isBase64Url(text.charCodeAt(end)) || text.charCodeAt(end) === DOT)) end += 1;
  return end;
}

function keyEnd(text: string, start: number): number {
  const end = keyRunEnd(text, start);
  return text.charCodeAt(end - 1) === DOT && end > start ? end - 1 : end;
}
