import type { PostgresServer } from '@sallyport/testing';
import { lowerPriority } from '../../stack/lower-priority.ts';
import { startStack } from '../../stack/quickstart-stack.ts';
import type { Subject } from '../../subject.ts';
import { DATABASE } from '../database.ts';

const TARGET = 'bench';

/** Sallyport with everything on: a policy with masks and detectors, recording to a real spool, NATS and the recorder. */
export async function startSallyport(server: PostgresServer): Promise<Subject> {
  const stack = await startStack();
  try {
    await stack.apply(manifestOf(server));
  } catch (error) {
    await stack[Symbol.asyncDispose]();
    throw error;
  }
  const { 'proxy-postgres': proxy, recorder, nats, 'control-plane': controlPlane } = stack.processes();
  const known = (pids: readonly (number | undefined)[]): number[] => pids.filter((pid) => pid !== undefined);
  const backgroundPids = known([recorder, nats, controlPlane]);
  // Not the control plane: it also answers whoever connects.
  lowerPriority(known([recorder, nats]));
  return {
    name: 'sallyport',
    ...stack.endpoint('postgres'),
    user: 'bench',
    database: TARGET,
    password: () => stack.tokenOf('agents'),
    pids: known([proxy]),
    backgroundPids,
    [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
  };
}

/** The policy is the tour's, on the bench's tables: reads allowed, changes held, personal data masked. */
function manifestOf(server: PostgresServer): string {
  return `apiVersion: sallyport.dev/v1
kind: Target
metadata: { name: ${TARGET}, labels: { app: ${TARGET} } }
spec:
  protocol: postgres
  address: { host: ${server.host}, port: ${server.port} }
  tls: { mode: disable }
  credential: { username: ${server.user}, password: "${server.password}" }
  parameters: { database: ${DATABASE} }
---
apiVersion: sallyport.dev/v1
kind: Policy
metadata: { name: agents-on-${TARGET} }
spec:
  subjects: [{ group: agents }]
  targets: { matchLabels: { app: ${TARGET} } }
  rules:
    - name: reads
      allow: { actions: [sql.read, sql.copy.out, sql.transaction, sql.session.set] }
    - name: personal-data
      mask: { columns: ["*.people.email", "*.people.card"], with: partial }
    - name: changes
      hold: { actions: [sql.insert, sql.update, sql.delete], objects: ["public.*"], approvers: [{ group: dba }], count: 1, timeout: 2m }
    - name: schema
      deny: { actions: ["sql.ddl.*", "sql.dcl.*"], message: the schema is closed }
`;
}
