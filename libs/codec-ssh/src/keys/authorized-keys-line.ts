import { CodecError } from '../wire/codec-error.ts';
import { outcomeOf, type Outcome } from '../wire/outcome.ts';
import { readKey, type PublicKeyLine } from './public-key-line.ts';

const MAX_LINE_LENGTH = 128 * 1024;

/** An option in front of a key: `no-pty`, or `command="..."` with its value. Names in lower case. */
export interface AuthorizedKeyOption {
  readonly name: string;
  readonly value: string | null;
}

export interface AuthorizedKey extends PublicKeyLine {
  readonly options: readonly AuthorizedKeyOption[];
}

/** Reads a line of an authorized_keys file (sshd(8)); null for an empty line or a comment. */
export function parseAuthorizedKeysLine(line: string): Outcome<AuthorizedKey | null> {
  return outcomeOf(() => {
    const text = line.trim();
    if (text.length > MAX_LINE_LENGTH) throw new CodecError('limit', 'A line with a public key is too long.');
    if (text === '' || text.startsWith('#')) return null;
    const plain = outcomeOf(() => readKey(text));
    if (plain.ok) return { ...plain.value, options: [] };
    const optionsEnd = endOfOptions(text);
    if (optionsEnd === text.length) throw plain.error;
    return { ...readKey(text.slice(optionsEnd).trim()), options: parseOptions(text.slice(0, optionsEnd)) };
  });
}

/** The first blank outside of quotes. */
function endOfOptions(text: string): number {
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '\\' && text[at + 1] === '"') at += 1;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && (character === ' ' || character === '\t')) return at;
  }
  return text.length;
}

function parseOptions(text: string): AuthorizedKeyOption[] {
  const options: AuthorizedKeyOption[] = [];
  const option = /([A-Za-z0-9-]+)(?:="((?:\\"|[^"])*)")?(,|$)/y;
  while (option.lastIndex < text.length) {
    const match = option.exec(text);
    if (match === null) throw new CodecError('value', 'The options of a key are malformed.');
    const value = match[2] === undefined ? null : match[2].replaceAll('\\"', '"');
    options.push({ name: (match[1] ?? '').toLowerCase(), value });
  }
  return options;
}
