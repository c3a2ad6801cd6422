import {
  decodeUserauthInfoResponse,
  encodeUserauthInfoRequest,
  UserauthNumber,
  type Prompt,
} from '@sallyport/codec-ssh';
import { AccessError } from '@sallyport/errors';
import type { DeviceLoginPort } from '../../session-services.ts';
import type { SshTransport } from '../../transport/ssh-transport.ts';

export interface AskOptions {
  readonly deviceLogin: DeviceLoginPort;
  readonly clientAddress: string;
  readonly targetName: string;
  readonly signal: AbortSignal;
  readonly onDeviceLogin: (expiresAt: Date) => void;
}

const TOKEN_PROMPT: Prompt = { prompt: 'Sallyport token (empty: log in with a browser): ', echo: false };

/**
 * Asks a person for a token (RFC 4256); one who has none is shown where to log
 * in, and the connection waits for it. @throws AccessError token_*, control_plane_unavailable
 */
export async function askForToken(transport: SshTransport, options: AskOptions): Promise<string> {
  const { signal } = options;
  const [typed = ''] = await ask(transport, '', [TOKEN_PROMPT], signal);
  const token = typed.trim();
  return token === '' ? logInWithBrowser(transport, options) : token;
}

async function logInWithBrowser(transport: SshTransport, options: AskOptions): Promise<string> {
  const { deviceLogin, clientAddress, targetName, signal, onDeviceLogin } = options;
  // Hanging up ends the login at the control plane too.
  const over = new AbortController();
  void transport.ended.then(() => {
    over.abort();
  });
  const login = await deviceLogin.beginDeviceLogin(
    { clientAddress, targetName },
    AbortSignal.any([signal, over.signal]),
  );
  const { verificationUrl, userCode, expiresAt } = login.prompt;
  onDeviceLogin(expiresAt);
  const instruction = `To log in, open ${printable(verificationUrl)} and check that it shows the code ${printable(userCode)}.`;
  await ask(
    transport,
    instruction,
    [{ prompt: 'Press Enter once you have logged in: ', echo: true }],
    signal,
  );
  return login.token;
}

async function ask(
  transport: SshTransport,
  instruction: string,
  prompts: readonly Prompt[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  transport.send(encodeUserauthInfoRequest({ name: 'Sallyport', instruction, prompts }));
  const payload = await transport.read(signal);
  if (payload[0] !== UserauthNumber.USERAUTH_INFO_RESPONSE) {
    throw new AccessError('protocol_violation', 'The client left a question unanswered.');
  }
  const { responses } = decodeUserauthInfoResponse(payload);
  if (responses.length !== prompts.length) {
    throw new AccessError(
      'protocol_violation',
      'The client gave another number of answers than there were questions.',
    );
  }
  return responses.map((response) => response.toString('utf8'));
}

function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '');
}
