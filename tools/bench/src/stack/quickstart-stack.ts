/** The whole of Sallyport, as ./quickstart starts it: control plane, proxies, recorder, NATS, identity provider. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const QUICKSTART = fileURLToPath(new URL('../../../quickstart/src/main.ts', import.meta.url));
const START_TIMEOUT_MS = 240_000;

/** What `./quickstart --json` prints, as far as it is used here. */
interface Summary {
  readonly endpoints: Readonly<Record<string, string>>;
  readonly people: Readonly<
    Record<string, { readonly groups: readonly string[]; readonly tokenFile: string }>
  >;
  readonly stateDir: string;
}

export interface SallyportStack extends AsyncDisposable {
  /** "host:port" of the door of a protocol. */
  endpoint(protocol: string): { readonly host: string; readonly port: number };
  /** A token that is valid for some minutes, of somebody in the group. */
  tokenOf(group: string): string;
  /** Process ids by name: "proxy-postgres", "recorder", "nats"... */
  processes(): Readonly<Record<string, number>>;
  /** An SSH user certificate for a public key ("ssh-ed25519 AAAA..."), of somebody in the group: a line as in `id-cert.pub`. */
  certify(publicKey: string, group: string): Promise<string>;
  /** Applies manifests as an administrator. @throws Error that lists every problem */
  apply(manifest: string): Promise<void>;
}

/** Starts it on free ports, in a state folder of its own that disposing removes. */
export async function startStack(): Promise<SallyportStack> {
  const stateDirectory = mkdtempSync(join(tmpdir(), 'sallyport-bench-stack-'));
  const quickstart = async (...args: readonly string[]): Promise<string> => {
    const node = ['--disable-warning=ExperimentalWarning', QUICKSTART, '--state', stateDirectory, ...args];
    const { stdout } = await run(process.execPath, node, { timeout: START_TIMEOUT_MS });
    return stdout;
  };
  const stop = async (): Promise<void> => {
    await quickstart('--stop');
    rmSync(stateDirectory, { recursive: true, force: true });
  };
  try {
    const output = await quickstart('--detach', '--free-ports', '--json');
    return handleOf(JSON.parse(output.trim().split('\n').at(-1) ?? '') as Summary, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

function handleOf(summary: Summary, stop: () => Promise<void>): SallyportStack {
  const tokenOf = (group: string): string => {
    const person = Object.values(summary.people).find(({ groups }) => groups.includes(group));
    if (person === undefined) throw new Error(`nobody in the quick start is in the group ${group}`);
    return readFileSync(person.tokenFile, 'utf8').trim();
  };
  const controlPlane = summary.endpoints['controlPlane'] ?? '';
  return {
    endpoint: (protocol) => {
      const [host = '', port = ''] = (summary.endpoints[protocol] ?? '').split(':');
      return { host, port: Number(port) };
    },
    tokenOf,
    processes: () => processesOf(summary.stateDir),
    apply: (manifest) => apply(controlPlane, tokenOf('platform'), manifest),
    certify: (publicKey, group) => certify(controlPlane, tokenOf(group), publicKey),
    [Symbol.asyncDispose]: stop,
  };
}

function processesOf(stateDirectory: string): Readonly<Record<string, number>> {
  const instance = JSON.parse(readFileSync(join(stateDirectory, 'instance.json'), 'utf8')) as {
    readonly processes: Readonly<Record<string, number>>;
  };
  return instance.processes;
}

async function apply(controlPlane: string, token: string, manifest: string): Promise<void> {
  await callAdmin(controlPlane, 'ResourceService/Apply', token, { manifest });
}

async function certify(controlPlane: string, token: string, publicKeyLine: string): Promise<string> {
  const method = 'SshCertificateService/IssueUserCertificate';
  const [, publicKey = ''] = publicKeyLine.split(' ');
  const { certificate } = await callAdmin(controlPlane, method, token, { publicKey });
  if (certificate === undefined) throw new Error('the control plane gave no certificate');
  return certificate;
}

/** Parts of answers that are used here. */
interface AdminAnswer {
  readonly problems?: readonly unknown[];
  readonly certificate?: string;
}

/** A method of the admin API. @throws Error with what it answered unless it did what it was asked to */
async function callAdmin(
  controlPlane: string,
  method: string,
  token: string,
  request: object,
): Promise<AdminAnswer> {
  const response = await fetch(`${controlPlane}/sallyport.admin.v1.${method}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });
  const body = (await response.json()) as AdminAnswer;
  if (!response.ok || (body.problems ?? []).length > 0)
    throw new Error(`the control plane refused ${method}: ${JSON.stringify(body)}`);
  return body;
}
