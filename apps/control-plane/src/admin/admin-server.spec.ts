import { writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { describe, expect, it } from '@jest/globals';
import { createTestAuthority, temporaryDirectory } from '@sallyport/testing';
import { startAdminServer, type AdminServerOptions } from './admin-server.ts';

const options: AdminServerOptions = {
  host: '127.0.0.1',
  port: 0,
  rpc: (_request, response) => response.end('rpc'),
  tokenEndpoint: (_request, response) => Promise.resolve(void response.end('token')),
};

interface Answer {
  readonly body: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

function get(url: string, ca?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const start = url.startsWith('https:') ? httpsRequest : httpRequest;
    start(url, { agent: false, ...(ca === undefined ? {} : { ca }) }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => {
        resolve({ body, headers: response.headers });
      });
    })
      .once('error', reject)
      .end();
  });
}

describe('the admin server', () => {
  it('speaks TLS with the configured certificate, asks browsers to stay with it, and answers nothing in clear', async () => {
    using directory = temporaryDirectory('admin-tls');
    const authority = await createTestAuthority();
    const { certificatePem, privateKeyPem } = await authority.issue({
      commonName: 'admin',
      hosts: ['127.0.0.1'],
    });
    const tls = { certificateFile: directory.join('cert.pem'), privateKeyFile: directory.join('key.pem') };
    writeFileSync(tls.certificateFile, certificatePem);
    writeFileSync(tls.privateKeyFile, privateKeyPem);
    const server = await startAdminServer({ ...options, tls });
    const { body, headers } = await get(`https://127.0.0.1:${String(server.port)}/x`, authority.caPem);
    expect([body, headers['strict-transport-security']]).toEqual(['rpc', 'max-age=31536000']);
    await expect(get(`http://127.0.0.1:${String(server.port)}/x`)).rejects.toThrow();
    await server.stop(AbortSignal.abort());
  });

  it('sends the token endpoint its requests, whatever the query, and everything else to the API', async () => {
    const server = await startAdminServer(options);
    const url = `http://127.0.0.1:${String(server.port)}`;
    const bodies = await Promise.all(
      ['/oauth/token', '/oauth/token?x=1', '/oauth/tokens', '/'].map(
        async (path) => (await get(url + path)).body,
      ),
    );
    expect(bodies).toEqual(['token', 'token', 'rpc', 'rpc']);
    await server.stop(AbortSignal.abort());
  });

  it('lets a request that runs come to its end when it stops, and cuts it off at the deadline', async () => {
    const started = Promise.withResolvers<undefined>();
    const server = await startAdminServer({ ...options, rpc: () => started.resolve(undefined) });
    const hanging = get(`http://127.0.0.1:${String(server.port)}/`);
    const failure = expect(hanging).rejects.toThrow();
    await started.promise;
    const deadline = new AbortController();
    let stopped = false;
    const stop = server.stop(deadline.signal).then(() => {
      stopped = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(stopped).toBe(false);
    deadline.abort();
    await stop;
    await failure;
  });

  it('fails to start on a port that is taken', async () => {
    const server = await startAdminServer(options);
    await expect(startAdminServer({ ...options, port: server.port })).rejects.toThrow(/EADDRINUSE/);
    await server.stop(AbortSignal.abort());
  });
});
