import { StatementOutcome } from '@sallyport/contracts/event';
import { eventually } from '@sallyport/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DoorFixture } from './support/door-fixture.ts';

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

const policies = (folder: string) => `
apiVersion: sallyport.dev/v1
kind: Policy
metadata: { name: files-on-web }
spec:
  subjects: [ { group: agents } ]
  targets: { names: ["web"] }
  rules:
    - name: transfers
      allow: { actions: [ssh.sftp.session] }
    - name: own-folder
      allow: { actions: ["ssh.sftp.*"], objects: ["${folder}/open", "${folder}/open/*"] }
    - name: looking
      allow: { actions: [ssh.sftp.list], objects: ["*"] }
    - name: secrets
      deny: { actions: ["ssh.sftp.*"], objects: ["${folder}/open/secret", "${folder}/open/secret/*"], message: "not for agents" }
    - name: reviewed
      hold: { actions: [ssh.sftp.write], objects: ["${folder}/open/held*"], approvers: [{ group: ops }], count: 1, timeout: 1m }
`;

let door: DoorFixture;
let root: string;
const at = (name: string) => join(root, name);

beforeAll(async () => {
  door = await DoorFixture.start({ policies: policies('/nowhere') });
  root = door.directory.join('files');
  mkdirSync(at('open/secret'), { recursive: true });
  mkdirSync(at('closed'));
  writeFileSync(at('open/secret/key'), 'the key');
  writeFileSync(at('closed/file'), 'closed content');
  door.controlPlane.apply(policies(root));
});
beforeEach(() => {
  door.spool.clear();
});
afterAll(() => door.stop());

/** Commands of sftp's batch mode; `-` before one: go on after an error. */
const sftp = (...commands: string[]) =>
  door.ssh(['-q', '-b', '-', 'web@127.0.0.1'], { program: 'sftp', args: ['-oBatchMode=no'], input: commands.join('\n') + '\n' });

const decided = () =>
  door.events.flatMap(({ body }) => (body.case === 'statementDecided' ? [body.value] : []));
const finished = () =>
  door.events.flatMap(({ body }) => (body.case === 'statementFinished' ? [body.value] : []));

describe('sftp', () => {
  it('puts, lists and gets a file as it is', async () => {
    const content = randomBytes(3_000_000);
    writeFileSync(at('local'), content);
    const result = await sftp(`put ${at('local')} ${at('open/up')}`, `ls ${at('open/up')}`, `get ${at('open/up')} ${at('back')}`);
    expect(result).toMatchObject({ code: 0, err: '' });
    expect(readFileSync(at('open/up')).equals(content)).toBe(true);
    expect(readFileSync(at('back')).equals(content)).toBe(true);
  });
});
