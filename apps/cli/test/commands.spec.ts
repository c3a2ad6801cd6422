import { create } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError } from '@connectrpc/connect';
import { AppliedChange, HoldSchema, SessionState, Verdict, type Hold } from '@sallyport/contracts/admin';
import { Outcome, PrincipalKind } from '@sallyport/contracts/access';
import { HoldStatus } from '@sallyport/contracts/dataplane';
import { SealState, StatementOutcome } from '@sallyport/contracts/event';
import { describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { temporaryDirectory } from '@sallyport/testing';
import { run } from '../src/run.ts';
import { capturedWorld, type WorldOptions } from './support/captured-world.ts';
import { startFakeControlPlane, type Script } from './support/fake-control-plane.ts';

const NOW = new Date('2026-11-23T12:00:00Z');

function hold(id: string, status: HoldStatus, text = 'DELETE FROM orders\nWHERE id = 7'): Hold {
  return create(HoldSchema, {
    state: {
      holdId: id,
      status,
      expiresAt: timestampFromDate(new Date(NOW.getTime() + 90_000)),
      reviewers: status === HoldStatus.APPROVED ? [{ name: 'dan', approved: true }] : [],
    },
    sessionId: 'ses_1',
    principal: { name: 'shop-agent', kind: PrincipalKind.AGENT, delegationChain: [{ name: 'ada' }] },
    target: { name: 'shop', protocol: 'postgres' },
    statement: {
      id: 'st_1',
      text,
      effects: [{ action: 'sql.delete', objects: [{ kind: 'table', name: 'public.orders' }] }],
      parameters: [{ name: '1', type: 'int4', value: { case: 'text', value: '7' } }],
    },
    requirement: {
      approverGroups: [{ policy: 'agents', rule: 'changes', anyOf: [{ group: 'dba' }], count: 2 }],
    },
    rules: [{ policy: 'agents', rule: 'changes', message: 'a dba looks at changes' }],
    estimates: [{ kind: 'rows', object: 'public.orders', value: '1' }],
    createdAt: timestampFromDate(NOW),
    reviewable: status === HoldStatus.WAITING,
  });
}

async function sallyport(words: readonly string[], script: Script, options: WorldOptions = {}) {
  await using server = await startFakeControlPlane(script);
  const env = { SALLYPORT_URL: server.url, SALLYPORT_TOKEN: 'spt_secret', ...options.env };
  const world = capturedWorld({ now: () => NOW, ...options, env });
  const exit = await run(words, world);
  return { exit, out: world.out(), err: world.err(), world, requests: server.requests, url: server.url };
}

describe('whoami', () => {
  const tokens: Script['tokens'] = {
    whoAmI: () => ({
      principal: { id: 'prn_1', name: 'ada', groups: ['platform'], kind: PrincipalKind.USER },
      token: { tokenId: 'tok_1', expiresAt: timestampFromDate(new Date(NOW.getTime() + 3600_000)) },
      permissions: ['locks.write'],
    }),
  };

  it('shows who it is, and sends the token over HTTP/1.1', async () => {
    const { exit, out, requests } = await sallyport(['whoami'], { tokens });
    expect(exit).toBe(0);
    expect(out).toMatch(/^principal +ada \(user\)\n/);
    expect(out).toContain('locks.write');
    expect(requests[0]).toMatchObject({ authorization: 'Bearer spt_secret', httpVersion: '1.1' });
  });

  it('answers in the JSON of the API, empty lists written out', async () => {
    const { out } = await sallyport(['whoami', '--output', 'json'], { tokens });
    expect(JSON.parse(out)).toMatchObject({
      principal: { id: 'prn_1', delegationChain: [] },
      token: { targets: [], actions: [] },
    });
  });

  it('answers in YAML', async () => {
    const { out } = await sallyport(['-o', 'yaml', 'whoami'], { tokens });
    expect(out).toContain('principal:\n  id: prn_1\n');
  });
});

describe('holds', () => {
  it('lists what waits', async () => {
    const { exit, out } = await sallyport(['holds', 'list'], {
      reviews: { listHolds: () => ({ holds: [hold('hld_1', HoldStatus.WAITING)] }) },
    });
    expect(exit).toBe(0);
    expect(out.split('\n')[1]).toMatch(
      /^hld_1 +waiting +shop-agent +shop +1m 30s +yes +DELETE FROM orders WHERE id = 7$/,
    );
  });

  it('gives an empty list, not nothing, to a script', async () => {
    const { out } = await sallyport(['holds', 'list', '--json'], { reviews: { listHolds: () => ({}) } });
    expect(JSON.parse(out)).toEqual({ holds: [] });
  });

  it('shows a reviewer everything', async () => {
    const { out } = await sallyport(['holds', 'show', 'hld_1'], {
      reviews: { getHold: () => ({ hold: hold('hld_1', HoldStatus.WAITING) }) },
    });
    expect(out).toContain('shop-agent (agent, for ada)');
    expect(out).toContain('2 of group dba (agents/changes)');
    expect(out).toContain('sql.delete public.orders');
    expect(out).toContain('rows public.orders: 1');
    expect(out).toContain("    DELETE FROM orders\n    WHERE id = 7\n    $1::int4 = '7'\n");
    expect(out).toContain('sallyport holds approve hld_1');
  });

  it.each([
    ['approve', Verdict.APPROVE, HoldStatus.APPROVED],
    ['reject', Verdict.REJECT, HoldStatus.REJECTED],
  ])('can %s one, with a comment', async (verb, verdict, status) => {
    const sent: unknown[] = [];
    const { exit, out } = await sallyport(['holds', verb, 'hld_1', '--comment', 'ok by me'], {
      reviews: {
        reviewHold: (request) => {
          sent.push([request.holdId, request.verdict, request.comment]);
          return { hold: hold('hld_1', status) };
        },
      },
    });
    expect(sent).toEqual([['hld_1', verdict, 'ok by me']]);
    expect(exit).toBe(0);
    expect(out).toMatch(/^hld_1 is (approved|rejected): DELETE/);
  });

  it('says that it takes more when one approval is not enough', async () => {
    const { out } = await sallyport(['holds', 'approve', 'hld_1'], {
      reviews: { reviewHold: () => ({ hold: hold('hld_1', HoldStatus.WAITING) }) },
    });
    expect(out).toContain('it takes more:\n  2 of group dba');
  });

  it('says who may not, and ends with 4', async () => {
    const { exit, err, out } = await sallyport(['holds', 'approve', 'hld_1'], {
      reviews: {
        reviewHold: () => {
          throw new ConnectError('Nobody approves their own statement.', Code.PermissionDenied);
        },
      },
    });
    expect([exit, out]).toEqual([4, '']);
    expect(err).toBe('sallyport: Nobody approves their own statement.\n');
  });

  it('watches: shows each hold once, and its end, as lines of JSON', async () => {
    let asked = 0;
    const script: Script = {
      reviews: {
        listHolds: () => {
          asked += 1;
          const waiting = hold('hld_1', asked < 3 ? HoldStatus.WAITING : HoldStatus.APPROVED);
          return { holds: [hold('hld_0', HoldStatus.REJECTED), waiting] };
        },
      },
    };
    const options: WorldOptions = {
      onSleep: (world) => {
        if (asked >= 4) world.interrupt();
      },
    };
    const { exit, out } = await sallyport(
      ['holds', 'list', '--watch', '--json', '--interval', '1s'],
      script,
      options,
    );
    const seen = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).state as { holdId: string; status: string });
    expect(seen.map(({ holdId, status }) => `${holdId} ${status}`)).toEqual([
      'hld_1 HOLD_STATUS_WAITING',
      'hld_1 HOLD_STATUS_APPROVED',
    ]);
    expect(exit).toBe(130);
  });

  it("lets no statement act on the reviewer's terminal", async () => {
    const attack = 'SELECT 1 \u001b]52;c;cm0=\u0007\u001b[2K\rSELECT harmless\u202e';
    const script: Script = {
      reviews: {
        listHolds: () => ({ holds: [hold('hld_1', HoldStatus.WAITING, attack)] }),
        getHold: () => ({ hold: hold('hld_1', HoldStatus.WAITING, attack) }),
      },
    };
    for (const words of [
      ['holds', 'list'],
      ['holds', 'show', 'hld_1'],
      ['holds', 'list', '--json'],
      ['holds', 'list', '-o', 'yaml'],
    ]) {
      const { out } = await sallyport([...words, '--no-color'], script, { tty: true });
      expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
      expect(out).toContain('SELECT harml');
    }
  });
});

