import { describe, expect, it } from '@jest/globals';
import { Durability, LimitScope, PrincipalKind } from '@sallyport/contracts/access';
import { PolicyMode, type Rule } from '@sallyport/contracts/policy';
import { parsePolicies } from './parse-policies.ts';

const POLICY = `apiVersion: sallyport.dev/v1
kind: Policy
metadata: { name: agents-on-production, description: what agents may do }
spec:
  mode: enforce
  subjects: [ { group: agents } ]
  targets: { matchLabels: { env: production } }
  rules:
    - name: reads
      allow: { actions: [sql.read, sql.transaction, sql.session.set] }
    - name: payroll
      deny: { actions: ["sql.*"], objects: ["payroll.*"], message: "payroll is closed to agents" }
    - name: changes
      hold: { actions: [sql.insert, sql.update, sql.delete], approvers: [{ group: dba }], count: 1, timeout: 2m }
    - name: personal-data
      mask: { columns: ["*.customers.email", "*.customers.ssn"], detect: [email, card, iban], with: partial }
    - name: budget
      limit: { rows: 100000, bytes: 64Mi, per: session }
      when: "principal.delegationDepth > 0"     # CEL
`;

/** A policy whose rules are these lines, four spaces in. */
function withRules(...lines: string[]): string {
  return [
    'apiVersion: sallyport.dev/v1',
    'kind: Policy',
    'metadata: { name: p }',
    'spec:',
    '  subjects: [{ user: "*" }]',
    '  targets: { names: ["*"] }',
    '  rules:',
    ...lines.map((line) => `    ${line}`),
  ].join('\n');
}

