import type { TargetAccess } from '@sallyport/contracts/admin';
import { CliError } from '../cli-error.ts';

/** Protocols as people call them. */
const PROTOCOLS: Readonly<Record<string, string>> = { postgres: 'a PostgreSQL', ssh: 'an SSH' };

/** The target of that name that the caller can reach by that protocol. @throws CliError */
export function findTarget(
  targets: readonly TargetAccess[],
  name: string,
  protocol: 'postgres' | 'ssh',
): TargetAccess {
  const access = targets.find(({ target }) => target?.name === name);
  // Said the same way for a target that does not exist and for one that policy does not open.
  if (access === undefined)
    throw new CliError('notFound', `The target "${name}" is not available to you.`, {
      next: 'List what you can reach with "sallyport targets".',
    });
  const spoken = access.target?.protocol ?? '';
  if (spoken !== protocol)
    throw new CliError(
      'usage',
      `"${name}" is not ${PROTOCOLS[protocol] ?? 'such a'} target; it speaks ${spoken}.`,
    );
  return access;
}

/** Says that the control plane has not been told where callers reach its proxies. */
export function noEndpoint(name: string, protocol: string): CliError {
  return new CliError('failed', `The control plane does not say where "${name}" is reached.`, {
    next: `An administrator has to set its endpoint for ${protocol}.`,
  });
}
