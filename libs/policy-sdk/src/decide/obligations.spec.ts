import { describe, expect, it } from '@jest/globals';
import { Durability, Outcome } from '@sallyport/contracts/access';
import { PolicyMode, type Rule } from '@sallyport/contracts/policy';
import {
  NOW,
  allow,
  compile,
  context,
  decide,
  deny,
  effect,
  hold,
  limit,
  mask,
  policy,
  statement,
  table,
  viewOf,
} from '../fixtures/view.ts';
import type { Effect } from '../model.ts';
import { compileView } from './compile-view.ts';

const reads = allow('reads', ['sql.*']);
const read = effect('sql.read', [table('public.t', ['a'])]);
const write = effect('sql.update', [table('public.t')]);

function durabilityOf(rules: readonly Rule[], ...effects: Effect[]): Durability | undefined {
  return decide(rules, effects).decision.obligations?.durability;
}

describe('durability', () => {
  it('is written for what only reads and synced for what changes something', () => {
    expect(durabilityOf([reads], read)).toBe(Durability.WRITTEN);
    expect(durabilityOf([reads], write)).toBe(Durability.SYNCED);
    expect(durabilityOf([reads], read, write)).toBe(Durability.SYNCED);
    expect(durabilityOf([reads])).toBe(Durability.SYNCED);
  });

  it('is synced for every hold', () => {
    expect(durabilityOf([reads, hold('h', ['sql.read'])], read)).toBe(Durability.SYNCED);
  });

  it('is raised by an allow that counts, and never lowered', () => {
    const acked = allow('acked', ['sql.*'], ['public.t.a'], { durability: Durability.ACKED });
    expect(durabilityOf([reads, acked], read)).toBe(Durability.ACKED);
    expect(durabilityOf([reads, acked], write)).toBe(Durability.SYNCED);
    expect(durabilityOf([reads, acked, hold('h', ['sql.read'])], read)).toBe(Durability.ACKED);
    const written = allow('written', ['sql.*'], [], { durability: Durability.WRITTEN });
    expect(durabilityOf([written], write)).toBe(Durability.SYNCED);
    const elsewhere = allow('elsewhere', ['sql.*'], ['other.*'], { durability: Durability.ACKED });
    expect(durabilityOf([reads, elsewhere], read)).toBe(Durability.WRITTEN);
  });
});

describe('masks and limits', () => {
  const masks = [
    mask('always', ['*.email']),
    mask('agents', ['*.ssn'], { when: 'principal.kind == "agent"', detectors: ['card'] }),
    mask('users', ['*.phone'], { when: 'principal.kind == "user"' }),
    mask('export', ['*.iban'], { when: 'statement.text.contains("COPY")' }),
    limit('rows', 100n),
  ];

  it('come with every statement that may run, each whose condition holds', () => {
    const plain = decide([reads, ...masks], [read]).decision.obligations;
    expect(plain?.masks.map(({ rule }) => rule)).toEqual(['agents', 'always']);
    expect(plain?.limits).toMatchObject([{ policy: 'p', rule: 'rows', rows: 100n }]);
    const copy = decide([reads, ...masks], [read], { text: 'COPY t TO STDOUT' }).decision.obligations;
    expect(copy?.masks.map(({ rule }) => rule)).toEqual(['agents', 'always', 'export']);
  });

  it('come with a hold, as it may run once approved', () => {
    const { decision } = decide([reads, hold('h', ['sql.read']), ...masks], [read]);
    expect(decision.outcome).toBe(Outcome.HOLD);
    expect(decision.obligations?.masks.length).toBe(2);
  });

  it('tell which columns they could name in this session, whatever the statement', () => {
    const view = compile([reads, ...masks]);
    expect(view.hasMasks && view.hasDetectors).toBe(true);
    const named = ['public.c.email', 'public.c.ssn', 'public.c.iban', 'public.c.phone', 'public.c.id'];
    expect(named.filter((column) => view.maskColumns.matches(column))).toEqual(named.slice(0, 3));
  });

  it('tell which relations could hold such a column', () => {
    const { maskColumns } = compile([
      reads,
      mask('m', ['*.customers.email', 'hr.staff.*', '"odd.schema".t."a.b"']),
    ]);
    const relations = [
      'public.customers',
      'x.customers',
      'hr.staff',
      '"odd.schema".t',
      'public.orders',
      'hr.rooms',
    ];
    expect(relations.filter((name) => maskColumns.matchesSomeColumnOf(name))).toEqual(relations.slice(0, 4));
  });

  it('name nothing where there are none', () => {
    const view = compile([reads]);
    expect(view.hasMasks || view.hasDetectors).toBe(false);
    expect(view.maskColumns.matches('public.c.email')).toBe(false);
    expect(view.maskColumns.matchesSomeColumnOf('public.c')).toBe(false);
  });
});

describe('policies in shadow mode', () => {
  const shadow = policy(
    'candidate',
    [
      deny('d', ['sql.read']),
      hold('h', ['sql.*']),
      allow('a', ['sql.read']),
      mask('m', ['*.a']),
      limit('l', 1n),
    ],
    PolicyMode.SHADOW,
  );

  it('enforce nothing and say what they would have done', () => {
    const view = compileView(viewOf([policy('p', [reads]), shadow]), context);
    const { decision } = view.decide(statement([read]), NOW);
    expect(decision).toMatchObject({ outcome: Outcome.ALLOW, rules: [{ rule: 'reads' }] });
    expect(decision.shadow.map(({ rule, outcome }) => [rule, outcome])).toEqual([
      ['a', Outcome.ALLOW],
      ['d', Outcome.DENY],
      ['h', Outcome.HOLD],
    ]);
    expect(decision.obligations).toMatchObject({ masks: [], limits: [] });
    expect(view.hasMasks).toBe(false);
  });

  it('open nothing', () => {
    const { decision } = compileView(viewOf([shadow]), context).decide(statement([read]), NOW);
    expect(decision).toMatchObject({ outcome: Outcome.DENY, code: 'no_rule_covers' });
    expect(decision.shadow).toHaveLength(3);
  });
});