describe('sessions', () => {
  const session = {
    sessionId: 'ses_1',
    principal: { name: 'shop-agent' },
    target: { name: 'shop', protocol: 'postgres' },
    state: SessionState.CLOSED,
    sealState: SealState.WHOLE,
    statements: 3,
    denied: 1,
    held: 1,
    openedAt: timestampFromDate(NOW),
  };

  it('lists them by what is asked for', async () => {
    const asked: unknown[] = [];
    const { out } = await sallyport(
      ['sessions', 'list', '--target', 'shop', '--search', 'orders', '--limit', '5'],
      {
        sessions: {
          listSessions: ({ principal, targetName, search, limit }) => {
            asked.push({ principal, targetName, search, limit });
            return { sessions: [session] };
          },
        },
      },
    );
    expect(asked).toEqual([{ principal: '', targetName: 'shop', search: 'orders', limit: 5 }]);
    expect(out).toMatch(/ses_1 +2026-11-23 12:00:00Z +shop-agent +shop +sealed +3 +1 +1/);
  });

  it('shows one with its statements', async () => {
    const { out } = await sallyport(['sessions', 'show', 'ses_1'], {
      sessions: {
        getSession: () => ({
          session,
          entries: [
            {
              sequence: 2n,
              timeUnixUs: BigInt(NOW.getTime()) * 1000n,
              entry: {
                case: 'statement',
                value: { statementId: 'st_1', text: 'DROP TABLE orders', outcome: Outcome.DENY },
              },
            },
            {
              sequence: 3n,
              timeUnixUs: 0n,
              entry: {
                case: 'finish',
                value: {
                  statementId: 'st_1',
                  outcome: StatementOutcome.REFUSED,
                  status: '42501',
                  durationUs: 1500n,
                },
              },
            },
          ],
        }),
      },
    });
    expect(out).toMatch(/2 +2026-11-23 12:00:00Z +deny +refused +42501 +2 ms +DROP TABLE orders/);
  });

  it('ends one', async () => {
    const ended: string[] = [];
    const { exit } = await sallyport(['sessions', 'end', 'ses_1'], {
      sessions: {
        endSession: ({ sessionId }) => {
          ended.push(sessionId);
          return {};
        },
      },
    });
    expect([exit, ended]).toEqual([0, ['ses_1']]);
  });
});

