import type { JsonObject } from '@bufbuild/protobuf';
import type { SessionSetup } from '../../channels/session-setup.ts';

/** What a channel was set up with, for conditions and for the replay. */
export function setupFields({ pty, variables }: SessionSetup): JsonObject {
  const names = variables.map(({ name }) => name);
  return {
    tty: pty !== null,
    ...(pty === null ? {} : { term: pty.terminal, columns: pty.size.columns, rows: pty.size.rows }),
    ...(names.length === 0 ? {} : { variables: names }),
  };
}

/** What an approval is bound to beside the text. */
export function setupContext({ pty, variables }: SessionSetup): string[] {
  return [
    pty === null ? 'no-tty' : 'tty',
    ...variables.map(({ name, value }) => `${name}=${value.toString('latin1')}`),
  ];
}
