import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cpuMs } from '../fixtures/cpu-time.ts';
import { Glob } from './glob.ts';

/** The same question to the regular expression engine, for small inputs. */
function oracle(pattern: string): RegExp {
  const source = pattern.split('*').map((piece) => piece.replace(/[.*+?^${}()|[\]\\"]/g, '\\$&'));
  return new RegExp(`^${source.join('[^]*')}$`, 'u');
}

const symbol = fc.constantFrom('a', 'b', '.', '*');
const pattern = fc.array(symbol, { minLength: 1, maxLength: 7 }).map((symbols) => symbols.join(''));
const name = fc.array(fc.constantFrom('a', 'b', '.'), { maxLength: 6 }).map((symbols) => symbols.join(''));

/** Every text of up to four of these letters. */
function texts(letters: readonly string[], longest: number): string[] {
  if (longest === 0) return [''];
  const shorter = texts(letters, longest - 1);
  return [...new Set([...shorter, ...shorter.flatMap((text) => letters.map((letter) => text + letter))])];
}
const PARTS = texts(['a', 'b'], 7).filter((part) => part !== '');
const BELOW = texts(['a', 'b', '.'], 5).filter((part) => part !== '');

describe('Glob', () => {
  it.each([
    ['payroll.*', 'payroll.salaries', true],
    ['payroll.*', 'payroll', false],
    ['payroll.*', 'xpayroll.salaries', false],
    ['*.customers.email', 'public.customers.email', true],
    ['*.customers.email', 'public.customers.email2', false],
    ['public.orders', 'public.orders', true],
    ['public.orders', 'Public.Orders', false],
    ['public.orders', 'public.orders2', false],
    ['public.o*s', 'public.orders', true],
    ['a*a', 'a', false],
    ['*ab*ab', 'ab', false],
    ['/etc/*', '/etc/ssh/sshd_config', true],
    ['public.[a-z]*', 'public.orders', false],
    ['public.order?', 'public.orders', false],
  ])('%s matches %s: %s', (glob, text, expected) => {
    expect(new Glob(glob).matches(text)).toBe(expected);
  });

  it('agrees with a regular expression', () => {
    fc.assert(
      fc.property(pattern, name, (glob, text) => {
        expect(new Glob(glob).matches(text)).toBe(oracle(glob).test(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('never overlooks a part that it would match', () => {
    fc.assert(
      fc.property(pattern, name, (glob, text) => {
        const expression = oracle(glob);
        const some = PARTS.some((part) => expression.test(`${text}.${part}`));
        if (some) expect(new Glob(glob).couldMatchBelow(text, 'part')).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('sees no part where there is none, unless its dots end the name', () => {
    fc.assert(
      fc.property(pattern, name, (glob, text) => {
        // "a.*" and "a." can name nothing or everything below "a"; all others are exact.
        fc.pre(!glob.endsWith('.'));
        const expression = oracle(glob);
        const some = PARTS.some((part) => expression.test(`${text}.${part}`));
        expect(new Glob(glob).couldMatchBelow(text, 'part')).toBe(some);
      }),
      { numRuns: 500 },
    );
  });

  it('never overlooks anything further below', () => {
    fc.assert(
      fc.property(pattern, name, (glob, text) => {
        const expression = oracle(glob);
        const some = BELOW.some((rest) => expression.test(`${text}.${rest}`));
        if (some) expect(new Glob(glob).couldMatchBelow(text, 'anything')).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['public.customers.ssn', 'public.customers', 'part', true],
    ['*.customers.ssn', 'public.customers', 'part', true],
    ['*.ssn', 'public.orders', 'part', true],
    ['*.customers.ssn', 'public.orders', 'part', false],
    ['*.customers.ssn', 'public', 'part', false],
    ['*.customers.ssn', 'public', 'anything', true],
    ['payroll.salaries', 'payroll', 'anything', true],
    ['payroll.salaries', 'public', 'anything', false],
    ['*.ssn', 'pg_catalog.now', 'nothing', false],
    ['*.customers."a.b"', 'public.customers', 'part', true],
  ] as const)('%s could match below %s (%s): %s', (glob, text, below, expected) => {
    expect(new Glob(glob).couldMatchBelow(text, below)).toBe(expected);
  });

  it('stays linear where backtracking would not', () => {
    const glob = new Glob(`${'*a'.repeat(100)}*b`);
    const text = 'a'.repeat(100_000);
    const ms = cpuMs(() => {
      expect(glob.matches(text)).toBe(false);
      expect(glob.couldMatchBelow(text, 'part')).toBe(true);
    });
    expect(ms).toBeLessThan(250);
  });
});
