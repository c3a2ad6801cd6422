import { fail } from './shell-syntax-error.ts';

const SIMPLE: ReadonlyMap<string, string> = new Map([
  ['a', '\x07'],
  ['b', '\b'],
  ['e', '\x1b'],
  ['E', '\x1b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
  ['?', '?'],
]);

const ESCAPE = /\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([\s\S]))/g;

/**
 * Text of `$'...'` after its escapes, as bash decodes them (manual, 3.1.2.4). Undefined where shells differ or
 * where it makes bytes that are not ASCII, whose meaning depends on the locale.
 */
export function decodeAnsiQuoted(body: string): string | undefined {
  const unknown: string[] = [];
  const text = body.replace(
    ESCAPE,
    (_, octal?: string, hex?: string, short?: string, long?: string, other?: string) => {
      if (other !== undefined) {
        const char = SIMPLE.get(other);
        // bash keeps the backslash of what it does not know, others do not.
        if (char === undefined) unknown.push(other);
        return char ?? '';
      }
      const isByte = octal !== undefined || hex !== undefined;
      const code = octal === undefined ? parseInt(hex ?? short ?? long ?? '', 16) : parseInt(octal, 8);
      // The string ends here for one shell and goes on for another.
      if (code === 0) fail('a NUL character in a quote');
      if (code <= 0x7f || (!isByte && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff))) {
        return String.fromCodePoint(code);
      }
      unknown.push('code');
      return '';
    },
  );
  return unknown.length === 0 ? text : undefined;
}