/** Problems as "line:column path: message". */
function problemsOf(text: string): string[] {
  const { policies, problems } = parsePolicies(text);
  if (problems.length > 0) expect(policies).toEqual([]);
  return problems.map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`);
}

function ruleOf(...lines: string[]): Rule {
  const { policies, problems } = parsePolicies(withRules(...lines));
  const rule = policies[0]?.rules[0];
  if (rule === undefined) throw new Error(problems.map(({ message }) => message).join('; '));
  return rule;
}

describe('parsePolicies', () => {
  it("reads the design's example", () => {
    const { policies, problems } = parsePolicies(POLICY);
    expect(problems).toEqual([]);
    expect(policies).toHaveLength(1);
    expect(policies[0]).toMatchObject({
      name: 'agents-on-production',
      description: 'what agents may do',
      mode: PolicyMode.ENFORCE,
      subjects: [{ group: 'agents', user: '', kind: PrincipalKind.UNSPECIFIED }],
      targets: { names: [], matchLabels: { env: 'production' } },
    });
    expect(policies[0]?.rules).toMatchObject([
      {
        name: 'reads',
        when: '',
        verb: {
          case: 'allow',
          value: {
            actions: ['sql.read', 'sql.transaction', 'sql.session.set'],
            objects: [],
            durability: Durability.UNSPECIFIED,
          },
        },
      },
      {
        name: 'payroll',
        verb: {
          case: 'deny',
          value: { actions: ['sql.*'], objects: ['payroll.*'], message: 'payroll is closed to agents' },
        },
      },
      {
        name: 'changes',
        verb: {
          case: 'hold',
          value: { approvers: [{ group: 'dba' }], count: 1, timeout: { seconds: 120n } },
        },
      },
      {
        name: 'personal-data',
        verb: {
          case: 'mask',
          value: {
            columns: ['*.customers.email', '*.customers.ssn'],
            detectors: ['email', 'card', 'iban'],
            strategy: 'partial',
            keep: 0,
          },
        },
      },
      {
        name: 'budget',
        when: 'principal.delegationDepth > 0',
        verb: { case: 'limit', value: { rows: 100000n, bytes: 67108864n, scope: LimitScope.SESSION } },
      },
    ]);
  });

  it('fills in what is left out', () => {
    expect(
      ruleOf('- { name: h, hold: { actions: [sql.delete], approvers: [{ user: ann }] } }').verb.value,
    ).toMatchObject({
      count: 1,
      timeout: { seconds: 300n },
      message: '',
    });
    expect(ruleOf('- { name: m, mask: { columns: [a.b.c] } }').verb.value).toMatchObject({
      strategy: 'redact',
      keep: 0,
    });
    expect(ruleOf('- { name: a, allow: { actions: ["*"], durability: acked } }').verb.value).toMatchObject({
      durability: Durability.ACKED,
    });
    expect(parsePolicies(POLICY.replace('  mode: enforce\n', '')).policies[0]?.mode).toBe(PolicyMode.ENFORCE);
    expect(parsePolicies(POLICY.replace('mode: enforce', 'mode: shadow')).policies[0]?.mode).toBe(
      PolicyMode.SHADOW,
    );
  });

  it('reads several documents', () => {
    const { policies } = parsePolicies(
      `---\n${POLICY}---\n# nothing here\n---\n${POLICY.replace('agents-on-production', 'b')}`,
    );
    expect(policies.map(({ name }) => name)).toEqual(['agents-on-production', 'b']);
  });

  it('finds every problem at once, each with its place', () => {
    const text = POLICY.replace('[sql.read, sql', '[sql*, sql')
      .replace('2m', '2 minutes')
      .replace('64Mi', '64MB')
      .replace('delegationDepth >', 'delegationDeth >')
      .replace('with: partial', 'with: blur')
      .replace('email, card', 'emial, card')
      .replace('group: agents', 'grup: agents')
      .replace('name: payroll', 'name: reads')
      .replace('count: 1', 'count: 0')
      .replace('mode: enforce', 'mode: dry')
      .replace('rows: 100000', 'rows: many');
    expect(problemsOf(text)).toEqual([
      '5:9 spec.mode: "dry" is not one of enforce, shadow',
      '6:17 spec.subjects[0].grup: "grup" is not known here; did you mean "group"?',
      '10:26 spec.rules[0].allow.actions[0]: "sql*" is not an action; write one like sql.read, with * only at the end after a dot (sql.*) or alone',
      '11:13 spec.rules[1].name: there is another rule called "reads"',
      '14:98 spec.rules[2].hold.count: must be at least 1',
      '14:110 spec.rules[2].hold.timeout: "2 minutes" is not a length of time; write one like 90s, 2m or 1h30m',
      '16:75 spec.rules[3].mask.detect[0]: "emial" is not one of email, card, iban, phone, ssn, ipv4, ipv6, jwt, private-key, api-key',
      '16:101 spec.rules[3].mask.with: "blur" is not one of redact, partial, hash, tokenize, null, truncate, fake',
      '18:22 spec.rules[4].limit.rows: must be a whole number, and is text',
      '18:35 spec.rules[4].limit.bytes: "64MB" is not a size; write one like 64Mi, 10k or 1500',
      '19:24 spec.rules[4].when: No such key: delegationDeth',
    ]);
  });

  it.each<[string, string[]]>([
    ['no verb', ['- name: r']],
    ['two verbs', ['- { name: r, allow: { actions: [a] }, deny: { actions: [a] } }']],
  ])('refuses a rule with %s', (_name, lines) => {
    expect(problemsOf(withRules(...lines))).toEqual([
      expect.stringMatching(
        /^8:7 spec\.rules\[0\]: a rule has exactly one of allow, deny, hold, mask, limit, and it has /,
      ),
    ]);
  });

  it.each<[string, string]>([
    ['an unknown key in a rule', '- { name: r, allow: { actions: [a] }, whn: "true" }'],
    ['an unknown key in a verb', '- { name: r, deny: { actions: [a], object: [b] } }'],
    ['no name', '- { allow: { actions: [a] } }'],
    ['a name that is no text', '- { name: 7, allow: { actions: [a] } }'],
    ['no actions', '- { name: r, deny: { objects: [a] } }'],
    ['empty actions', '- { name: r, deny: { actions: [] } }'],
    ['actions that are no list', '- { name: r, deny: { actions: sql.read } }'],
    ['empty objects, which would mean every object', '- { name: r, allow: { actions: [a], objects: [] } }'],
    ['an empty object', '- { name: r, deny: { actions: [a], objects: [""] } }'],
    ['an object with a control character', '- { name: r, deny: { actions: [a], objects: ["a\\u0007"] } }'],
    ['objects left empty', '- { name: r, deny: { actions: [a], objects: } }'],
    ['a hold without approvers', '- { name: r, hold: { actions: [a] } }'],
    ['a hold with an empty approver', '- { name: r, hold: { actions: [a], approvers: [{}] } }'],
    [
      'a hold that waits for days',
      '- { name: r, hold: { actions: [a], approvers: [{ group: g }], timeout: 48h } }',
    ],
    ['a mask of nothing', '- { name: r, mask: { with: hash } }'],
    ['keep with a strategy that keeps nothing', '- { name: r, mask: { columns: [a], with: hash, keep: 4 } }'],
    ['a limit of nothing', '- { name: r, limit: { per: session } }'],
    ['a limit of zero rows', '- { name: r, limit: { rows: 0, per: session } }'],
    ['a limit of zero bytes', '- { name: r, limit: { bytes: 0, per: session } }'],
    ['a limit per nothing', '- { name: r, limit: { rows: 5 } }'],
    ['a limit per week', '- { name: r, limit: { rows: 5, per: week } }'],
    ['an empty condition', '- { name: r, when: " ", allow: { actions: [a] } }'],
    ['a condition that is a bool of YAML', '- { name: r, when: true, allow: { actions: [a] } }'],
    ['effect in the condition of a mask', '- { name: r, when: effect.readOnly, mask: { columns: [a] } }'],
    ['a durability that is not known', '- { name: r, allow: { actions: [a], durability: memory } }'],
    ['a message for an allow', '- { name: r, allow: { actions: [a], message: hello } }'],
    ['a rule that is no map', '- reads'],
  ])('refuses %s', (_name, line) => {
    expect(problemsOf(withRules(line)).length).toBeGreaterThan(0);
  });

  it.each<[string, string, string]>([
    ['no subjects', '  subjects: [ { group: agents } ]\n', ''],
    ['empty subjects', '[ { group: agents } ]', '[]'],
    ['an empty subject, which would mean everyone', '{ group: agents }', '{}'],
    ['a claim without a value', 'group: agents', 'claim: team'],
    ['a kind that is not known', 'group: agents', 'kind: robot'],
    ['no targets', '  targets: { matchLabels: { env: production } }\n', ''],
    ['empty targets, which would mean every target', '{ matchLabels: { env: production } }', '{}'],
    ['a label that is no text', 'env: production', 'env: true'],
    ['no spec', POLICY.slice(POLICY.indexOf('spec:')), ''],
    ['a name with capitals', 'name: agents-on-production', 'name: Agents'],
    ['no metadata', 'metadata: { name: agents-on-production, description: what agents may do }\n', ''],
    ['another version', 'sallyport.dev/v1', 'sallyport.dev/v2'],
    ['another kind', 'kind: Policy', 'kind: Target'],
    ['an unknown key at the top', 'kind: Policy', 'kind: Policy\nstatus: {}'],
    ['an unknown key in metadata', 'name: agents', 'namespace: x, name: agents'],
  ])('refuses a policy with %s', (_name, from, to) => {
    expect(POLICY).toContain(from);
    expect(problemsOf(POLICY.replace(from, to)).length).toBeGreaterThan(0);
  });

  it('points into a condition', () => {
    const column = (line: string): string | undefined =>
      problemsOf(withRules('- name: r', `  allow: { actions: [a] }`, line))[0]?.split(' ')[0];
    expect(column('  when: principal.nme == "x"')).toBe('10:23');
    expect(column(`  when: 'principal.nme == "x"'`)).toBe('10:24');
    // Escaped or folded, a character does not stand where it is read: the start is told.
    expect(column('  when: "principal.nme == \\"x\\""')).toBe('10:13');
    expect(column('  when: |\n        principal.nme == "x"')).toMatch(/^1[01]:/);
  });

  it('refuses more rules than a policy may have', () => {
    const many = Array.from({ length: 201 }, (_, i) => `- { name: r${i}, allow: { actions: [a] } }`);
    expect(problemsOf(withRules(...many))).toEqual([expect.stringContaining('has more than 200 items')]);
  });
});