describe('apply', () => {
  it('names problems by file, line and column, and ends with 1', async () => {
    using directory = temporaryDirectory();
    writeFileSync(directory.join('a.yaml'), 'kind: Role\n');
    writeFileSync(directory.join('b.yaml'), 'kind: Policy\nspec:\n  rules: 3\n');
    const manifests: string[] = [];
    const { exit, out, err } = await sallyport(
      ['apply', '-f', directory.join('a.yaml'), '-f', directory.join('b.yaml')],
      {
        resources: {
          apply: ({ manifest }) => {
            manifests.push(manifest);
            const line = manifest.split('\n').indexOf('  rules: 3') + 1;
            return { problems: [{ line, column: 10, path: 'spec.rules', message: 'must be a list' }] };
          },
        },
      },
    );
    expect(out).toBe(`${directory.join('b.yaml')}:3:10: spec.rules: must be a list\n`);
    expect(err).toBe('1 problem; nothing was changed.\n');
    expect(exit).toBe(1);
    expect(manifests).toEqual(['kind: Role\n\n---\nkind: Policy\nspec:\n  rules: 3\n']);
  });

  it('gives a script the place of each problem', async () => {
    const { exit, out } = await sallyport(
      ['apply', '-f', '-', '--json'],
      {
        resources: {
          apply: () => ({ problems: [{ line: 2, column: 1, path: 'kind', message: 'unknown' }] }),
        },
      },
      { stdin: 'a\nb' },
    );
    expect(JSON.parse(out)).toEqual({
      applied: [],
      problems: [{ file: '<stdin>', line: 2, column: 1, path: 'kind', message: 'unknown' }],
    });
    expect(exit).toBe(1);
  });

  it('says what changed, or would', async () => {
    const dryRuns: boolean[] = [];
    const { exit, out, err } = await sallyport(['apply', '-f', '-', '--dry-run'], {
      resources: {
        apply: ({ dryRun }) => {
          dryRuns.push(dryRun);
          return {
            applied: [
              { kind: 'Policy', name: 'agents', version: 2, change: AppliedChange.UPDATED },
              { kind: 'Target', name: 'shop', version: 1, change: AppliedChange.UNCHANGED },
            ],
          };
        },
      },
    });
    expect([exit, dryRuns]).toEqual([0, [true]]);
    expect(out).toBe('Policy/agents updated (version 2)\nTarget/shop unchanged\n');
    expect(err).toBe('Dry run: nothing was changed.\n');
  });

  it('reads no file that is not there', async () => {
    const { exit, err } = await sallyport(['apply', '-f', '/nonexistent.yaml'], {});
    expect(exit).toBe(2);
    expect(err).toContain('/nonexistent.yaml cannot be read');
  });
});

