import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@bufbuild/protobuf';
import { cpuMs } from '../fixtures/cpu-time.ts';
import { NOW, context, effect, statement, table } from '../fixtures/view.ts';
import { compileCondition } from './condition.ts';
import { StatementRoots, sessionRoots } from './context.ts';
import { MAX_STEPS } from './frame.ts';
import { Failure } from './value.ts';

const EXHAUSTED = `it needs more than ${MAX_STEPS} steps`;

interface Timed {
  readonly answer: boolean | string;
  readonly ms: number;
}

function run(expression: string, fields: JsonObject, text = ''): Timed {
  const { condition, problem } = compileCondition(expression, 'effect');
  if (condition === undefined) throw new Error(problem.message);
  const asked = statement([effect('sql.read', [table('public.t', ['a'])])], { text, fields });
  const roots = new StatementRoots(sessionRoots(context), asked, NOW);
  let answer: boolean | Failure = false;
  const ms = cpuMs(() => (answer = condition.evaluate(roots)));
  return { answer: resultOf(answer), ms };
}

function resultOf(answer: boolean | Failure): boolean | string {
  return answer instanceof Failure ? answer.message : answer;
}

const long = Array.from({ length: 5000 }, (_, i) => i);
const map = Object.fromEntries(long.map((i) => [`k${i}`, i]));
const oneTo = (n: number): string => `[${Array.from({ length: n }, (_, i) => i + 1).join(',')}]`;

// What a low-privileged author may write, against what a caller may send.
const ATTACKS: readonly (readonly [string, string, JsonObject, string])[] = [
  [
    'nested loops over a long list',
    'fields.l.all(x, fields.l.all(y, fields.l.all(z, x + y + z >= 0.0)))',
    { l: long },
    '',
  ],
  [
    'nested loops over literals',
    `${oneTo(60)}.all(a, ${oneTo(60)}.all(b, ${oneTo(60)}.all(c, a + b + c > 0)))`,
    {},
    '',
  ],
  ['loops whose rounds all fail', 'fields.l.exists(x, fields.l.exists(y, fields.no == y))', { l: long }, ''],
  ['loops over the keys of a map', 'fields.m.all(a, fields.m.all(b, a != "" && b != ""))', { m: map }, ''],
  ['lists that double', 'fields.l.map(x, fields.l.map(y, fields.l + fields.l)).size() == 0', { l: long }, ''],
  [
    'texts that grow',
    'fields.l.all(x, (fields.s + fields.s + fields.s + fields.s).contains("b"))',
    { l: long, s: 'a'.repeat(9000) },
    '',
  ],
  [
    'long texts compared again and again',
    'fields.l.all(x, fields.s == fields.t)',
    { l: long, s: 'a'.repeat(99_999) + 'b', t: 'a'.repeat(99_999) + 'c' },
    '',
  ],
  [
    'long texts searched again and again',
    'fields.l.exists(x, statement.text.contains("ab"))',
    { l: long },
    'a'.repeat(200_000),
  ],
  ['membership in a long list, again and again', 'fields.l.all(x, !(-1.0 in fields.l))', { l: long }, ''],
  [
    'the size of a long text, again and again',
    'fields.l.all(x, size(statement.text) > 0)',
    { l: long },
    '\u{1F600}'.repeat(100_000),
  ],
  ['the size of a big map, again and again', 'fields.l.all(x, size(fields.m) > 0)', { l: long, m: map }, ''],
  ['lists compared again and again', 'fields.l.all(x, fields.l == fields.k)', { l: long, k: [...long] }, ''],
  [
    'a regular expression over a long text, again and again',
    'fields.l.exists(x, statement.text.matches("[ab]*a[ab]{60}$"))',
    { l: long },
    'ab'.repeat(4000) + 'c',
  ],
  [
    'a regular expression over a very long text',
    'statement.text.matches("[ab]*a[ab]{60}$")',
    {},
    'ab'.repeat(400_000) + 'c',
  ],
  [
    'times in zones, again and again',
    'fields.l.all(x, time.now.getHours("Europe/Berlin") == 11)',
    { l: long },
    '',
  ],
  [
    'a search whose text and needle the caller chose',
    'fields.text.contains(fields.needle)',
    { text: 'a'.repeat(400_000), needle: `${'a'.repeat(100_000)}b${'a'.repeat(100_000)}` },
    '',
  ],
];

describe('the work of a condition', () => {
  it.each(ATTACKS)('ends: %s', (_name, expression, fields, text) => {
    const { answer, ms } = run(expression, fields, text);
    expect(answer).not.toBe(true);
    expect(ms).toBeLessThan(500);
  });

  it('is used up for good: neither || nor && nor a macro turns it into an answer', () => {
    const endless = 'fields.l.all(x, fields.l.all(y, x + y >= 0.0))';
    for (const expression of [
      `${endless} || true`,
      `fields.no == 1 || ${endless} || true`,
      `!(${endless} && false)`,
      `[1].exists(a, ${endless} || true)`,
      `[1, 2].exists(a, a == 3 || ${endless}) || true`,
      // A failure that could be absorbed comes first, and must not hide it.
      'fields.l.exists(x, fields.no == x || fields.l.exists(y, y < 0.0)) || true',
      `!(${endless})`,
    ]) {
      expect(run(expression, { l: long }).answer).toBe(EXHAUSTED);
    }
  });

  it('suffices for what policies need', () => {
    const words = Array.from({ length: 300 }, (_, i) => `w${i}`);
    expect(run('fields.l.all(x, x.startsWith("w") && x.matches("^w[0-9]+$"))', { l: words }).answer).toBe(
      true,
    );
    const sql = 'SELECT a, b, c FROM public.orders WHERE id = 17; '.repeat(900);
    expect(run('statement.text.matches("(?i)drop\\\\s+table")', {}, sql).answer).toBe(false);
    expect(run('statement.text.contains("DROP")', {}, sql).answer).toBe(false);
  });
});

describe('matches()', () => {
  it.each(['(a+)+$', '^(a|a)*$', '^(a|aa)+$', '(.*a){12}$', '(x+x+)+y', '^(([a-z])+.)+[A-Z]([a-z])+$'])(
    'is linear for %s, which is exponential elsewhere',
    (pattern) => {
      const time = (length: number): number => {
        const text = `${'a'.repeat(length)}!`;
        run(`statement.text.matches("${pattern}")`, {}, text);
        const runs = Array.from(
          { length: 5 },
          () => run(`statement.text.matches("${pattern}")`, {}, text).ms,
        );
        return Math.min(...runs);
      };
      // Thirty characters already take minutes with backtracking; 4,000 must not.
      expect(run(`statement.text.matches("${pattern}")`, {}, `${'a'.repeat(4000)}!`).answer).toBe(false);
      expect(time(4000)).toBeLessThan(100);
    },
  );
});
