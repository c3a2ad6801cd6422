import { Writable } from 'node:stream';
import { writeFileSync } from 'node:fs';
import { createClient, type Client } from '@connectrpc/connect';
import { createConnectTransport } from '@connectrpc/connect-node';
import type { DescService } from '@bufbuild/protobuf';
import {
  AccessService,
  ResourceService,
  ReviewService,
  SessionHistoryService,
  TokenService,
} from '@sallyport/contracts/admin';
import {
  ControlPlaneClient,
  RecorderClient,
  type ControlPlaneClientOptions,
} from '@sallyport/control-plane-client';
import { createLogger, Secret, type Logger } from '@sallyport/service-kit';
import { temporaryDirectory, type TemporaryDirectory } from '@sallyport/testing';
import { controlPlaneConfig } from '../../src/config.ts';
import { startControlPlane, type ControlPlane } from '../../src/server.ts';
import { TestIssuer, type TokenClaims } from './test-issuer.ts';

export interface FixtureOptions {
  /** Undefined: the embedded database, in memory. */
  readonly databaseUrl?: string;
  readonly issuer?: TestIssuer;
  /** Over the defaults of a test. */
  readonly config?: Record<string, unknown>;
  /** Shared with another fixture: a second replica. */
  readonly directory?: TemporaryDirectory;
}

export const ISSUER_NAME = 'test';
/** The group that the fixture's Role gives every admin right. */
export const ADMIN_GROUP = 'platform';
export const TARGET_PASSWORD = 'correct-horse-battery';

let instances = 0;

/** A control plane on free ports with an issuer of its own, and what a test needs to talk to it. */
export class Fixture implements AsyncDisposable {
  readonly controlPlane: ControlPlane;
  readonly issuer: TestIssuer;
  readonly directory: TemporaryDirectory;
  readonly logLines: string[];
  readonly logger: Logger;
  /** Every secret that went through; none may be in a log. */
  readonly secrets = new Set<string>([TARGET_PASSWORD]);
  readonly #open: { close(): unknown }[] = [];
  readonly #options: FixtureOptions;
  #admin: string | undefined;

  private constructor(
    controlPlane: ControlPlane,
    issuer: TestIssuer,
    directory: TemporaryDirectory,
    logger: Logger,
    logLines: string[],
    options: FixtureOptions,
  ) {
    this.#options = options;
    this.controlPlane = controlPlane;
    this.issuer = issuer;
    this.directory = directory;
    this.logger = logger;
    this.logLines = logLines;
  }

  static async start(options: FixtureOptions = {}): Promise<Fixture> {
    const issuer = options.issuer ?? (await TestIssuer.start());
    const directory = options.directory ?? temporaryDirectory('control-plane');
    const manifest = directory.join('bootstrap.yaml');
    writeFileSync(manifest, bootstrapManifest(issuer.url));
    const logLines: string[] = [];
    const logger = createLogger({ name: 'test', level: 'debug', stream: captureInto(logLines) });
    const config = controlPlaneConfig.parse({
      admin: { port: 0 },
      dataPlane: { port: 0 },
      ops: { port: 0 },
      database: options.databaseUrl === undefined ? { directory: 'memory://' } : { url: options.databaseUrl },
      masterKey: { file: directory.join('master.key'), create: true },
      bootstrapManifests: [manifest],
      sessions: { pollIntervalMs: 100, lostAfterSeconds: 3, sealLostAfterSeconds: 1 },
      passwordDirectory: directory.path,
      recordings: { directory: directory.join('recordings') },
      endpoints: [
        { protocol: 'postgres', address: '127.0.0.1:15432' },
        { protocol: 'ssh', address: '127.0.0.1:10022' },
      ],
      ssh: { hostNames: ['ssh.example.com'] },
      ...options.config,
    });
    const controlPlane = await startControlPlane({
      config,
      logger,
      env: { SALLYPORT_TARGET_SHOP: TARGET_PASSWORD },
    });
    return new Fixture(controlPlane, issuer, directory, logger, logLines, options);
  }

  get adminUrl(): string {
    return `http://127.0.0.1:${String(this.controlPlane.adminPort)}`;
  }

  get dataPlaneAddress(): string {
    return `127.0.0.1:${String(this.controlPlane.dataPlanePort)}`;
  }