describe('get and delete', () => {
  it('prints a manifest as it was applied', async () => {
    const asked: unknown[] = [];
    const { out } = await sallyport(['get', 'policies', 'agents'], {
      resources: {
        getResource: ({ kind, name }) => {
          asked.push([kind, name]);
          return { resource: { kind, name, manifest: 'kind: Policy\nmetadata: { name: agents }\n' } };
        },
      },
    });
    expect(asked).toEqual([['Policy', 'agents']]);
    expect(out).toBe('kind: Policy\nmetadata: { name: agents }\n');
  });

  it('ends with 6 for what is not there', async () => {
    const { exit, err } = await sallyport(['delete', 'Target', 'gone'], {
      resources: {
        deleteResource: () => {
          throw new ConnectError('There is no Target gone.', Code.NotFound);
        },
      },
    });
    expect([exit, err]).toEqual([6, 'sallyport: There is no Target gone.\n']);
  });
});

describe('locks', () => {
  it('locks somebody out of something for a while', async () => {
    const sent: unknown[] = [];
    const { exit, out } = await sallyport(
      ['lock', '--group', 'contractors', '--target', 'payroll', '--reason', 'audit', '--for', '2h'],
      {
        access: {
          createLock: ({ group, targetName, reason, duration }) => {
            sent.push({ group, targetName, reason, seconds: duration?.seconds });
            return { lock: { lockId: 'lck_1', group, targetName } };
          },
        },
      },
    );
    expect([exit, sent]).toEqual([
      0,
      [{ group: 'contractors', targetName: 'payroll', reason: 'audit', seconds: 7200n }],
    ]);
    expect(out).toBe(
      'Locked group contractors on target payroll, until it is unlocked. Lift it with: sallyport unlock lck_1\n',
    );
  });

  it('locks nobody without being told whom', async () => {
    const { exit, err, requests } = await sallyport(['lock', '--reason', 'x'], {});
    expect([exit, requests]).toEqual([2, []]);
    expect(err).toContain('Give --principal, --group or --target.');
  });
});

describe('psql', () => {
  const access: Script['access'] = {
    listTargets: () => ({
      targets: [
        { target: { name: 'shop', protocol: 'postgres' }, endpoint: '127.0.0.1:15432' },
        { target: { name: 'web', protocol: 'http' }, endpoint: '127.0.0.1:18080' },
      ],
    }),
  };

  it('runs psql with the token in its environment and in no argument', async () => {
    const { exit, world } = await sallyport(
      ['psql', 'shop/archive', '--', '-c', 'SELECT 1', '--csv'],
      { access },
      { programEnd: { code: 3 } },
    );
    expect(exit).toBe(3);
    const [program] = world.programs;
    expect(program).toMatchObject({ file: 'psql', words: ['-c', 'SELECT 1', '--csv'] });
    expect(program?.env).toMatchObject({
      PGHOST: '127.0.0.1',
      PGPORT: '15432',
      PGDATABASE: 'shop/archive',
      PGPASSWORD: 'spt_secret',
    });
  });

  it('ends as a shell would when a signal ended psql', async () => {
    const { exit } = await sallyport(['psql', 'shop'], { access }, { programEnd: { signal: 'SIGTERM' } });
    expect(exit).toBe(143);
  });

  it('says what to install', async () => {
    const missing = Object.assign(new Error('spawn psql ENOENT'), { code: 'ENOENT' });
    const { exit, err } = await sallyport(['psql', 'shop'], { access }, { programEnd: missing });
    expect(exit).toBe(1);
    expect(err).toContain('postgresql-client');
  });

  it('knows targets that are not there, and those that speak something else', async () => {
    const gone = await sallyport(['psql', 'payroll'], { access });
    expect([gone.exit, gone.world.programs]).toEqual([6, []]);
    const web = await sallyport(['psql', 'web'], { access });
    expect([web.exit, web.err]).toEqual([
      2,
      'sallyport: "web" is not a PostgreSQL target; it speaks http.\n',
    ]);
  });
});

