import 'reflect-metadata';
import { createPrivateKey, webcrypto, X509Certificate } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import {
  Pkcs10CertificateRequestGenerator,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import {
  ComponentKind,
  DeviceLoginService,
  JoinService,
  RecordingIndexService,
  SessionService,
  SshService,
} from '@sallyport/contracts/dataplane';
import { ControlPlaneClient } from '@sallyport/control-plane-client';
import { createGrpcClient, openGrpcChannel, Secret } from '@sallyport/service-kit';
import { connect } from 'node:tls';
import type { Fixture } from '../support/fixture.ts';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const SERVER_NAME = 'control-plane.sallyport.internal';

interface Identity {
  readonly certificateChainPem: string;
  readonly privateKeyPem: string;
}

async function newRequest(extensions: SubjectAlternativeNameExtension[] = []) {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: 'CN=anything',
    keys,
    signingAlgorithm: ALGORITHM,
    extensions,
  });
  const privateKeyPem = await exportPem(keys.privateKey);
  return { keys, privateKeyPem, der: new Uint8Array(request.rawData) };
}

async function exportPem(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
    .export({ format: 'pem', type: 'pkcs8' })
    .toString();
}

/** The chain that the data plane presents; its last is the CA. */
function presentedCa(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(
      { port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['h2'] },
      () => {
        const raw = socket.getPeerCertificate(true).issuerCertificate.raw;
        socket.destroy();
        resolve(new X509Certificate(raw).toString());
      },
    );
    socket.once('error', reject);
  });
}

