import type { SshServer } from '@sallyport/testing';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lowerPriority } from '../../stack/lower-priority.ts';
import { startStack } from '../../stack/quickstart-stack.ts';
import { loginArguments, type SshSubject } from '../ssh-subject.ts';

const TARGET = 'bench-host';
const GROUP = 'agents';
/** A certificate lives as long as the token that it was made from, some minutes. */
const CERTIFICATE_USED_MS = 30_000;

/** The whole stack, with a policy that decides each command and everything recorded to a real spool, NATS and the recorder. */
export async function startSallyport(server: SshServer): Promise<SshSubject> {
  await using starting = new AsyncDisposableStack();
  const stack = starting.use(await startStack());
  const { 'proxy-ssh': proxy, recorder, nats, 'control-plane': controlPlane } = stack.processes();
  if (proxy === undefined)
    throw new Error('the quick start runs without SSH: it has no OpenSSH to show it with');
  await stack.apply(manifestOf(server));
  const known = (pids: readonly (number | undefined)[]): number[] => pids.filter((pid) => pid !== undefined);
  lowerPriority(known([recorder, nats]));
  const privateKeyFile = join(server.directory, 'caller');
  const certificateFile = `${privateKeyFile}-cert.pub`;
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'bench', '-f', privateKeyFile]);
  const publicKey = readFileSync(`${privateKeyFile}.pub`, 'utf8').trim();
  let certifiedAt = -Infinity;
  const ended = starting.move();
  return {
    name: 'sallyport',
    login: async () => {
      if (performance.now() - certifiedAt > CERTIFICATE_USED_MS) {
        writeFileSync(certificateFile, `${await stack.certify(publicKey, GROUP)}\n`);
        certifiedAt = performance.now();
      }
      return loginArguments({ ...stack.endpoint('ssh'), user: TARGET, privateKeyFile, certificateFile });
    },
    pids: [proxy],
    backgroundPids: known([recorder, nats, controlPlane]),
    [Symbol.asyncDispose]: () => ended.disposeAsync(),
  };
}

/** As on the tour: some programs allowed, some held, some denied. */
export function manifestOf(
  server: Pick<SshServer, 'host' | 'port' | 'user' | 'privateKey' | 'hostKeys'>,
): string {
  return `apiVersion: sallyport.dev/v1
kind: Target
metadata: { name: ${TARGET}, labels: { app: ${TARGET} } }
spec:
  protocol: ssh
  address: { host: ${server.host}, port: ${server.port} }
  credential: { username: ${server.user}, privateKey: ${JSON.stringify(server.privateKey)} }
  ssh: { hostKeys: ${JSON.stringify(server.hostKeys)} }
---
apiVersion: sallyport.dev/v1
kind: Policy
metadata: { name: agents-on-${TARGET} }
spec:
  subjects: [{ group: ${GROUP} }]
  targets: { matchLabels: { app: ${TARGET} } }
  rules:
    - name: reads
      allow: { actions: [ssh.exec], objects: ["true", cat, "cat *", "echo *"] }
    - name: restarts
      hold: { actions: [ssh.exec], objects: ["systemctl restart *"], approvers: [{ group: dba }], count: 1, timeout: 2m }
    - name: destructive
      deny: { actions: [ssh.exec], objects: ["rm *", "dd *", "mkfs*"], message: nothing is deleted }
`;
}
