import { randomBytes } from 'node:crypto';
import type { Configuration } from 'oidc-provider';
import { memoryAdapterFactory } from './memory-adapter.ts';
import type { OidcAgent, OidcPerson } from './people.ts';
import { signingKey } from './signing-key.ts';

export interface ProviderSettings {
  readonly people: readonly OidcPerson[];
  readonly agents: readonly OidcAgent[];
  readonly audience: string;
  readonly deviceClientId: string;
  readonly tokenTtlSeconds: number;
  readonly keyFile?: string;
}

const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';
const SCOPES = 'openid profile email groups offline_access';
/** Every access token is for this resource, asked for or not, so that all of them are JWTs. */
const RESOURCE = 'https://sallyport.example/';

/** Device flow for people, client credentials for agents, JWT access tokens with groups; no consent page. */
export function providerConfiguration(settings: ProviderSettings): Configuration {
  const { people, agents } = settings;
  const claimsOfPerson = ({ name, groups }: OidcPerson) => ({
    name,
    preferred_username: name,
    email: `${name}@example.com`,
    groups: [...groups],
  });
  return {
    adapter: memoryAdapterFactory(),
    jwks: { keys: [signingKey(settings.keyFile)] },
    cookies: { keys: [randomBytes(24).toString('base64url')] },
    clients: [deviceClient(settings.deviceClientId), ...agents.map(agentClient)],
    scopes: SCOPES.split(' '),
    claims: {
      openid: ['sub'],
      profile: ['name', 'preferred_username'],
      email: ['email'],
      groups: ['groups'],
    },
    conformIdTokenClaims: false,
    clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post'],
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    ttl: {
      AccessToken: settings.tokenTtlSeconds,
      ClientCredentials: settings.tokenTtlSeconds,
      IdToken: settings.tokenTtlSeconds,
      DeviceCode: 600,
      Grant: 86_400,
      Interaction: 600,
      Session: 3_600,
      RefreshToken: 86_400,
    },
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    features: {
      devInteractions: { enabled: false },
      deviceFlow: {
        enabled: true,
        userCodeInputSource: (context, form) =>
          show(context, 'Enter the code that your device shows', form, 'op.deviceInputForm'),
        userCodeConfirmSource: (context, form, _client, _info, code) =>
          show(context, `Does your device show ${code}?`, form, 'op.deviceConfirmForm'),
        successSource: (context) => show(context, 'Success: you are logged in and can close this page'),
      },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => RESOURCE,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: 'api',
          audience: settings.audience,
          accessTokenFormat: 'jwt',
          accessTokenTTL: settings.tokenTtlSeconds,
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
    findAccount: (_context, id) => {
      const person = people.find(({ name }) => name === id);
      return person && { accountId: id, claims: () => ({ sub: id, ...claimsOfPerson(person) }) };
    },
    extraTokenClaims: (_context, token) => {
      if (token.kind === 'AccessToken') {
        const person = people.find(({ name }) => name === token.accountId);
        return person && claimsOfPerson(person);
      }
      const agent = agents.find(({ clientId }) => clientId === token.clientId);
      return agent && { preferred_username: agent.clientId, groups: [...agent.groups] };
    },
    loadExistingGrant: async ({ oidc }) => {
      const { client, session } = oidc;
      if (client === undefined || session?.accountId === undefined) return undefined;
      const known = session.grantIdFor(client.clientId);
      const found = known === undefined ? undefined : await oidc.provider.Grant.find(known);
      if (found !== undefined) return found;
      const grant = new oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope(SCOPES);
      grant.addResourceScope(RESOURCE, 'api');
      await grant.save();
      return grant;
    },
  };
}

function show(context: { body: unknown }, title: string, form = '', formId = ''): void {
  const button = formId === '' ? '' : `<button type="submit" form="${formId}">Continue</button>`;
  context.body = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Sallyport demo login</title>
<style>body{font:16px system-ui;max-width:24rem;margin:4rem auto}</style><h1>${title}</h1>${form}${button}</html>`;
}

function deviceClient(clientId: string) {
  return {
    client_id: clientId,
    client_name: 'Sallyport command line',
    grant_types: [DEVICE_CODE, 'refresh_token'],
    redirect_uris: [],
    response_types: [],
    token_endpoint_auth_method: 'none' as const,
    id_token_signed_response_alg: 'ES256' as const,
  };
}

function agentClient({ clientId, clientSecret }: OidcAgent) {
  return {
    client_id: clientId,
    client_secret: clientSecret,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
    id_token_signed_response_alg: 'ES256' as const,
  };
}
