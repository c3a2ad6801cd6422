import { isSecretName, MASK } from './secrets.ts';

/** Secrets that show by their own form, wherever they stand. Each keeps what is in group 1. */
const PATTERNS: readonly RegExp[] = [
  // scheme://user:password@host
  /(\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:@'"]{0,256}:)[^\s/@'"]{1,256}(?=@)/gi,
  /(\bauthorization\s{0,4}[:=]\s{0,4}(?:(?:bearer|basic|token|digest|negotiate|apikey)\s{1,4})?)[^\s'"\\]{1,4096}/gi,
  /(\b(?:x-api-key|x-auth-token|x-vault-token|private-token|api-key|cookie|set-cookie)\s{0,4}:\s{0,4})[^'"\\\n]{1,4096}/gi,
  // "password": "x" of JSON, with its quotes escaped or not
  /(\\?"[\w-]{0,40}(?:password|passwd|secret|token|api_?key|access_?key)\\?"\s{0,4}:\s{0,4}\\?")[^"\\]{1,4096}/gi,
  // The value of an option, where no command could be told from it
  /(--?[\w-]{0,40}(?:password|passwd|passphrase|secret|token|api-?key)(?:=|\s{1,4}))(?!-)[^\s;|&'"<>()]{1,4096}/gi,
  // pass:x of openssl
  /(\bpass:)[^\s'";|&]{1,4096}/g,
];

/** Tokens with a form of their own, and private keys. */
const TOKENS: readonly RegExp[] = [
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g,
  /\bgh[pousr]_\w{20,255}/g,
  /\bgithub_pat_\w{20,255}/g,
  /\bglpat-[\w-]{20,255}/g,
  /\bxox[abeoprs]-[\w-]{10,255}/g,
  /\bsk-[\w-]{20,255}/g,
  /\beyJ[\w-]{8,4096}\.[\w-]{8,4096}\.[\w-]{0,4096}/g,
  /-----BEGIN [A-Z ]{0,32}PRIVATE KEY-----[^-]{0,16384}(?:-----END [A-Z ]{0,32}PRIVATE KEY-----)?/g,
];

/** Something that every pattern and token has; most words have none of it. */
const MAY_HOLD_SECRET =
  /[:=]|pass|secret|token|key|AKIA|ASIA|gh[pousr]_|github_pat|glpat-|xox|sk-|eyJ|-----BEGIN/i;

const ASSIGNMENT = /\b([A-Za-z_]\w{0,80})=('[^']{0,4096}'|"(?:[^"\\]|\\.){0,4096}"|[^\s;|&'"<>()]{1,4096})/gs;

/** Shortest value that is looked for anywhere in the text; shorter ones only where they are a word or a value. */
const MIN_LENGTH = 4;

function escape(text: string): string {
  return text.replaceAll(/[^\w]/g, '\\$&');
}

/** A text without its secrets: those that are known by value, and those that show by their form. */
export function redactShellText(text: string, secrets: ReadonlySet<string> = new Set()): string {
  if (secrets.size === 0 && !MAY_HOLD_SECRET.test(text)) return text;
  let redacted = text;
  for (const secret of secrets) {
    if (secret.length >= MIN_LENGTH) redacted = redacted.replaceAll(secret, MASK);
    else
      redacted = redacted.replaceAll(
        new RegExp(`(?<=[\\s=:'"]|-[pPawuU])${escape(secret)}(?=[\\s'";|&)@]|$)`, 'g'),
        MASK,
      );
  }
  for (const pattern of PATTERNS) redacted = redacted.replaceAll(pattern, `$1${MASK}`);
  for (const token of TOKENS) redacted = redacted.replaceAll(token, MASK);
  return redacted.replaceAll(ASSIGNMENT, (all: string, name: string, value: string) =>
    isSecretName(name) && !value.startsWith('$') ? `${name}=${MASK}` : all,
  );
}
