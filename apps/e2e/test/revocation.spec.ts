import { afterAll, describe, expect, it } from '@jest/globals';
import { eventually, logInAsAgent } from '@sallyport/testing';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from 'pg';
import { call } from './reviewer.ts';
import { connect, psql, stack } from './stack.ts';

const POLICY = `
apiVersion: sallyport.dev/v1
kind: Policy
metadata: { name: e2e-freeze }
spec:
  subjects: [{ group: agents }]
  targets: { matchLabels: { app: shop } }
  rules:
    - name: freeze
      deny: { actions: ['sql.*'], objects: ['public.orders'], message: Orders are frozen }
`;

const deletePolicy = () =>
  call('DeleteResource', { kind: 'Policy', name: 'e2e-freeze' }, 'ada', 'ResourceService');
afterAll(deletePolicy);

/** When the server ends the session, and with what. */
function endOf(client: Client): Promise<{ atMs: number; code: string | undefined }> {
  return new Promise((resolve) =>
    client.on('error', (error: Error & { code?: string }) => resolve({ atMs: Date.now(), code: error.code })),
  );
}

const countOrders = (client: Client) =>
  client.query('SELECT count(*) FROM orders').then(
    () => 'answered',
    (error: unknown) => String(error),
  );

describe('a live session', () => {
  it('feels a new policy within two seconds, and its end', async () => {
    const client = await connect();
    expect(await countOrders(client)).toBe('answered');
    await call('Apply', { manifest: POLICY }, 'ada', 'ResourceService');
    await eventually('the freeze', async () => (await countOrders(client)).includes('Orders are frozen'), {
      timeoutMs: 2_000,
    });
    await deletePolicy();
    await eventually('the thaw', async () => (await countOrders(client)) === 'answered', {
      timeoutMs: 2_000,
    });
    await client.end();
  });

  it('ends with its token', async () => {
    const client = await connect('shop-agent', { password: await tokenOf(3) });
    const ended = endOf(client);
    expect(await countOrders(client)).toBe('answered');
    const startedMs = Date.now();
    expect((await ended).code).toBe('28P01');
    expect((await ended).atMs - startedMs).toBeLessThan(3_000 + 2_000);
  });

  it('ends when its token is revoked, also while a statement of it is held', async () => {
    const token = await tokenOf(600);
    const client = await connect('shop-agent', { password: token });
    const ended = endOf(client);
    const held = client
      .query("DELETE FROM orders WHERE item = 'revoked meanwhile'")
      .catch((error: unknown) => error);
    const { holdId } = await eventually('the hold', async () => {
      const { holds = [] } = (await call('ListHolds', {}, 'ada')) as { holds?: readonly Hold[] };
      return holds.find(({ statement }) => statement.text.includes('revoked meanwhile'))?.state;
    });
    const own = (await callWith(token, 'WhoAmI')) as { token: { tokenId: string } };
    const startedMs = Date.now();
    await call('RevokeToken', { tokenId: own.token.tokenId }, 'ada', 'TokenService');
    expect((await ended).atMs - startedMs).toBeLessThan(2_000);
    expect(await held).toBeInstanceOf(Error);
    await eventually('the hold is not waiting any more', async () => {
      const { hold } = (await call('GetHold', { holdId }, 'ada')) as { hold: Hold };
      return hold.state.status !== 'HOLD_STATUS_WAITING';
    });
    expect((await psql('shop-agent', 'shop', 'SELECT 1')).code).toBe(0);
  });
});

interface Hold {
  readonly state: { readonly holdId: string; readonly status: string };
  readonly statement: { readonly text: string };
}

/** A token of the agent's own that lives for so many seconds. */
async function tokenOf(seconds: number): Promise<string> {
  const clientSecret = readFileSync(join(stack.stateDir, 'secrets', 'shop-agent-client'), 'utf8');
  const agent = { clientId: 'shop-agent', clientSecret, groups: [] };
  const { accessToken } = await logInAsAgent(stack.endpoints['identityProvider'] ?? '', agent);
  const response = await fetch(`${stack.endpoints['controlPlane'] ?? ''}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: accessToken,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      requested_lifetime: `${seconds}`,
    }),
  });
  const { access_token: token } = (await response.json()) as { access_token: string };
  return token;
}

async function callWith(token: string, method: string): Promise<unknown> {
  const response = await fetch(
    `${stack.endpoints['controlPlane'] ?? ''}/sallyport.admin.v1.TokenService/${method}`,
    {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: '{}',
    },
  );
  return response.json();
}
