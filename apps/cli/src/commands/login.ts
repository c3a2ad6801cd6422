import type { Command } from 'commander';
import { addCommand } from '../command.ts';
import type { On } from '../invocation.ts';

export function addLoginCommands(program: Command, on: On): void {
  addCommand(program, 'login', {
    summary: 'Log in, and keep the token for the commands to come.',
    description:
      'Log in, and keep the token for the commands to come. A person confirms a code in a browser; a program gives its client credentials or an identity token that it has. The token is stored readable by its owner only, and renewed without a person while the identity provider allows it.',
    examples: [
      ['sallyport login', 'as a person, in the browser'],
      ['sallyport login --url https://sallyport.example.com', 'at another control plane'],
      ['sallyport login --client-id nightly --client-secret-file /run/secrets/nightly', 'as a program'],
      [
        'sallyport login --identity-token-file /var/run/secrets/tokens/sallyport',
        'with a JWT, such as a Kubernetes service account token',
      ],
    ],
  })
    .option('--issuer <name>', 'which identity provider, where there are several')
    .option('--client-id <id>', 'log in as this client, with its secret')
    .option('--client-secret-file <file>', "file with the client's secret")
    .option('--scope <scopes>', 'scopes to ask for with client credentials', '')
    .option('--identity-token-file <file>', 'file with a JWT of a trusted issuer')
    .action(on(async (invocation) => (await import('../login/log-in.ts')).logIn(invocation)));

  addCommand(program, 'logout', {
    summary: 'Revoke the stored token and forget the login.',
    examples: [['sallyport logout', 'at the current control plane']],
  }).action(on(async (invocation) => (await import('../login/log-out.ts')).logOut(invocation)));

  addCommand(program, 'whoami', {
    summary: 'Show who you are, with which token, and what you may administer.',
    examples: [
      ['sallyport whoami', 'show it'],
      ['sallyport whoami --output json | jq -r .principal.id', 'your principal id, as locks need it'],
    ],
  }).action(on(async (invocation) => (await import('../login/who-am-i.ts')).whoAmI(invocation)));
}
