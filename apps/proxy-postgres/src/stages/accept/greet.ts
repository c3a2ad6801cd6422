import {
  encodeAuthenticationOk,
  encodeBackendKeyData,
  encodeParameterStatus,
  encodeReadyForQuery,
} from '@sallyport/codec-postgres';
import type { CancelKey } from './cancel-registry.ts';

/** Settings of the connection to the target that are not the client's. */
const OWN_SETTINGS: ReadonlySet<string> = new Set(['application_name', 'session_authorization']);

/**
 * The end of the startup (protocol document, 55.2.1): the client is in, gets the
 * target's settings, and a cancel key that is Sallyport's.
 */
export function greet(
  parameters: ReadonlyMap<string, string>,
  applicationName: string,
  key: CancelKey,
): Buffer {
  const messages = [encodeAuthenticationOk()];
  for (const [name, value] of parameters)
    if (!OWN_SETTINGS.has(name)) messages.push(encodeParameterStatus(name, value));
  messages.push(
    encodeParameterStatus('application_name', applicationName),
    encodeBackendKeyData(key.processId, key.secretKey),
    encodeReadyForQuery('idle'),
  );
  return Buffer.concat(messages);
}
