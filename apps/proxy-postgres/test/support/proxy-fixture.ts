import { fromBinary } from '@bufbuild/protobuf';
import { EventSchema, type Event } from '@sallyport/contracts/event';
import { createLogger, createMetricsRegistry } from '@sallyport/service-kit';
import { Spool } from '@sallyport/session-events';
import {
  startPostgres,
  temporaryDirectory,
  type PostgresServer,
  type PostgresVersion,
} from '@sallyport/testing';
import type { SpoolPort } from '@sallyport/proxy-kit';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { Client, type ClientConfig } from 'pg';
import { configSchema } from '../../src/config.ts';
import { ProxyMetrics } from '../../src/proxy-metrics.ts';
import { ProxyServer } from '../../src/server.ts';
import { CancelRegistry } from '../../src/stages/accept/cancel-registry.ts';
import { CatalogStore } from '../../src/stages/classify/catalog-store.ts';
import { catalogReader } from '../../src/stages/classify/load-catalog.ts';
import { FakeControlPlane, tokenFor } from './fake-control-plane.ts';

export interface ProxyFixtureOptions {
  readonly version?: PostgresVersion;
  readonly schema: string;
  readonly policies: string;
  readonly config?: Record<string, unknown>;
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly settings?: Readonly<Record<string, string | number>>;
}

/** One psql run. */
export interface PsqlResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A real server, a proxy before it, and everything that the proxy recorded. */
export class ProxyFixture {
  readonly postgres: PostgresServer;
  readonly controlPlane: FakeControlPlane;
  readonly server: ProxyServer;
  readonly events: Event[] = [];
  readonly logs: string[] = [];
  readonly spool: RecordingSpool;
  readonly #cleanUps: (() => unknown)[];

  private constructor(
    postgres: PostgresServer,
    controlPlane: FakeControlPlane,
    server: ProxyServer,
    spool: RecordingSpool,
    events: Event[],
    logs: string[],
    cleanUps: (() => unknown)[],
  ) {
    this.postgres = postgres;
    this.controlPlane = controlPlane;
    this.server = server;
    this.spool = spool;
    this.events = events;
    this.logs = logs;
    this.#cleanUps = cleanUps;
  }

  static async start(options: ProxyFixtureOptions): Promise<ProxyFixture> {
    const postgres = await startPostgres({
      version: options.version ?? (process.env['SALLYPORT_TEST_POSTGRES'] === 'system' ? 'system' : 18),
      settings: options.settings ?? {},
    });
    await postgres.query(options.schema);
    const directory = temporaryDirectory('proxy');
    const controlPlane = new FakeControlPlane();
    controlPlane.apply(options.policies);
    controlPlane.targets.set('shop', {
      host: postgres.host,
      port: postgres.port,
      username: postgres.user,
      password: postgres.password,
      database: 'postgres',
    });
    const events: Event[] = [];
    const logs: string[] = [];
    const real = await Spool.open(directory.join('spool'));
    const spool = new RecordingSpool(real, events);
    const config = configSchema.parse({
      controlPlane: { stateDirectory: directory.path },
      spool: { directory: directory.join('spool') },
      listen: { host: '127.0.0.1', port: 0 },
      ...options.config,
    });
    const logger = createLogger({
      name: 'proxy-postgres',
      level: 'debug',
      stream: { write: (line) => logs.push(line) },
    });
    const catalogs = new CatalogStore({
      reader: catalogReader,
      pollMs: config.catalog.pollMs,
      lingerMs: config.catalog.lingerMs,
      queryTimeoutMs: 5000,
      maxAgeMs: config.catalog.maxAgeMs,
      now: () => Date.now(),
      onProblem: (error) => {
        logger.warn('catalog could not be read', { error });
      },
    });
    const server = new ProxyServer({
      config,
      controlPlane,
      spool,
      cancels: new CancelRegistry(),
      catalogs,
      catalogReader,
      maskingKey: randomBytes(32),
      secureContext: options.tls === undefined ? null : createSecureContext(options.tls),
      logger,
      metrics: new ProxyMetrics(createMetricsRegistry('proxy-postgres')),
    });
    await server.listen();
    const cleanUps = [
      () => server.stop(AbortSignal.abort()),
      () => {
        catalogs.close();
      },
      () => real.close(),
      () => postgres.stop(),
      () => {
        directory.remove();
      },
    ];
    return new ProxyFixture(postgres, controlPlane, server, spool, events, logs, cleanUps);
  }

  async stop(): Promise<void> {
    for (const cleanUp of this.#cleanUps) await cleanUp();
  }

  clientConfig(over: ClientConfig = {}): ClientConfig {
    return {
      host: '127.0.0.1',
      port: this.server.port,
      user: 'anybody',
      database: 'shop',
      password: tokenFor('ana', 'agents'),
      ...over,
    };
  }

  /** A connected `pg` client; the caller ends it. */
  async connect(over: ClientConfig = {}): Promise<Client> {
    const client = new Client(this.clientConfig(over));
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  /** Real psql, with a script on its standard input or `-c` commands. */
  psql(args: readonly string[], input = '', env: Record<string, string> = {}): Promise<PsqlResult> {
    return new Promise((resolve, reject) => {
      const child = spawn('psql', ['-X', '-A', '-t', '-q', ...args], {
        env: {
          ...process.env,
          // psql speaks the language of its locale, and Debian's complains of one that is not installed.
          LC_ALL: 'C.UTF-8',
          LANGUAGE: '',
          PGHOST: '127.0.0.1',
          PGPORT: String(this.server.port),
          PGUSER: 'anybody',
          PGDATABASE: 'shop',
          PGPASSWORD: tokenFor('ana', 'agents'),
          PGSSLMODE: 'disable',
          PGCONNECT_TIMEOUT: '10',
          ...env,
        },
      });
      let out = '';
      let err = '';
      child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
      child.on('error', reject);
      child.on('close', (code) => {
        resolve({ code: code ?? -1, out, err });
      });
      child.stdin.end(input);
    });
  }

  /** All recorded events as bytes of text, for looking whether something is in them anywhere. */
  recordedText(): string {
    return Buffer.concat(this.spool.records).toString('latin1');
  }
}

/** The real spool, with every event that it took kept for the test. */
export class RecordingSpool implements SpoolPort {
  readonly records: Buffer[] = [];
  readonly #spool: Spool;
  readonly #events: Event[];
  failWith: Error | null = null;
  /** Off: events go to the spool only, for measuring. */
  keep = true;

  constructor(spool: Spool, events: Event[]) {
    this.#spool = spool;
    this.#events = events;
  }

  append(...[sessionId, record, durability, done]: Parameters<SpoolPort['append']>): void {
    const failure = this.failWith;
    if (failure !== null) {
      setImmediate(() => {
        done(failure);
      });
      return;
    }
    if (!this.keep) {
      this.#spool.append(sessionId, record, durability, done);
      return;
    }
    const bytes = Buffer.concat(record);
    this.records.push(bytes);
    this.#events.push(fromBinary(EventSchema, bytes));
    this.#spool.append(sessionId, record, durability, done);
  }

  abandon(sessionId: string): void {
    this.#spool.abandon(sessionId);
  }
}
