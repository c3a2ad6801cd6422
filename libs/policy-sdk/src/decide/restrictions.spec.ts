import { describe, expect, it } from '@jest/globals';
import { Outcome } from '@sallyport/contracts/access';
import type { Rule } from '@sallyport/contracts/policy';
import {
  NOW,
  allow,
  context,
  decide,
  deny,
  effect,
  hold,
  policy,
  statement,
  table,
  viewOf,
} from '../fixtures/view.ts';
import type { Effect, EffectObject } from '../model.ts';
import { compileView } from './compile-view.ts';

const everything = allow('everything', ['*', 'sql.unknown']);

// What an attacker would try against `deny <actions> on <objects>`, and what must still go.
const CASES: readonly (readonly [string, readonly string[], readonly string[], Effect, boolean])[] = [
  [
    'a table of a closed schema',
    ['sql.*'],
    ['payroll.*'],
    effect('sql.read', [table('payroll.salaries', ['id'])]),
    true,
  ],
  [
    'another schema with the same start',
    ['sql.*'],
    ['payroll.*'],
    effect('sql.read', [table('payroll2.salaries')]),
    false,
  ],
  [
    'the closed schema itself',
    ['sql.*'],
    ['payroll.*'],
    effect('sql.ddl.drop', [{ kind: 'schema', name: 'payroll' }]),
    true,
  ],
  [
    'a table inside the dropped schema',
    ['sql.*'],
    ['*.salaries.amount'],
    effect('sql.ddl.drop', [{ kind: 'schema', name: 'payroll' }]),
    true,
  ],
  [
    'the whole database',
    ['sql.*'],
    ['payroll.*'],
    effect('sql.maintenance', [{ kind: 'database', name: 'shop' }]),
    false,
  ],
  [
    'one closed column among others',
    ['sql.read'],
    ['public.customers.ssn'],
    effect('sql.read', [table('public.customers', ['id', 'ssn'])]),
    true,
  ],
  [
    'columns that are all open',
    ['sql.read'],
    ['public.customers.ssn'],
    effect('sql.read', [table('public.customers', ['id', 'email'])]),
    false,
  ],
  [
    'all columns, because none is listed',
    ['sql.read'],
    ['public.customers.ssn'],
    effect('sql.read', [table('public.customers')]),
    true,
  ],
  [
    'all columns, because the list is empty',
    ['sql.read'],
    ['public.customers.ssn'],
    effect('sql.read', [table('public.customers', [])]),
    true,
  ],
  [
    'all columns of a kind of object that is not known',
    ['sql.read'],
    ['public.customers.ssn'],
    effect('sql.read', [{ kind: 'new-kind', name: 'public.customers' }]),
    true,
  ],
  [
    'a table that may have such a column',
    ['sql.read'],
    ['*.ssn'],
    effect('sql.read', [table('public.orders')]),
    true,
  ],
  [
    'a table that cannot have it',
    ['sql.read'],
    ['*.customers.ssn'],
    effect('sql.read', [table('public.orders')]),
    false,
  ],
  [
    'a function, which has no columns',
    ['sql.*'],
    ['*.ssn'],
    effect('sql.call', [{ kind: 'function', name: 'pg_catalog.now' }]),
    false,
  ],
  [
    'the second of two objects',
    ['sql.read'],
    ['payroll.*'],
    effect('sql.read', [table('public.a'), table('payroll.b')]),
    true,
  ],
  [
    'what could not be listed',
    ['sql.read'],
    ['payroll.*'],
    effect('sql.read', [{ kind: 'any', name: '*' }]),
    true,
  ],
  [
    'a server that is not known',
    ['sql.io'],
    ['hr-db'],
    effect('sql.io', [{ kind: 'server', name: '*' }]),
    true,
  ],
  [
    'a column read to find rows, by a deny of reading',
    ['sql.read'],
    ['*.customers.ssn'],
    effect('sql.read.predicate', [table('public.customers', ['ssn'])]),
    true,
  ],
  ['every ddl, by its parent', ['sql.ddl'], [], effect('sql.ddl.drop', [table('public.a')]), true],
  ['what could not be told, by a wide deny', ['sql.*'], [], effect('sql.unknown'), true],
  ['no object at all, by a deny of every object', ['sql.transaction'], [], effect('sql.transaction'), true],
  ['no object at all, by a deny of some', ['sql.*'], ['payroll.*'], effect('sql.transaction'), false],
  [
    'another case, which names another object',
    ['sql.*'],
    ['payroll.*'],
    effect('sql.read', [table('PAYROLL.salaries')]),
    false,
  ],
  [
    'a path below a closed one',
    ['sftp.*'],
    ['/etc/*'],
    effect('sftp.read', [{ kind: 'path', name: '/etc/ssh/key' }]),
    true,
  ],
];

