/**
 * Takes out of a statement's text the secrets that it carries: passwords of
 * roles and user mappings, connection strings, and any literal that looks as if
 * it held one (dynamic SQL, dblink). Works on the server's own tokens; a text
 * that cannot be cut into tokens is left with its first word.
 */
import { Buffer } from 'node:buffer';
import type { ScanToken } from 'libpg-query';
import { scanSync } from './parser/load-parser.ts';

/** What stands in the place of a secret. */
export const REDACTED = "'[redacted]'";

/** Words that announce a secret; most statements hold none of them and cost one test. */
const SUSPICIOUS =
  /passw|passfile|conninfo|connection|secret|token|credential|passphrase|api_?key|access_?key|sslkey|:\/\//i;

/** Names of options and keywords whose literal is the secret. */
const SECRET_NAME =
  /passw|passphrase|secret|token|credential|api_?key|access_?key|sslkey|^connection$|^conninfo$/i;

/** A literal that holds a secret inside: a connection string, or SQL text that sets a password. */
const SECRET_INSIDE = /passw(or)?d\w*['"]?\s*(=|:|\s)|\b(secret|token|api_?key)\s*=|:\/\/[^/\s:@]*:[^@\s]*@/i;

/** The text without its secrets; the very same text where it has none. */
export function redactSecrets(text: string): string {
  if (!SUSPICIOUS.test(text)) return text;
  try {
    return withoutSecrets(text, scanSync(text).tokens);
  } catch {
    // Cannot be cut into tokens, so nothing of it is safe to show.
    return `${/^\w*/.exec(text)?.[0] ?? ''} [redacted]`;
  }
}

function withoutSecrets(text: string, tokens: readonly ScanToken[]): string {
  const bytes = Buffer.from(text);
  const pieces: string[] = [];
  let done = 0;
  tokens.forEach((token, index) => {
    if (!STRING.test(token.text) || !isSecret(token, bytes, tokens, index)) return;
    pieces.push(bytes.toString('utf8', done, token.start), REDACTED);
    done = token.end;
  });
  if (done === 0) return text;
  return pieces.join('') + bytes.toString('utf8', done);
}

/** Words that may stand between a name and its literal: `PASSWORD = 'x'`, `SET password TO 'x'`. */
const BETWEEN = /^(=|to|encrypted)$/i;

function isSecret(token: ScanToken, bytes: Buffer, tokens: readonly ScanToken[], index: number): boolean {
  const literal = bytes.toString('utf8', token.start, token.end);
  if (SECRET_INSIDE.test(literal)) return true;
  for (let before = index - 1; before >= 0; before--) {
    const previous = tokens[before];
    if (previous === undefined) return false;
    const word = bytes.toString('utf8', previous.start, previous.end);
    if (BETWEEN.test(word) || previous.tokenName.endsWith('COMMENT')) continue;
    return SECRET_NAME.test(word.replaceAll('"', ''));
  }
  return false;
}

/** A literal of any form: '...', E'...', U&'...', $tag$...$tag$; not a parameter. */
const STRING = /^(?:(?:[ebnx]|u&)?'|\$[^0-9])/i;
