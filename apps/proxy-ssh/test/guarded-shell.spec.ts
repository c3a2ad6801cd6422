import { HoldStatus } from '@sallyport/contracts/dataplane';
import { eventually } from '@sallyport/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { DoorFixture } from './support/door-fixture.ts';
import { Terminal } from './support/terminal.ts';

/** Everything but touching the marker: whoever makes it exist ran something that was not allowed. */
const policies = (marker: string) => `
apiVersion: sallyport.dev/v1
kind: Policy
metadata: { name: people-on-web }
spec:
  subjects: [ { group: agents } ]
  targets: { names: ["web"] }
  rules:
    - name: guarded
      allow: { actions: [ssh.shell.guarded] }
    - name: lines
      allow: { actions: [ssh.exec, ssh.exec.read, ssh.env] }
    - name: no-marker
      deny: { actions: [ssh.exec, ssh.exec.write], objects: ["touch ${marker}*", "${marker}*"], message: "not that file" }
    - name: held
      hold: { actions: [ssh.exec], objects: ["echo held*"], approvers: [{ group: ops }], count: 1, timeout: 1m }
`;

let door: DoorFixture;
let marker = '';
let terminal: Terminal;
const PROMPT = /[#$] $/;

async function start(): Promise<Terminal> {
  const made = new Terminal(door.start([], { args: ['-tt'] }));
  await made.shows(PROMPT);
  return made;
}

beforeAll(async () => {
  door = await DoorFixture.start({ policies: '' });
  marker = door.directory.join('marker');
  door.controlPlane.apply(policies(marker));
});
beforeEach(async () => {
  door.spool.clear();
  terminal = await start();
});
afterEach(() => {
  terminal.close();
});
afterAll(() => door.stop());

const lines = () =>
  door.events.flatMap(({ body }) =>
    body.case === 'statementDecided' && body.value.statement?.kind === 'ssh.shell.line'
      ? [body.value.statement.text]
      : [],
  );

describe('a guarded shell', () => {
  it('runs a line that is allowed, and records it with how it ended', async () => {
    terminal.type('echo one-$((1 + 1)); (exit 3)\r');
    await terminal.shows('one-2\r\n');
    await terminal.shows(PROMPT);
    terminal.type('echo status-$?\r');
    await terminal.shows('status-3\r\n');
    expect(lines()).toEqual(['echo one-$((1 + 1)); (exit 3)', 'echo status-$?']);
    await eventually('its end is recorded', () =>
      door.events.some(({ body }) => body.case === 'statementFinished' && body.value.status === 'exit 3'),
    );
  });

  it('does not run a line that is denied, says why, and goes on with 126', async () => {
    terminal.type(`touch ${marker}\r`);
    await terminal.shows('sallyport: denied by rule "no-marker": ');
    await terminal.shows(PROMPT);
    terminal.type('echo status-$?\r');
    await terminal.shows('status-126\r\n');
    expect(existsSync(marker)).toBe(false);
  });
});
