import { writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { AppliedChange } from '@sallyport/contracts/admin';
import { TARGET_PASSWORD, type Fixture } from '../support/fixture.ts';
import { policyManifest, READS, targetManifest } from '../support/manifests.ts';
import { sessionInput } from './opening-sessions.ts';

export function resourcesSuite(fixture: () => Fixture): void {
  async function problemsOf(manifest: string, dryRun = false) {
    const { resources } = await fixture().asAdmin();
    const { problems } = await resources.apply({ manifest, dryRun });
    return problems.map(
      ({ line, column, path, message }) => `${String(line)}:${String(column)} ${path}: ${message}`,
    );
  }

  async function manifestOf(kind: string, name: string): Promise<string> {
    const { resources } = await fixture().asAdmin();
    return (await resources.getResource({ kind, name })).resource?.manifest ?? '';
  }

  describe('applying manifests', () => {
    it('creates, updates and leaves alone, with versions', async () => {
      const { resources } = await fixture().asAdmin();
      const apply = async (manifest: string) =>
        (await resources.apply({ manifest })).applied.map(({ kind, name, version, change }) => [
          kind,
          name,
          version,
          change,
        ]);
      const policy = policyManifest('res-policy', 'g', 'res-a', READS);
      expect(await apply(`${targetManifest('res-a')}---${policy}`)).toEqual([
        ['Target', 'res-a', 1, AppliedChange.CREATED],
        ['Policy', 'res-policy', 1, AppliedChange.CREATED],
      ]);
      expect(
        await apply(
          `${targetManifest('res-a')}---${policy.replace('[g]', '[h]').replace('group: g', 'group: h')}`,
        ),
      ).toEqual([
        ['Target', 'res-a', 1, AppliedChange.UNCHANGED],
        ['Policy', 'res-policy', 2, AppliedChange.UPDATED],
      ]);
      await resources.deleteResource({ kind: 'Policy', name: 'res-policy' });
      expect(await apply(policy)).toEqual([['Policy', 'res-policy', 4, AppliedChange.CREATED]]);
    });

    it('changes nothing when one document is wrong, and tells every problem with its place', async () => {
      const manifest = `${targetManifest('res-atomic')}---
apiVersion: sallyport.dev/v1
kind: Target
metadata: { name: res-wrong }
spec:
  protocol: POSTGRES
  address: { host: h, port: 99999 }
  credentials: { username: u }
---
apiVersion: sallyport.dev/v1
kind: Policy
metadata: { name: res-wrong }
spec:
  subjects: [{ group: g }]
  targets: { names: ['*'] }
  rules:
    - name: bad
      allow: { actions: [sql.read] }
      when: "principal.nonsense > 1"
    - name: worse
      alow: { actions: [sql.read] }
---
kind: Potato
`;
      const problems = await problemsOf(manifest);
      expect(problems).toEqual([
        expect.stringMatching(/^16:3 spec\.protocol: /),
        expect.stringMatching(/^17:23 spec\.address\.port: /),
        expect.stringMatching(/^18:3 spec\.credentials: unknown key/),
        expect.stringMatching(/^29:\d+ spec\.rules\[0\]\.when: /),
        expect.stringMatching(/^30:\d+ spec\.rules\[1\]: /),
        expect.stringMatching(/^31:7 spec\.rules\[1\]\.alow: /),
        '33:1 : "apiVersion" is missing',
        '33:1 : "metadata" is missing',
        '33:7 kind: "Potato" is not one of Issuer, Policy, Role, Target',
      ]);
      const { resources } = await fixture().asAdmin();
      await expect(resources.getResource({ kind: 'Target', name: 'res-atomic' })).rejects.toThrow(
        /There is no/,
      );
    });

    it('says what would change without changing it', async () => {
      const { resources } = await fixture().asAdmin();
      const { applied } = await resources.apply({ manifest: targetManifest('res-dry'), dryRun: true });
      expect(applied).toMatchObject([{ name: 'res-dry', version: 1, change: AppliedChange.CREATED }]);
      await expect(resources.getResource({ kind: 'Target', name: 'res-dry' })).rejects.toThrow(/There is no/);
    });

    it.each([
      [
        'an alias, which could carry a secret to where it is shown',
        targetManifest('res-alias', { credential: '{ username: &u app, password: *u }' }),
      ],
      ['a key given twice inside', targetManifest('res-keys', { labels: '{ a: b, a: c }' })],
      [
        'a key given twice in its spec',
        targetManifest('res-keys', { tls: '{ mode: disable, mode: require }' }),
      ],
      ['a tag', targetManifest('res-tag', { host: '!!binary aGVsbG8=' })],
      ['a label that is too long', targetManifest('res-label', { labels: `{ a: ${'x'.repeat(256)} }` })],
      ['two documents of one name', `${targetManifest('res-twice')}---${targetManifest('res-twice')}`],
      ['a key given twice', 'kind: Target\nkind: Policy\n'],
      ['an unfinished flow', 'kind: [\n'],
      ['nothing', '\n# nothing\n'],
      [
        'a bomb of aliases',
        `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c]\n`,
      ],
      ['a name that is no name', targetManifest('Res_Name')],
      ['a manifest that is too large', `# ${'x'.repeat(1024 * 1024)}\n`],
    ])('refuses %s', async (_what, manifest) => {
      expect(await problemsOf(manifest)).not.toEqual([]);
    });

    it('takes the right of each kind: who may change targets may not change roles', async () => {
      await fixture().apply(`
apiVersion: sallyport.dev/v1
kind: Role
metadata: { name: operators }
spec: { subjects: [{ group: operators }], permissions: [resources.read, resources.write] }
`);
      const { resources } = await fixture().as(await fixture().tokenOf('oscar', ['operators']));
      const escalation = `
apiVersion: sallyport.dev/v1
kind: Role
metadata: { name: operators }
spec: { subjects: [{ group: operators }], permissions: ['*'] }
`;
      const { problems, applied } = await resources.apply({
        manifest: `${targetManifest('res-op')}---${escalation}`,
      });
      expect(applied).toEqual([]);
      expect(problems).toMatchObject([
        { message: 'you need the right identity.write to change this', code: 'denied' },
      ]);
      await expect(resources.deleteResource({ kind: 'Role', name: 'operators' })).rejects.toThrow(
        /identity.write/,
      );
      expect((await resources.apply({ manifest: targetManifest('res-op') })).problems).toEqual([]);
    });

    it('refuses issuers at addresses that may not be asked', async () => {
      for (const url of [
        'http://idp.example',
        'https://user:secret@idp.example',
        'file:///etc/passwd',
        'https://idp.example/?x=1',
        'http://127.0.0.1.example',
      ]) {
        const manifest = `{ apiVersion: sallyport.dev/v1, kind: Issuer, metadata: { name: evil }, spec: { url: "${url}", audience: a } }`;
        expect(await problemsOf(manifest, true)).toEqual([
          expect.stringMatching(/spec\.url: must be an https URL/),
        ]);
      }
    });
  });

  describe("a target's password", () => {
    it('is never given back, wherever in the manifest it came along', async () => {
      const manifest = `
# the password is ${TARGET_PASSWORD}
apiVersion: sallyport.dev/v1
kind: Target
metadata: { name: res-secret }
spec:
  protocol: postgres
  address: { host: 10.0.0.5, port: 5432 }
  credential: { username: app, password: ${TARGET_PASSWORD} } # ${TARGET_PASSWORD}
`;
      await fixture().apply(manifest);
      const { resources } = await fixture().asAdmin();
      const shown = JSON.stringify(
        (await resources.listResources({})).resources.map((resource) => resource.manifest),
      );
      expect(shown).toContain('res-secret');
      expect(shown).not.toContain(TARGET_PASSWORD);
    });

    it('stays when the target is applied again as it was shown', async () => {
      await fixture().apply(
        `${targetManifest('res-keep', { credential: `{ username: app, password: ${TARGET_PASSWORD} }` })}---${policyManifest('res-keep', 'keepers', 'res-keep', READS)}`,
      );
      await fixture().apply(
        (await manifestOf('Target', 'res-keep')).replace('labels: {}', 'labels: { changed: "yes" }'),
      );
      const session = await (
        await fixture().proxy()
      ).openSession(sessionInput(await fixture().tokenOf('kim', ['keepers']), 'res-keep'));
      expect(session.upstream.credential).toMatchObject({ value: { password: TARGET_PASSWORD } });
      expect(session.target.labels).toEqual({ changed: 'yes' });
    });

    it.each([
      ['host', 'host: 10.0.0.5', 'host: attacker.example'],
      ['port', 'port: 5432', 'port: 6666'],
      ['user name', 'username: app', 'username: postgres'],
      ['TLS mode', 'mode: verify-full', 'mode: disable'],
      ['parameters', 'database: shop', 'database: other'],
    ])(
      'must be given again when the %s changes: it is not sent where it was not meant for',
      async (_what, from, to) => {
        await fixture().apply(
          targetManifest('res-moved', {
            credential: `{ username: app, password: ${TARGET_PASSWORD} }`,
            tls: '{ mode: verify-full }',
          }),
        );
        const shown = await manifestOf('Target', 'res-moved');
        expect(shown).toContain(from);
        expect(await problemsOf(shown.replace(from, to))).toEqual([
          expect.stringContaining('the password must be given again'),
        ]);
        const given = shown.replace(from, to).replace('username:', 'password: new-password-9\n    username:');
        expect(await problemsOf(given, true)).toEqual([]);
      },
    );

    it('comes from files of its own directory and variables of its own prefix only', async () => {
      writeFileSync(fixture().directory.join('shop-password'), `${TARGET_PASSWORD}\n`);
      const from = (credential: string) => problemsOf(targetManifest('res-from', { credential }), true);
      expect(await from('{ username: app, passwordFile: shop-password }')).toEqual([]);
      for (const file of ['../../../etc/passwd', '/etc/passwd', '.', 'absent']) {
        expect(await from(`{ username: app, passwordFile: "${file}" }`)).toEqual([
          expect.stringContaining('spec.credential.passwordFile'),
        ]);
      }
      expect(await from('{ username: app, passwordEnv: DATABASE_URL }')).toEqual([
        expect.stringContaining('must begin with SALLYPORT_TARGET_'),
      ]);
      expect(await from('{ username: app, passwordEnv: SALLYPORT_TARGET_NONE }')).toEqual([
        expect.stringContaining('has no variable'),
      ]);
      expect(await from('{ username: app, password: x, passwordEnv: SALLYPORT_TARGET_SHOP }')).toEqual([
        expect.stringContaining('at most one'),
      ]);
      expect(await from('{ username: app }')).toEqual([expect.stringContaining('a password is needed')]);
    });
  });
}
