import { createLogger, createMetricsRegistry } from '@sallyport/service-kit';
import { Spool } from '@sallyport/session-events';
import {
  startSshServer,
  temporaryDirectory,
  type SshServer,
  type SshServerOptions,
} from '@sallyport/testing';
import {
  attachCertificateSignature,
  decodePublicKey,
  encodeCertificateContents,
  FOREVER,
} from '@sallyport/codec-ssh';
import { spawn, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmodSync, writeFileSync } from 'node:fs';
import { configSchema } from '../../src/config.ts';
import { ProxyMetrics } from '../../src/proxy-metrics.ts';
import { ProxyServer } from '../../src/server.ts';
import { DoorIdentity } from '../../src/transport/door-identity.ts';
import { Ed25519Key } from '../../src/transport/host-key.ts';
import { loginKey, type LoginKey } from '../../src/transport/node-crypto.ts';
import { transportReady } from '../../src/transport/ssh2-protocol.ts';
import { FakeControlPlane, tokenFor } from './fake-control-plane.ts';
import { RecordingSpool } from './recording-spool.ts';

export interface DoorFixtureOptions {
  readonly policies: string;
  readonly config?: Record<string, unknown>;
  readonly server?: SshServerOptions;
  /** Blobs of keys that sign callers' certificates. */
  readonly userAuthorities?: readonly Buffer[];
}

/** One run of a client program. */
export interface RunResult {
  readonly code: number;
  readonly out: Buffer;
  readonly err: string;
}

export interface RunOptions {
  readonly input?: Buffer | string | null;
  readonly args?: readonly string[];
  readonly user?: string;
  readonly token?: string;
  readonly program?: string;
}

/** The target that every fixture has: the machine's own sshd. */
export const TARGET = 'web';

/** A real sshd, a door before it, and everything that the door recorded. */
export class DoorFixture {
  readonly sshd: SshServer;
  readonly controlPlane: FakeControlPlane;
  readonly server: ProxyServer;
  readonly spool: RecordingSpool;
  readonly identity: DoorIdentity;
  /** Certified the door's host key, for the name "door.example". */
  readonly hostAuthority: LoginKey;
  readonly logs: string[];
  readonly directory: ReturnType<typeof temporaryDirectory>;
  readonly #cleanUps: (() => unknown)[];

  private constructor(
    parts: Omit<DoorFixture, 'stop' | 'ssh' | 'start' | 'sshArgs' | 'events' | 'env'>,
    cleanUps: (() => unknown)[],
  ) {
    this.sshd = parts.sshd;
    this.controlPlane = parts.controlPlane;
    this.server = parts.server;
    this.spool = parts.spool;
    this.identity = parts.identity;
    this.hostAuthority = parts.hostAuthority;
    this.logs = parts.logs;
    this.directory = parts.directory;
    this.#cleanUps = cleanUps;
  }

  static async start(options: DoorFixtureOptions): Promise<DoorFixture> {
    await transportReady;
    const sshd = await startSshServer(options.server);
    const directory = temporaryDirectory('door');
    const controlPlane = new FakeControlPlane();
    controlPlane.apply(options.policies);
    controlPlane.targets.set(TARGET, {
      host: sshd.host,
      port: sshd.port,
      username: sshd.user,
      credential: { kind: 'key', privateKey: sshd.privateKey },
      hostKeys: sshd.hostKeys,
    });
    const logs: string[] = [];
    const real = await Spool.open(directory.join('spool'));
    const spool = new RecordingSpool(real);
    const config = configSchema.parse({
      controlPlane: { stateDirectory: directory.path },
      spool: { directory: directory.join('spool') },
      ...options.config,
      listen: { host: '127.0.0.1', port: 0 },
    });
    const logger = createLogger({
      name: 'proxy-ssh',
      level: 'debug',
      stream: { write: (line) => logs.push(line) },
    });
    const hostAuthority = loginKey(generateKeyPairSync('ed25519').privateKey);
    const identity = new DoorIdentity({
      key: Ed25519Key.generate(),
      certifier: {
        certifyHostKey: ({ publicKey }) =>
          Promise.resolve({
            certificate: certifyDoor(hostAuthority, Buffer.from(publicKey)),
            userCaPublicKeys: options.userAuthorities ?? [],
            expiresAt: new Date(Date.now() + 3_600_000),
          }),
      },
      hostNames: [],
      onProblem: () => undefined,
      nowMs: () => Date.now(),
    });
    await identity.start();
    const metrics = new ProxyMetrics(createMetricsRegistry('proxy-ssh'));
    const maskingKey = Buffer.alloc(32, 7);
    const server = new ProxyServer({ config, controlPlane, spool, identity, maskingKey, logger, metrics });
    await server.listen();
    const cleanUps = [
      () => server.stop(AbortSignal.abort()),
      () => {
        identity.close();
      },
      () => real.close(),
      () => sshd.stop(),
      () => {
        directory.remove();
      },
    ];
    const parts = { sshd, controlPlane, server, spool, identity, hostAuthority, logs, directory };
    return new DoorFixture(parts, cleanUps);
  }