describe('a deny', () => {
  it.each(CASES)('%s', (_name, actions, objects, asked, isMet) => {
    expect(decide([everything, deny('d', actions, objects)], [asked]).decision.outcome).toBe(
      isMet ? Outcome.DENY : Outcome.ALLOW,
    );
  });

  it('meets the second of two effects, as in a WITH that deletes', () => {
    const effects = [effect('sql.read', [table('public.a')]), effect('sql.delete', [table('public.b')])];
    expect(decide([everything, deny('d', ['sql.delete'])], effects).decision).toMatchObject({
      outcome: Outcome.DENY,
      rules: [{ rule: 'd', action: 'sql.delete', object: 'public.b' }],
    });
  });

  it('is named with every other deny that counts', () => {
    const rules = [
      everything,
      deny('b', ['sql.*'], ['public.*']),
      deny('a', ['sql.read']),
      deny('c', ['sql.delete']),
    ];
    const { decision } = decide(rules, [effect('sql.read', [table('public.x', ['y'])])]);
    expect(decision.rules.map(({ rule, object }) => [rule, object])).toEqual([
      ['a', 'public.x'],
      ['b', 'public.x'],
    ]);
    expect(decision.message).toContain('is denied by rule "a" of policy "p". 1 more rule denies it.');
  });
});

describe('a rule that is asked for each effect', () => {
  const reads = effect('sql.read', [table('public.a')]);
  const writes = effect('sql.update', [table('public.b')]);
  const changing = { when: '!effect.readOnly' };

  it('counts for those effects for which its condition holds, in any order', () => {
    const outcomeOf = (rule: Rule, ...effects: Effect[]): Outcome => decide([rule], effects).decision.outcome;
    const reading = allow('reading', ['sql.*'], [], { when: 'effect.readOnly' });
    expect(outcomeOf(reading, reads)).toBe(Outcome.ALLOW);
    expect(outcomeOf(reading, reads, writes)).toBe(Outcome.DENY);
    expect(outcomeOf(reading, writes, reads)).toBe(Outcome.DENY);
    for (const effects of [
      [reads, writes],
      [writes, reads],
    ]) {
      const { decision } = decide([everything, deny('d', ['sql.*'], [], changing)], effects);
      expect(decision.rules).toMatchObject([{ rule: 'd', action: 'sql.update', object: 'public.b' }]);
    }
    expect(decide([everything, deny('d', ['sql.*'], [], changing)], [reads, reads]).decision.outcome).toBe(
      Outcome.ALLOW,
    );
  });

  it('is listed once, with the first thing it met', () => {
    const { decision } = decide([everything, deny('d', ['sql.*'])], [reads, writes]);
    expect(decision.rules).toMatchObject([{ rule: 'd', action: 'sql.read', object: 'public.a' }]);
    const { decision: held } = decide([everything, hold('h', ['sql.*'])], [reads, writes]);
    expect(held.hold?.approverGroups).toHaveLength(1);
  });
});

describe('rules of several policies', () => {
  it('are listed in the same order, however the view lists them', () => {
    const a = policy('a', [deny('z', ['sql.*']), deny('y', ['sql.*'])]);
    const b = policy('b', [deny('x', ['sql.*']), everything]);
    for (const policies of [
      [a, b],
      [b, a],
    ]) {
      const { decision } = compileView(viewOf(policies), context).decide(
        statement([effect('sql.read')]),
        NOW,
      );
      expect(decision.rules.map((match) => `${match.policy}/${match.rule}`)).toEqual(['a/y', 'a/z', 'b/x']);
    }
  });
});

describe('a hold', () => {
  it.each(CASES)('asks for approval where a deny would deny: %s', (_name, actions, objects, asked, isMet) => {
    expect(decide([everything, hold('h', actions, objects)], [asked]).decision.outcome).toBe(
      isMet ? Outcome.HOLD : Outcome.ALLOW,
    );
  });

  it('needs every group of every hold that counts, within the shortest time', () => {
    const orders: EffectObject = table('public.orders');
    const { decision } = decide(
      [
        everything,
        hold('dba', ['sql.delete'], [], { count: 2, timeoutMs: 600_000, message: 'two pairs of eyes' }),
        hold('owner', ['sql.*'], ['public.orders'], { timeoutMs: 90_000 }),
        hold('other', ['sql.insert'], [], { timeoutMs: 1000 }),
      ],
      [effect('sql.delete', [orders])],
    );
    expect(decision.hold).toMatchObject({
      approverGroups: [
        { policy: 'p', rule: 'dba', count: 2, anyOf: [{ group: 'dba' }] },
        { policy: 'p', rule: 'owner', count: 1 },
      ],
      timeout: { seconds: 90n },
    });
    expect(decision.message).toBe(
      'sql.delete on public.orders waits for approval by 2 of group dba and 1 of group dba within 1m30s ' +
        '(rule "dba" of policy "p"). two pairs of eyes.',
    );
  });
});