export function joiningSuite(fixture: () => Fixture): void {
  async function channel(identity?: Identity) {
    const caPem = await presentedCa(fixture().controlPlane.dataPlanePort);
    return openGrpcChannel({
      address: fixture().dataPlaneAddress,
      tls: { caPem, serverName: SERVER_NAME, ...(identity === undefined ? {} : { identity }) },
    });
  }

  async function join(
    joinToken: string,
    componentId: string,
    kind: ComponentKind = ComponentKind.PROXY,
    certificateRequest?: Uint8Array,
    identity?: Identity,
  ) {
    const grpc = await channel(identity);
    try {
      const request = await newRequest();
      const client = createGrpcClient(JoinService, { channel: grpc, timeoutMs: 5_000 });
      const response = await client.join({
        kind,
        componentId,
        joinToken,
        certificateRequest: certificateRequest ?? request.der,
      });
      return { ...response, privateKeyPem: request.privateKeyPem };
    } finally {
      grpc.close();
    }
  }

  describe('joining', () => {
    it('trades a join token once: of twenty that try at the same time one gets in', async () => {
      const token = await fixture().joinToken('proxy');
      const outcomes = await Promise.allSettled(
        Array.from({ length: 20 }, (_, index) => join(token, `racer-${String(index)}`)),
      );
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      await expect(join(token, 'later')).rejects.toMatchObject({ code: 'token_invalid' });
    });

    it('refuses a token for another kind of component, a made-up one, and none', async () => {
      await expect(join(await fixture().joinToken('recorder'), 'p')).rejects.toMatchObject({
        code: 'token_invalid',
      });
      await expect(join('spj_made-up', 'p')).rejects.toMatchObject({ code: 'token_invalid' });
      await expect(join('', 'p')).rejects.toMatchObject({ code: 'token_missing' });
    });

    it('certifies what the control plane knows, not what the request says', async () => {
      const request = await newRequest([
        new SubjectAlternativeNameExtension([{ type: 'url', value: 'sallyport://recorder/other' }]),
      ]);
      const { certificateChainPem } = await join(
        await fixture().joinToken('proxy'),
        'modest',
        ComponentKind.PROXY,
        request.der,
      );
      const certificate = new X509Certificate(certificateChainPem);
      expect(certificate.subjectAltName).toBe('URI:sallyport://proxy/modest');
      expect(certificate.ca).toBe(false);
      expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    });

    it('refuses a request that is not signed by its own key, without using the token up', async () => {
      const token = await fixture().joinToken('proxy');
      const { der } = await newRequest();
      const forged = der.map((byte, index) => (index === der.length - 5 ? byte ^ 1 : byte));
      await expect(join(token, 'forger', ComponentKind.PROXY, forged)).rejects.toMatchObject({
        code: 'protocol_violation',
      });
      await expect(join(token, 'forger', ComponentKind.PROXY, Buffer.from('nonsense'))).rejects.toMatchObject(
        { code: 'protocol_violation' },
      );
      await expect(join(token, 'forger')).resolves.toBeDefined();
    });

    it.each(['', 'UPPER', 'a/b', 'a,URI:sallyport://recorder/x', 'x'.repeat(64)])(
      'refuses the id %j',
      async (id) => {
        await expect(join('spj_x', id)).rejects.toMatchObject({ code: 'protocol_violation' });
      },
    );

    it('does not give a proxy the id of a recorder', async () => {
      await join(await fixture().joinToken('recorder'), 'taken', ComponentKind.RECORDER);
      await expect(join(await fixture().joinToken('proxy'), 'taken')).rejects.toMatchObject({
        code: 'denied_by_rule',
      });
    });

    it('renews over the certificate of the same component only', async () => {
      const identity = await join(await fixture().joinToken('proxy'), 'renewer');
      await expect(join('', 'renewer', ComponentKind.PROXY, undefined, identity)).resolves.toBeDefined();
      await expect(join('', 'somebody-else', ComponentKind.PROXY, undefined, identity)).rejects.toMatchObject(
        { code: 'token_missing' },
      );
      await expect(join('', 'renewer', ComponentKind.RECORDER, undefined, identity)).rejects.toMatchObject({
        code: 'token_missing',
      });
    });
  });

  describe('the data plane', () => {
    const open = { protocol: 'postgres', targetName: 'shop', sessionPublicKey: new Uint8Array(32) };

    /** What only a door may ask: to be certified as one, and to log somebody in. */
    const forDoors = (grpc: Awaited<ReturnType<typeof channel>>) => [
      () =>
        createGrpcClient(SshService, { channel: grpc, timeoutMs: 5_000 }).certifyHostKey({
          publicKey: new Uint8Array(51),
        }),
      async () => {
        const client = createGrpcClient(DeviceLoginService, { channel: grpc, timeoutMs: 5_000 });
        for await (const step of client.logIn({ targetName: 'shop' })) return step;
        return undefined;
      },
    ];

    it('answers nothing but a join without a certificate', async () => {
      const grpc = await channel();
      await expect(
        createGrpcClient(SessionService, { channel: grpc, timeoutMs: 5_000 }).openSession(open),
      ).rejects.toMatchObject({ code: 'token_missing' });
      await expect(
        createGrpcClient(RecordingIndexService, { channel: grpc, timeoutMs: 5_000 }).listLostSessions({}),
      ).rejects.toMatchObject({ code: 'token_missing' });
      for (const call of forDoors(grpc))
        await expect(call()).rejects.toMatchObject({ code: 'token_missing' });
      grpc.close();
    });

    it('takes no certificate that its own CA did not sign, whatever it says', async () => {
      const { keys, privateKeyPem } = await newRequest();
      const own = await X509CertificateGenerator.createSelfSigned({
        name: 'CN=sallyport proxy',
        keys,
        signingAlgorithm: ALGORITHM,
        extensions: [
          new SubjectAlternativeNameExtension([{ type: 'url', value: 'sallyport://proxy/impostor' }]),
        ],
      });
      const grpc = await channel({ privateKeyPem, certificateChainPem: own.toString('pem') });
      await expect(
        createGrpcClient(SessionService, { channel: grpc, timeoutMs: 5_000 }).openSession(open),
      ).rejects.toMatchObject({ code: 'token_missing' });
      grpc.close();
    });

    it('lets a recorder open no session, and a proxy seal nothing', async () => {
      const recorder = await channel(
        await join(await fixture().joinToken('recorder'), 'r-kind', ComponentKind.RECORDER),
      );
      await expect(
        createGrpcClient(SessionService, { channel: recorder, timeoutMs: 5_000 }).openSession(open),
      ).rejects.toMatchObject({ code: 'denied_by_rule' });
      for (const call of forDoors(recorder))
        await expect(call()).rejects.toMatchObject({ code: 'denied_by_rule' });
      recorder.close();
      const proxy = await channel(await join(await fixture().joinToken('proxy'), 'p-kind'));
      const index = createGrpcClient(RecordingIndexService, { channel: proxy, timeoutMs: 5_000 });
      await expect(index.recordSeal({})).rejects.toMatchObject({ code: 'denied_by_rule' });
      await expect(index.certifyRecorder({ publicKey: new Uint8Array(32) })).rejects.toMatchObject({
        code: 'denied_by_rule',
      });
      await expect(index.indexEvents({})).rejects.toMatchObject({ code: 'denied_by_rule' });
      proxy.close();
    });

    it('is not joined by a client that pins another CA: nothing is sent', async () => {
      const options = await fixture().componentOptions('proxy', 'pinned');
      const wrong = { ...options, join: { token: new Secret('spj_secret'), caFingerprint: '00'.repeat(32) } };
      await expect(ControlPlaneClient.connect(wrong)).rejects.toMatchObject({
        code: 'control_plane_unavailable',
      });
    });
  });
}
