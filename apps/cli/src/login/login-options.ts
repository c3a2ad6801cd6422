import { createClient } from '@connectrpc/connect';
import { TokenService, type LoginOption } from '@sallyport/contracts/admin';
import { CliError } from '../cli-error.ts';
import { calling, createTransport } from '../client.ts';

/** The ways to log in that the control plane offers. */
export async function readLoginOptions(url: string): Promise<readonly LoginOption[]> {
  const client = createClient(TokenService, createTransport(url, undefined));
  const { options } = await calling(url, client.getLoginOptions({}));
  return options;
}

/** The option of this name, or the only one. */
export function pickLoginOption(options: readonly LoginOption[], name: string | undefined): LoginOption {
  const names = options.map((option) => option.name).join(', ');
  if (name !== undefined) {
    const named = options.find((option) => option.name === name || option.issuer === name);
    if (named !== undefined) return named;
    throw new CliError('usage', `There is no issuer "${name}".`, { next: `Known are: ${names}.` });
  }
  const [only, ...others] = options;
  if (only === undefined) {
    throw new CliError('failed', 'The control plane knows no issuer, so nobody can log in.', {
      next: 'An administrator has to apply an Issuer.',
    });
  }
  if (others.length === 0) return only;
  throw new CliError('usage', 'There are several issuers to log in at.', {
    next: `Say which with --issuer: ${names}.`,
  });
}
