import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import {
  DecisionService,
  DeviceLoginService,
  HoldService,
  SessionService,
  SshService,
  WatchOrdersResponseSchema,
  type CertifyHostKeyResponseSchema,
  type LogInResponseSchema,
  type OpenSessionRequest,
  type OpenSessionResponseSchema,
  type WatchOrdersRequest,
  type WatchOrdersResponse,
} from '@sallyport/contracts/dataplane';
import {
  addService,
  startGrpcServer,
  type GrpcServer,
  type ServiceImplementation,
} from '@sallyport/service-kit';
import { createTestAuthority, type TestAuthority } from '@sallyport/testing';

export interface FakeBehaviour {
  openSession(): Promise<MessageInitShape<typeof OpenSessionResponseSchema>>;
  decide(): Promise<object>;
  watchHold(): AsyncIterable<object>;
  logIn(signal: AbortSignal): AsyncIterable<MessageInitShape<typeof LogInResponseSchema>>;
  certifyHostKey(): Promise<MessageInitShape<typeof CertifyHostKeyResponseSchema>>;
}

/** A data plane that does what a test says, behind the same mTLS. */
export class FakeControlPlane {
  readonly authority: TestAuthority;
  readonly watches: WatchOrdersRequest[] = [];
  readonly opens: OpenSessionRequest[] = [];
  behaviour: Partial<FakeBehaviour> = {};
  /** Orders that every new stream begins with. */
  orders: WatchOrdersResponse[] = [tick()];
  #server: GrpcServer | undefined;

  constructor(authority: TestAuthority) {
    this.authority = authority;
  }

  static async create(): Promise<FakeControlPlane> {
    return new FakeControlPlane(await createTestAuthority());
  }

  get port(): number {
    return this.#server?.port ?? 0;
  }

  async start(port = 0): Promise<void> {
    const issued = await this.authority.issue({
      commonName: 'control plane',
      hosts: ['control-plane.sallyport.internal'],
    });
    this.#server = await startGrpcServer({
      host: '127.0.0.1',
      port,
      tls: {
        certificateChainPem: issued.certificatePem,
        privateKeyPem: issued.privateKeyPem,
        clientCaPem: this.authority.caPem,
        clientCertificate: 'optional',
      },
      register: (server) => {
        addService(server, SessionService, this.#sessionService());
        addService(server, DecisionService, { decide: () => this.behaviour.decide?.() ?? {} });
        addService(server, HoldService, {
          createHold: () => ({}),
          claimApproval: () => ({}),
          withdrawHold: () => ({}),
          watchHold: () => this.behaviour.watchHold?.() ?? empty(),
        });
        addService(server, DeviceLoginService, {
          logIn: (_request, { signal }) => this.behaviour.logIn?.(signal) ?? empty(),
        });
        addService(server, SshService, { certifyHostKey: () => this.behaviour.certifyHostKey?.() ?? {} });
      },
    });
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }

  #sessionService(): ServiceImplementation<typeof SessionService> {
    return {
      openSession: (request) => {
        this.opens.push(request);
        return this.behaviour.openSession?.() ?? {};
      },
      closeSession: () => ({}),
      watchOrders: (request, { signal }) => this.#watch(request, signal),
    };
  }

  async *#watch(request: WatchOrdersRequest, signal: AbortSignal): AsyncGenerator<WatchOrdersResponse> {
    this.watches.push(request);
    yield* this.orders;
    await new Promise((resolve) => {
      signal.addEventListener('abort', resolve, { once: true });
    });
  }
}

export function tick(asOfMs = Date.now()): WatchOrdersResponse {
  return create(WatchOrdersResponseSchema, {
    order: { case: 'tick', value: { asOf: timestampFromMs(asOfMs) } },
  });
}

async function* empty(): AsyncGenerator<object> {
  await Promise.resolve();
}
