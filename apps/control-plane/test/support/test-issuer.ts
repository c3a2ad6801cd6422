import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';

export interface TokenClaims extends JWTPayload {
  readonly groups?: readonly string[];
}

/** An OIDC issuer of which a test decides everything: its keys, its tokens, and whether it answers. */
export class TestIssuer implements AsyncDisposable {
  readonly url: string;
  /** Requests for the discovery document and the key set. */
  requests = 0;
  reachable = true;
  readonly #server: Server;
  #keyId = 0;
  #keys = generateKeyPair('ES256');

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  }

  static async start(): Promise<TestIssuer> {
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const issuer = new TestIssuer(server);
    server.on('request', (request, response) => {
      issuer.requests += 1;
      if (!issuer.reachable) {
        response.destroy();
        return;
      }
      void issuer
        .#answer(request.url ?? '')
        .then((body) => response.setHeader('content-type', 'application/json').end(JSON.stringify(body)));
    });
    return issuer;
  }

  /** From now on tokens are signed with another key, and only that one is published. */
  rotateKey(): void {
    this.#keyId += 1;
    this.#keys = generateKeyPair('ES256');
  }

  /** A token as this issuer makes them: for "sallyport", valid for five minutes, unless the claims say otherwise. */
  async token(claims: TokenClaims, header: Record<string, unknown> = {}): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const payload = { iss: this.url, aud: 'sallyport', iat: now, exp: now + 300, ...claims };
    const { privateKey } = await this.#keys;
    return new SignJWT(payload)
      .setProtectedHeader({ alg: 'ES256', kid: this.#kid(), ...header })
      .sign(privateKey);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise((resolve) => {
      this.#server.close(resolve);
      this.#server.closeAllConnections();
    });
  }

  async #answer(path: string): Promise<unknown> {
    if (path === '/.well-known/openid-configuration')
      return { issuer: this.url, jwks_uri: `${this.url}/jwks` };
    const { publicKey } = await this.#keys;
    return { keys: [{ ...(await exportJWK(publicKey)), kid: this.#kid(), alg: 'ES256', use: 'sig' }] };
  }

  #kid(): string {
    return `key-${String(this.#keyId)}`;
  }
}
