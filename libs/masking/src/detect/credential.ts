import { hasAny } from './byte-prefilter.ts';
import { isAlphanumeric } from './characters.ts';
import type { Detector } from './detector.ts';

const DOT = 0x2e;

/** base64url without padding (RFC 4648, section 5). */
function isBase64Url(code: number): boolean {
  return isAlphanumeric(code) || code === 0x2d || code === 0x5f;
}

function base64UrlEnd(text: string, start: number): number {
  let end = start;
  while (end < text.length && isBase64Url(text.charCodeAt(end))) end += 1;
  return end;
}

/** What `{"` is in base64, which every JOSE header starts with. */
const JOSE_START = 'eyJ';

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
  let dots = 0;
  let end = base64UrlEnd(text, start);
  while (text.charCodeAt(end) === DOT && dots < 4) {
    dots += 1;
    end = base64UrlEnd(text, end + 1);
  }
  return dots >= 2 ? end : null;
}

const PEM_START = '-----BEGIN ';
const PEM_END = '-----END ';
const PEM_DASHES = '-----';
const LONGEST_LABEL = 64;

/** Private keys in PEM (RFC 7468) or OpenSSH form. A block without an end counts to the end of the text. */
export const privateKeyDetector: Detector = {
  name: 'private-key',
  hints: '-',
  find(text, report) {
    let at = text.indexOf(PEM_START);
    while (at >= 0) {
      const label = text.slice(at + PEM_START.length, at + PEM_START.length + LONGEST_LABEL);
      const end = /^[A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----/.test(label)
        ? blockEnd(text, at)
        : at + PEM_START.length;
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
const KEY_PREFIXES: readonly (readonly [string, number])[] = [
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

function keyEnd(text: string, start: number): number {
  let end = start;
  while (end < text.length && (isBase64Url(text.charCodeAt(end)) || text.charCodeAt(end) === DOT)) end += 1;
  return text.charCodeAt(end - 1) === DOT && end > start ? end - 1 : end;
}