  get events(): RecordingSpool['events'] {
    return this.spool.events;
  }

  /** Arguments that make ssh programs reach the door; the token is asked for through `env`. */
  sshArgs(): string[] {
    const options = {
      StrictHostKeyChecking: 'no',
      UserKnownHostsFile: '/dev/null',
      GlobalKnownHostsFile: '/dev/null',
      LogLevel: 'ERROR',
      PreferredAuthentications: 'password',
      NumberOfPasswordPrompts: '1',
      IdentityFile: 'none',
      IdentitiesOnly: 'yes',
    };
    return [
      '-F',
      'none',
      ...Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
      '-o',
      `Port=${this.server.port}`,
    ];
  }

  /** Has ssh ask a program for the password, which is the token. */
  env(token = tokenFor('ana', 'agents')): NodeJS.ProcessEnv {
    const askpass = this.directory.join('askpass');
    writeFileSync(askpass, '#!/bin/sh\nprintf "%s\\n" "$SPEC_TOKEN"\n');
    chmodSync(askpass, 0o700);
    return {
      PATH: process.env['PATH'],
      HOME: this.directory.path,
      SSH_ASKPASS: askpass,
      SSH_ASKPASS_REQUIRE: 'force',
      SPEC_TOKEN: token,
    };
  }

  /** A real ssh that goes on until it ends or is stopped. */
  start(command: readonly string[], options: RunOptions = {}): ChildProcess {
    const { args = [], user = TARGET, token, program = 'ssh' } = options;
    // Of an option that is given twice, the first counts.
    const all = [...args, ...this.sshArgs(), ...(program === 'ssh' ? [`${user}@127.0.0.1`] : []), ...command];
    return spawn(program, all, { env: this.env(token), stdio: ['pipe', 'pipe', 'pipe'] });
  }

  /** A real ssh to its end. Null input leaves its standard input open. */
  ssh(command: readonly string[] | string, options: RunOptions = {}): Promise<RunResult> {
    return new Promise((resolve, reject) => {
      const child = this.start(typeof command === 'string' ? [command] : command, options);
      const out: Buffer[] = [];
      let err = '';
      child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
      child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
      child.on('error', reject);
      child.on('close', (code) => {
        resolve({ code: code ?? -1, out: Buffer.concat(out), err });
      });
      child.stdin?.on('error', () => undefined);
      if (options.input !== null) child.stdin?.end(options.input ?? '');
    });
  }

  async stop(): Promise<void> {
    for (const cleanUp of this.#cleanUps) await cleanUp();
  }
}

function certifyDoor(authority: LoginKey, publicKey: Buffer): Buffer {
  const signed = encodeCertificateContents({
    kind: 'host',
    key: decodePublicKey(publicKey),
    nonce: randomBytes(32),
    serial: 1n,
    keyId: 'door',
    principals: ['door.example'],
    validAfter: 0n,
    validBefore: FOREVER,
    criticalOptions: [],
    extensions: [],
    caKey: authority.blob,
  });
  return attachCertificateSignature(signed, authority.sign('ssh-ed25519', signed));
}
