import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fetchJson, isDialable } from './fetch-json.ts';
import { isAllowedFetchUrl, isAllowedIssuerUrl } from './issuer-url.ts';

describe('which URLs of an issuer are fetched', () => {
  it.each([
    'https://idp.example',
    'https://idp.example:8443/realms/x',
    'http://127.0.0.1:9000',
    'http://localhost:9000',
    'http://[::1]:9000',
  ])('allows %s', (url) => {
    expect(isAllowedIssuerUrl(url)).toBe(true);
  });

  it.each([
    'http://idp.example',
    'http://127.0.0.1.example',
    'http://169.254.169.254',
    'http://0.0.0.0',
    'https://user@idp.example',
    'https://:pw@idp.example',
    'https://idp.example/#x',
    'https://idp.example/?next=http://x',
    'ftp://idp.example',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'idp.example',
    '',
  ])('refuses %s', (url) => {
    expect(isAllowedIssuerUrl(url)).toBe(false);
  });

  it('lets a key set have a query, which an issuer cannot have', () => {
    expect(isAllowedFetchUrl('https://idp.example/keys?p=b2c_1')).toBe(true);
  });
});

describe('which addresses a name may lead to', () => {
  it.each([
    '169.254.169.254',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    'fe80::1',
    '::',
    'ff02::1',
    'fd00:ec2::254',
    '::ffff:169.254.169.254',
  ])('never %s', (address) => {
    expect([isDialable(address, false), isDialable(address, true)]).toEqual([false, false]);
  });

  it.each(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'])(
    'loopback %s only where the URL says loopback',
    (address) => {
      expect([isDialable(address, false), isDialable(address, true)]).toEqual([false, true]);
    },
  );

  it.each(['93.184.216.34', '10.1.2.3', '2606:2800:220:1::1'])(
    '%s, since issuers live in private networks too',
    (address) => {
      expect([isDialable(address, false), isDialable(address, true)]).toEqual([true, false]);
    },
  );
});

describe('fetchJson', () => {
  let server: Server;
  let url: string;
  const seen: string[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      seen.push(request.url ?? '');
      if (request.url === '/redirect') response.writeHead(302, { location: '/json' }).end();
      else if (request.url === '/large') response.end(`"${'x'.repeat(10_000)}"`);
      else if (request.url === '/html') response.end('<html>');
      else if (request.url === '/slow') response.write('"');
      else response.end('{"ok":true}');
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    url = `http://localhost:${String((server.address() as AddressInfo).port)}`;
  });

  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it('gives the document', async () => {
    expect(await fetchJson(`${url}/json`)).toEqual({ ok: true });
  });

  it('follows no redirect', async () => {
    await expect(fetchJson(`${url}/redirect`)).rejects.toThrow(/status 302/);
    expect(seen.filter((path) => path === '/json')).toHaveLength(1);
  });

  it('takes only so much, only JSON, and waits only so long', async () => {
    await expect(fetchJson(`${url}/large`, { timeoutMs: 5_000, maxBytes: 1_000 })).rejects.toThrow(
      /too large/,
    );
    await expect(fetchJson(`${url}/html`)).rejects.toThrow();
    await expect(fetchJson(`${url}/slow`, { timeoutMs: 100, maxBytes: 1_000 })).rejects.toThrow();
  });

  it('dials nothing that the rules forbid', async () => {
    await expect(fetchJson('https://169.254.169.254/latest')).rejects.toThrow(/may not be fetched/);
    await expect(fetchJson('http://10.0.0.1/keys')).rejects.toThrow(/may not be fetched/);
  });
});