describe('failures', () => {
  it('says that there is no token, and what to do', async () => {
    using directory = temporaryDirectory();
    const { exit, err, requests } = await sallyport(
      ['targets'],
      {},
      { env: { SALLYPORT_TOKEN: '', SALLYPORT_CONFIG_DIR: directory.path } },
    );
    expect([exit, requests]).toEqual([3, []]);
    expect(err).toContain('You are not logged in at http://127.0.0.1:');
    expect(err).toContain('try: Run "sallyport login"');
  });

  it('says that a token is not valid any more', async () => {
    const { exit, err } = await sallyport(['targets'], {
      access: {
        listTargets: () => {
          throw new ConnectError(
            'The token has expired. Get a new token with "sallyport token".',
            Code.Unauthenticated,
            { 'sallyport-code': 'token_expired' },
          );
        },
      },
    });
    expect([exit, err]).toEqual([
      3,
      'sallyport: The token has expired. Get a new token with "sallyport token".\n',
    ]);
  });

  it('says that nobody answers, where and why', async () => {
    const { url } = await sallyport(['targets'], {});
    const world = capturedWorld({ env: { SALLYPORT_URL: url, SALLYPORT_TOKEN: 'spt_secret' } });
    expect(await run(['targets'], world)).toBe(5);
    expect(world.err()).toMatch(
      /^sallyport: The control plane at http:\/\/127\.0\.0\.1:[0-9]+ does not answer\.\n {2}why: .*ECONNREFUSED.*\n {2}try: /,
    );
  });

  it('tells a script in JSON', async () => {
    const { exit, err } = await sallyport(['targets', '--json'], {
      access: {
        listTargets: () => {
          throw new ConnectError('no', Code.PermissionDenied);
        },
      },
    });
    expect(exit).toBe(4);
    expect(JSON.parse(err)).toEqual({ error: { code: 'denied', message: 'no', exitCode: 4 } });
  });

  it('never prints the token, whatever fails', async () => {
    for (const code of [
      Code.Internal,
      Code.Unknown,
      Code.Unauthenticated,
      Code.Unimplemented,
      Code.DataLoss,
    ]) {
      const { err, out } = await sallyport(['targets'], {
        access: {
          listTargets: () => {
            throw new ConnectError('failed', code);
          },
        },
      });
      expect(err + out).not.toContain('spt_secret');
    }
  });

  it('lets no error of a server act on the terminal', async () => {
    const { err } = await sallyport(
      ['targets'],
      {
        access: {
          listTargets: () => {
            throw new ConnectError('bad \u001b[2J\u202e', Code.Internal);
          },
        },
      },
      { tty: true, env: { NO_COLOR: '1' } },
    );
    expect(err).not.toMatch(/[\u001b\u202e]/);
  });

  it.each([
    [['hold'], 'Did you mean holds?'],
    [['holds', 'aprove', 'x'], 'Did you mean approve?'],
    [['holds', 'approve'], "missing required argument 'hold'"],
    [['targets', '--outptu', 'json'], 'Did you mean --output?'],
    [['targets', '--output', 'xml'], 'Allowed choices are table, json, yaml'],
    [['psql', 'shop', '-c', 'SELECT 1'], "unknown option '-c'"],
    [['sessions', 'list', '--limit', 'many'], 'is not a whole number'],
    [['join-token', 'toaster'], 'Say proxy or recorder.'],
    [['--url', 'http://example.com', 'targets'], 'is not encrypted'],
  ])('%j is a wrong command line: 2', async (words, hint) => {
    const { exit, err, requests } = await sallyport(words, {});
    expect(exit).toBe(2);
    expect(err).toContain(hint);
    expect(requests).toEqual([]);
  });
});
