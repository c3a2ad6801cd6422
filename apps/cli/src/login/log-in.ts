import type { JsonValue } from '@bufbuild/protobuf';
import { CliError } from '../cli-error.ts';
import { createAdminApi } from '../client.ts';
import type { Settings } from '../connection/settings.ts';
import type { Invocation } from '../invocation.ts';
import { formatDate } from '../output/describe-time.ts';
import {
  clientIdentity,
  deviceIdentity,
  fileIdentity,
  type DevicePrompt,
  type Identity,
} from './identity.ts';
import { exchangeToken, NOT_NARROWED } from './exchange-token.ts';
import { pickLoginOption, readLoginOptions } from './login-options.ts';
import { resolve } from 'node:path';

/** Logs in, exchanges what the identity provider gave for a token, and stores it. */
export async function logIn(invocation: Invocation): Promise<void> {
  const { world, output } = invocation;
  const settings = await invocation.settings();
  const { url, store } = settings;
  const identity = await identify(invocation, settings);
  const issued = await exchangeToken(url, identity.subject, NOT_NARROWED, world.now());
  const api = createAdminApi(url, issued.token);
  const { principal } = await api.call(api.tokens.whoAmI({}));
  const name = principal?.name ?? '';
  const expiresAt = issued.expiresAt.toISOString();
  await store.locked(world, () =>
    store.put(url, { token: issued.token, expiresAt, principal: name, source: identity.source }),
  );
  if (settings.token.kind === 'given') {
    output.say(`Note: ${settings.token.from} is set, and is used instead of this login.`);
  }
  await output.answer(
    (): JsonValue => ({ url, principal: name, principalId: principal?.id ?? '', expiresAt }),
    () =>
      output.line(
        'Logged in to ',
        url,
        ' as ',
        { text: name, style: 'bold' },
        `, until ${formatDate(issued.expiresAt)}.`,
      ),
  );
}

async function identify(invocation: Invocation, { url }: Settings): Promise<Identity> {
  const file = invocation.text('identityTokenFile');
  if (file !== undefined) return fileIdentity({ kind: 'identity-token-file', file: resolve(file) });
  const clientId = invocation.text('clientId');
  const clientSecretFile = invocation.text('clientSecretFile');
  if ((clientId === undefined) !== (clientSecretFile === undefined)) {
    throw new CliError('usage', '--client-id and --client-secret-file belong together.');
  }
  const options = await readLoginOptions(url);
  if (clientId !== undefined && clientSecretFile !== undefined) {
    const { issuer, audience } = pickLoginOption(options, invocation.text('issuer'));
    const scope = invocation.text('scope') ?? '';
    return clientIdentity({
      kind: 'client-credentials',
      issuer,
      clientId,
      clientSecretFile: resolve(clientSecretFile),
      audience,
      scope,
    });
  }
  const people = options.filter((option) => option.deviceClientId !== '');
  const option = pickLoginOption(people.length === 0 ? options : people, invocation.text('issuer'));
  if (option.deviceClientId === '') {
    throw new CliError('failed', `People cannot log in at "${option.name}" from here.`, {
      next: 'Use --client-id and --client-secret-file, or --identity-token-file.',
    });
  }
  const { issuer, deviceClientId, audience, scopes } = option;
  const device = { issuer, clientId: deviceClientId, audience, scopes };
  return deviceIdentity(device, (prompt) => showPrompt(invocation, prompt), invocation.world.interrupted);
}

/** On standard error, so that it is seen when the answer goes elsewhere. */
function showPrompt({ output }: Invocation, { url, code, completeUrl }: DevicePrompt): void {
  output.say('Open ', { text: completeUrl ?? url, style: 'cyan' });
  output.say(completeUrl === undefined ? 'and enter the code ' : 'and confirm the code ', {
    text: code,
    style: 'bold',
  });
  output.say('Waiting for you to do that. Ctrl-C ends it.');
}
