/** Random shell programs over harmless words, with every construct that the inspection reads. */
import fc from 'fast-check';

const { program } = fc.letrec<{ program: string; command: string; word: string; simple: string }>((tie) => {
  const program = tie('program');
  const word = tie('word');
  return {
    word: fc.oneof(
      { depthSize: 'small', maxDepth: 3 },
      fc.constantFrom(
        'x',
        'y',
        "'x y'",
        '"a b"',
        'r"m"',
        '$x',
        '"$x"',
        '{a,b}',
        '$((1+2))',
        'a\\ b',
        '\\\nx',
        'x\\\ny',
      ),
      fc.constantFrom(
        '*',
        'a=b',
        '}',
        '{',
        '!',
        'in',
        '#x',
        'x#',
        '~',
        '=x',
        '$"x"',
        "'`'",
        '"\\""',
        '"\\$(rm)"',
        '${#x}',
      ),
      fc.constantFrom(
        "$'x\\ty'",
        "$'a\\'b'",
        '"${x}"',
        '$x[1]',
        '${x%y}',
        '"`rm y`"',
        '-',
        '--',
        '$#',
        '"$@"',
        ']',
        '[[',
      ),
      program.map((inner) => `$(${inner})`),
      program.map((inner) => `"$(${inner})"`),
      program.map((inner) => `<(${inner})`),
      program.map((inner) => `\`${inner.replaceAll(/[`\\]/g, '')}\``),
      word.map((inner) => `\${x:-${inner}}`),
      word.map((inner) => `"\${x:-${inner}}"`),
    ),
    simple: fc
      .tuple(
        fc.constantFrom('', '', '', 'x=1 ', 'x=rm ', 'a=$(rm y) ', 'a+=x ', 'a[1]=x ', 'x=(x y) '),
        fc.constantFrom(
          'rm',
          'ls',
          'curl',
          '"rm"',
          'r\\m',
          "'r'm",
          'x',
          'echo',
          'env',
          'command',
          'exec',
          'eval',
          'time',
          '!',
          '$x',
          'nice',
          '-',
          'builtin',
          '[',
          'f',
          'xargs',
          'sh -c',
          ':',
          'trap',
          'rm\\\n',
          'r\\\nm',
          'export',
          'read',
        ),
        fc.array(word, { maxLength: 2 }),
        fc.constantFrom(
          '',
          '',
          '',
          '>f',
          '>>y',
          '<f',
          '2>&1',
          '&>f',
          '<<<x',
          '>|f',
          '<>f',
          '>&f',
          '>f<f',
          '{fd}>f',
          '<<E',
        ),
      )
      .map(
        ([assignment, name, words, redirect]) =>
          `${assignment}${[name, ...words, redirect].join(' ').trim()}`,
      ),
    command: fc.oneof(
      { depthSize: 'small', maxDepth: 3 },
      { arbitrary: tie('simple'), weight: 5 },
      program.map((inner) => `{ ${inner}; }`),
      program.map((inner) => `(${inner})`),
      fc.tuple(program, program).map(([a, b]) => `if ${a}; then ${b}; fi`),
      fc.tuple(word, program).map(([a, b]) => `for a in ${a} x; do ${b}; done`),
      fc.tuple(word, word, program).map(([a, b, c]) => `case ${a} in ${b}) ${c};; *) ls;; esac`),
      tie('simple').map((inner) => `fn() { ${inner}; }; fn`),
      fc
        .tuple(word, fc.constantFrom('==', '=~', '<', '-eq', '&&'), word)
        .map(([a, op, b]) => `[[ ${a} ${op} ${b} ]]`),
      fc.constantFrom('((1))', '((x=1))', '! ls', 'time { ls; }', 'while ls; do rm; break; done'),
    ),
    program: fc
      .array(
        fc.tuple(tie('command'), fc.constantFrom('; ', ' && ', ' || ', ' | ', ' & ', '\n', ' |& ', ' # c\n')),
        {
          minLength: 1,
          maxLength: 2,
        },
      )
      .map((commands) => {
        const text = commands.map(([command, separator]) => command + separator).join('');
        const ended = text.replace(/(?:;| && | \|\| | \| | \|& )\s*$/, '');
        return ended.includes('<<E') ? `${ended}\nx $(rm y) \`ls\`\nE\n` : ended;
      }),
  };
});

/** Characters that change what a text means, put in or taken out at random places. */
const edit = fc.tuple(
  fc.nat(),
  fc.constantFrom(
    '"',
    "'",
    '`',
    '\\',
    '$',
    '(',
    ')',
    '{',
    '}',
    ' ',
    '\n',
    ';',
    '&',
    '#',
    '|',
    '<',
    '>',
    '!',
    '[',
    ']',
    '',
  ),
);

/** Valid programs, and such that were broken at one or two places. */
export const shellText: fc.Arbitrary<string> = fc
  .tuple(program, fc.array(edit, { maxLength: 2 }))
  .map(([text, edits]) =>
    edits.reduce((all, [where, what]) => {
      const at = where % (all.length + 1);
      return what === '' ? all.slice(0, at) + all.slice(at + 1) : all.slice(0, at) + what + all.slice(at);
    }, text),
  );

/**
 * Whether a text may be run: no absolute paths, nothing that ends other processes, and no function that could call
 * itself without end.
 */
export function isRunnable(text: string): boolean {
  const calls = text.split('fn').length - 1;
  const functions = text.split('fn()').length - 1;
  const others = /\w\s*\(\s*\)/.test(text.replaceAll('fn()', '')) || text.includes('function');
  return !/\/|kill|reboot|shutdown/.test(text) && functions <= 1 && calls <= 2 && !others;
}
