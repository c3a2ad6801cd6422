import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HoldService } from '@sallyport/contracts/dataplane';
import { createTestAuthority, type TestAuthority, type TestCertificate } from '@sallyport/testing';
import {
  addService,
  createGrpcClient,
  isUnreachable,
  openGrpcChannel,
  startGrpcServer,
  type GrpcChannelTls,
  type GrpcServer,
  type GrpcServerTls,
} from '../src/index.ts';

let authority: TestAuthority;
let foreign: TestAuthority;
let serverIdentity: TestCertificate;
let proxyIdentity: TestCertificate;
beforeAll(async () => {
  authority = await createTestAuthority();
  foreign = await createTestAuthority('Somebody else');
  serverIdentity = await authority.issue({ commonName: 'control-plane', hosts: ['127.0.0.1'] });
  proxyIdentity = await authority.issue({ commonName: 'proxy-postgres-0' });
});

const servers: GrpcServer[] = [];
afterAll(() => Promise.all(servers.map((server) => server.stop())));

/** Answers with the common name of the caller's certificate, or "nobody". */
async function serve(clientCertificate: GrpcServerTls['clientCertificate']) {
  const server = await startGrpcServer({
    host: '127.0.0.1',
    port: 0,
    tls: {
      certificateChainPem: serverIdentity.certificatePem,
      privateKeyPem: serverIdentity.privateKeyPem,
      clientCaPem: authority.caPem,
      clientCertificate,
    },
    register: (inner) => {
      addService(inner, HoldService, {
        createHold: (_request, { peerCertificate }) => ({
          hold: { holdId: String(peerCertificate?.subject.CN ?? 'nobody') },
        }),
        watchHold: async function* () {
          yield await Promise.resolve({});
        },
        claimApproval: () => ({}),
        withdrawHold: () => ({}),
      });
    },
  });
  servers.push(server);
  return async (tls: GrpcChannelTls) => {
    const channel = openGrpcChannel({ address: `127.0.0.1:${server.port}`, tls });
    try {
      return (await createGrpcClient(HoldService, { channel, timeoutMs: 3_000 }).createHold({})).hold?.holdId;
    } finally {
      channel.close();
    }
  };
}

const identityOf = ({ certificatePem, privateKeyPem }: TestCertificate) => ({
  certificateChainPem: certificatePem,
  privateKeyPem,
});
const failure = (call: Promise<unknown>) => call.then(() => 'answered', isUnreachable);

describe('gRPC over TLS', () => {
  it('tells the implementation who calls', async () => {
    for (const mode of ['required', 'optional'] as const) {
      const call = await serve(mode);
      expect(await call({ caPem: authority.caPem, identity: identityOf(proxyIdentity) })).toBe(
        'proxy-postgres-0',
      );
    }
  });

  it('lets a caller without a certificate in as nobody, and only where that is allowed', async () => {
    const optional = await serve('optional');
    expect(await optional({ caPem: authority.caPem })).toBe('nobody');
    const required = await serve('required');
    expect(await failure(required({ caPem: authority.caPem }))).toBe(true);
  });

  it('takes a certificate of another authority, or one that is no longer valid, for nobody', async () => {
    const expired = await authority.issue({
      commonName: 'proxy-postgres-0',
      notBefore: new Date(Date.now() - 7_200_000),
      notAfter: new Date(Date.now() - 3_600_000),
    });
    const imposter = await foreign.issue({ commonName: 'proxy-postgres-0' });
    const optional = await serve('optional');
    const required = await serve('required');
    for (const identity of [identityOf(expired), identityOf(imposter)]) {
      expect(await optional({ caPem: authority.caPem, identity })).toBe('nobody');
      expect(await failure(required({ caPem: authority.caPem, identity }))).toBe(true);
    }
  });

  it('does not talk to a server of another authority, or with another name', async () => {
    const call = await serve('optional');
    expect(await failure(call({ caPem: foreign.caPem }))).toBe(true);
    expect(await failure(call({ caPem: authority.caPem, serverName: 'other.example' }))).toBe(true);
  });
});