  /** `POST /oauth/token`, as it answers. */
  async postToken(
    form: Record<string, string> | URLSearchParams,
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    const response = await fetch(`${this.adminUrl}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams(form),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  /** Exchanges an identity token of these claims. */
  async exchange(
    claims: TokenClaims,
    extra: Record<string, string> = {},
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    const identityToken = await this.issuer.token(claims);
    this.secrets.add(identityToken);
    return this.postToken(exchangeForm(identityToken, extra));
  }

  /** A Sallyport token of somebody. */
  async tokenOf(
    user: string,
    groups: readonly string[] = [],
    extra: Record<string, string> = {},
  ): Promise<string> {
    const { status, body } = await this.exchange(
      { sub: user, preferred_username: user, groups: [...groups] },
      extra,
    );
    const token = body['access_token'];
    if (status !== 200 || typeof token !== 'string')
      throw new Error(`no token for ${user}: ${JSON.stringify(body)}`);
    this.secrets.add(token);
    return token;
  }

  async adminToken(): Promise<string> {
    this.#admin ??= await this.tokenOf('ada', [ADMIN_GROUP]);
    return this.#admin;
  }

  /** A client of the admin API, over JSON and HTTP/1.1. */
  admin<S extends DescService>(service: S, token: string): Client<S> {
    const transport = createConnectTransport({
      baseUrl: this.adminUrl,
      httpVersion: '1.1',
      interceptors: [
        (next) => (request) => {
          if (token !== '') request.header.set('authorization', `Bearer ${token}`);
          return next(request);
        },
      ],
    });
    return createClient(service, transport);
  }

  async as(token: string) {
    await Promise.resolve();
    return {
      access: this.admin(AccessService, token),
      resources: this.admin(ResourceService, token),
      reviews: this.admin(ReviewService, token),
      history: this.admin(SessionHistoryService, token),
      tokens: this.admin(TokenService, token),
    };
  }

  async asAdmin() {
    return this.as(await this.adminToken());
  }

  /** Applies a manifest that must be good. */
  async apply(manifest: string): Promise<void> {
    const { resources } = await this.asAdmin();
    const { problems } = await resources.apply({ manifest });
    if (problems.length > 0) throw new Error(JSON.stringify(problems));
  }

  async joinToken(kind: 'proxy' | 'recorder'): Promise<string> {
    const { access } = await this.asAdmin();
    const { joinToken } = await access.createJoinToken({ kind });
    this.secrets.add(joinToken);
    return joinToken;
  }

  /** A proxy that has joined. */
  async proxy(
    componentId = `proxy-${String((instances += 1))}`,
    options: Partial<ControlPlaneClientOptions> = {},
  ): Promise<ControlPlaneClient> {
    const client = await ControlPlaneClient.connect({
      ...(await this.componentOptions('proxy', componentId)),
      ...options,
    });
    this.#open.push(client);
    return client;
  }

  async recorder(componentId = `recorder-${String((instances += 1))}`): Promise<RecorderClient> {
    const client = await RecorderClient.connect(await this.componentOptions('recorder', componentId));
    this.#open.push(client);
    return client;
  }

  async componentOptions(kind: 'proxy' | 'recorder', componentId: string) {
    const token = new Secret(await this.joinToken(kind));
    return {
      address: this.dataPlaneAddress,
      componentId,
      stateDirectory: this.directory.join(componentId),
      join: { token, caFingerprint: this.controlPlane.caFingerprint },
      logger: this.logger,
    };
  }

  /** Stops the control plane only: its clients, issuer and files stay. */
  async stop(): Promise<void> {
    await this.controlPlane.stop(AbortSignal.abort());
  }

  /** Stops it and its clients, and what it did not get from another fixture. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#open.map((client) => client.close()));
    await this.stop();
    if (this.#options.issuer === undefined) await this.issuer[Symbol.asyncDispose]();
    if (this.#options.directory === undefined) this.directory.remove();
  }
}

export function exchangeForm(
  subjectToken: string,
  extra: Record<string, string> = {},
): Record<string, string> {
  return {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: subjectToken,
    subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
    ...extra,
  };
}

function captureInto(lines: string[]): Writable {
  return new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString('utf8'));
      done();
    },
  });
}

function bootstrapManifest(issuerUrl: string): string {
  return `
apiVersion: sallyport.dev/v1
kind: Issuer
metadata: { name: ${ISSUER_NAME} }
spec:
  url: ${issuerUrl}
  audience: sallyport
  deviceClientId: sallyport-cli
  algorithms: [ES256]
  kinds: [{ clientCredentials: true, kind: agent, groups: [agents] }]
---
apiVersion: sallyport.dev/v1
kind: Role
metadata: { name: administrators }
spec: { subjects: [{ group: ${ADMIN_GROUP} }], permissions: ['*'] }
`;
}
