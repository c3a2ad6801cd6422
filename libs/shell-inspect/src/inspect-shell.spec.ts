import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { shellText } from '../test/generate-text.ts';
import { inspectShell, MAX_SHELL_BYTES, quoteWord, type ShellInspection } from './index.ts';

function argvOf(text: string): readonly (readonly string[])[] {
  const inspection = inspectShell(text, { dialect: 'bash' });
  return inspection.ok ? inspection.commands.map(({ argv }) => argv) : [];
}

function isUnknown(inspection: ShellInspection): boolean {
  return !inspection.ok || inspection.effects.some(({ action }) => action === 'ssh.unknown');
}

describe('inspectShell', () => {
  it('never throws, whatever the text', () => {
    const soup = fc.string({ unit: fc.constantFrom(...'ab$(){}[]"\'`\\|&;<>#!=~*?:-+%@^, \n\téx1') });
    fc.assert(
      fc.property(
        fc.oneof(soup, shellText, fc.string({ unit: 'binary' })),
        fc.boolean(),
        (text, interactive) => {
          for (const dialect of ['any', 'bash', 'posix', 'zsh', 'other'] as const) {
            expect(typeof inspectShell(text, { dialect, interactive }).ok).toBe('boolean');
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  it('never throws for bytes, and takes only valid UTF-8', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(typeof inspectShell(bytes).ok).toBe('boolean');
      }),
    );
    expect(inspectShell(Uint8Array.of(0x6c, 0x73))).toMatchObject({
      ok: true,
      commands: [{ canonical: 'ls' }],
    });
    expect(inspectShell(Uint8Array.of(0x6c, 0x73, 0x20, 0xff))).toMatchObject({
      ok: false,
      reason: 'not-utf8',
    });
    expect(inspectShell(Uint8Array.of(0xc0, 0xaf))).toMatchObject({ ok: false, reason: 'not-utf8' });
  });

  it('sees the same words, however they are quoted', () => {
    const piece = fc.tuple(
      fc.string({ unit: fc.constantFrom(...'abc $`"\\*?{},~#;&|<>()!=é'), minLength: 1, maxLength: 4 }),
      fc.constantFrom('single', 'double', 'escaped'),
    );
    const words = fc.array(fc.array(piece, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(words, (all) => {
        const plain = all.map((pieces) => pieces.map(([text]) => text).join(''));
        const typed = all.map((pieces) => pieces.map(([text, how]) => quote(text, how)).join(''));
        expect(argvOf(`echo ${typed.join(' ')}`)).toEqual([['echo', ...plain]]);
      }),
    );
  });

  it('gives a canonical command that means itself', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom(...'abc $`"\'\\*{}~#;\n') }), { maxLength: 3 }),
        (words) => {
          const canonical = ['echo', ...words].map(quoteWord).join(' ');
          expect(argvOf(canonical)).toEqual([['echo', ...words]]);
          expect(inspectShell(canonical)).toMatchObject({ commands: [{ canonical }] });
        },
      ),
    );
  });

  it('knows no less without a dialect than with one', () => {
    fc.assert(
      fc.property(shellText, (text) => {
        const any = inspectShell(text, { hasTerminal: false });
        for (const dialect of ['bash', 'posix', 'zsh'] as const) {
          if (isUnknown(inspectShell(text, { dialect, hasTerminal: false })))
            expect(isUnknown(any)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('reads what one argument of a program can hold, and no more', () => {
    expect(inspectShell(`echo ${'a'.repeat(MAX_SHELL_BYTES - 5)}`).ok).toBe(true);
    expect(inspectShell(`echo ${'a'.repeat(MAX_SHELL_BYTES)}`)).toMatchObject({ reason: 'too-large' });
    expect(inspectShell(`echo ${'é'.repeat(MAX_SHELL_BYTES / 2)}`)).toMatchObject({ reason: 'too-large' });
  });

  it.each([
    ['subshells', '('.repeat(4000) + 'ls' + ')'.repeat(4000)],
    ['substitutions', '$('.repeat(4000) + 'ls' + ')'.repeat(4000)],
    ['quoted substitutions', '"$('.repeat(4000) + 'ls' + ')"'.repeat(4000)],
    ['expansions', '${a:-'.repeat(4000) + '}'.repeat(4000)],
    ['arithmetic', '$(('.repeat(4000) + '1' + '))'.repeat(4000)],
    ['groups', '{ '.repeat(4000) + 'ls; ' + '}; '.repeat(4000)],
    ['conditionals', 'if '.repeat(4000)],
    ['functions', 'f() '.repeat(4000) + 'ls'],
    ['wrappers', 'sudo '.repeat(4000) + 'ls'],
    ['finds', 'find '.repeat(200) + '-exec find '.repeat(10_000)],
    ['commands of find', 'find ' + '-exec '.repeat(20_000)],
    ['evaluations', 'eval '.repeat(4000) + 'ls'],
    ['braces', 'echo ' + '{a,'.repeat(4000) + '}'.repeat(4000)],
  ])('answers at once for %s without end', (_, text) => {
    const start = process.cpuUsage();
    expect(isUnknown(inspectShell(text))).toBe(true);
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(1000);
  });

  it.each([
    ['words', 'a '.repeat(60_000)],
    ['commands', 'ls;'.repeat(9_000)],
    ['assignments', 'a=1;'.repeat(30_000)],
    ['many variables', Array.from({ length: 8_000 }, (_, i) => `a${i}=1;`).join('')],
    ['quotes', `echo ${`"a"'b'`.repeat(20_000)}`],
    ['continuations', `echo ${'\\\n'.repeat(60_000)}`],
    ['here-documents', 'cat <<E\na\nE\n'.repeat(8_000)],
    ['an endless here-document', `cat <<E\n${'a\\\n'.repeat(40_000)}E`],
    ['braces in a row', `echo ${'{a,b}'.repeat(20_000)}`],
    ['open braces', `echo ${'{'.repeat(100_000)}`],
    ['open brackets', `echo ${'['.repeat(100_000)}`],
    ['dollar signs', `echo ${'$'.repeat(100_000)}`],
    ['backslashes', `echo ${'\\'.repeat(100_000)}`],
    ['equals signs', `echo ${'a='.repeat(50_000)}`],
    ['loop values', `for a in ${'x '.repeat(50_000)}; do echo $a; done`],
    ['variables in one word', `a=1; b=2; echo ${'$a$b'.repeat(20_000)}`],
    ['a program of awk', `awk '${'/a/ {print}'.repeat(10_000)}'`],
    ['a script of sed', `sed '${'s/a/b/;'.repeat(15_000)}'`],
    ['colons and slashes', `echo ${'a://b:'.repeat(20_000)}`],
    ['passwords', `echo ${'--password '.repeat(10_000)}`],
  ])('takes time in proportion for %s', (_, text) => {
    const start = process.cpuUsage();
    expect(typeof inspectShell(text).ok).toBe('boolean');
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(2000);
  });
});

function quote(text: string, how: 'single' | 'double' | 'escaped'): string {
  if (how === 'single') return `'${text}'`;
  if (how === 'double') return `"${text.replaceAll(/[$`"\\]/g, '\\$&')}"`;
  return text.replaceAll(/[^]/gu, '\\$&');
}
