import type { Command } from 'commander';
import { addCommand, collect } from '../command.ts';
import type { On } from '../invocation.ts';

export function addSshCommands(program: Command, on: On): void {
  addCommand(program, 'ssh <target> [arguments...]', {
    summary: 'Run ssh on a target.',
    description:
      'Run ssh on a target, which is TARGET or LOGIN@TARGET. Gets a certificate where there is none that is good, and has ssh trust the doors of this control plane and nobody else; ends as ssh ends. Options and commands for ssh go behind "--".',
    examples: [
      ['sallyport ssh web', 'a shell'],
      ['sallyport ssh deploy@web -- systemctl status shop', 'one command, as another account'],
      ['sallyport ssh web -- -L 8080:localhost:80 -N', 'options of ssh'],
    ],
  }).action(on(async (invocation) => (await import('../ssh/run-ssh.ts')).runSsh(invocation)));

  addCommand(program, 'scp [arguments...]', {
    summary: 'Run scp with targets as hosts.',
    examples: [
      ['sallyport scp report.csv web:/srv/reports/', 'to a target'],
      ['sallyport scp -- -r deploy@web:/var/log/shop .', 'options of scp go behind "--"'],
    ],
  }).action(on(async (invocation) => (await import('../ssh/run-copy.ts')).runCopy(invocation, 'scp')));

  addCommand(program, 'sftp [arguments...]', {
    summary: 'Run sftp with targets as hosts.',
    examples: [
      ['sallyport sftp web', 'interactively'],
      ['sallyport sftp -- -b batch.txt deploy@web', 'options of sftp go behind "--"'],
    ],
  }).action(on(async (invocation) => (await import('../ssh/run-copy.ts')).runCopy(invocation, 'sftp')));

  addCommand(program, 'ssh-config', {
    summary: 'Make targets hosts of your own ssh: for scp, rsync, git, Ansible and IDEs.',
    description:
      'Make targets hosts of your own ssh: for scp, rsync, git, Ansible and IDEs. Prints a configuration; with --write, stores it and has ~/.ssh/config include it. "ssh web" acts as the target\'s default account, "ssh root+web" as another one. The certificate renews by itself, as long as the login does.',
    examples: [
      ['sallyport ssh-config --write', 'once, and again when targets are added'],
      ['sallyport ssh-config > sallyport.conf', 'for "ssh -F sallyport.conf"'],
    ],
  })
    .option('--write', 'store it, and include it in ~/.ssh/config')
    .action(
      on(async (invocation) => (await import('../ssh/write-ssh-config.ts')).writeSshConfig(invocation)),
    );

  addCertificateCommands(program, on);
}

function addCertificateCommands(program: Command, on: On): void {
  addCommand(program, 'ssh-cert', {
    summary: 'Get an SSH certificate.',
    description:
      'Get an SSH certificate. It stands for your token: it reaches what the token reaches, ends no later, and dies with it. Without --public-key it is for a key that is made and kept here, in the directory of logins; shows the files.',
    examples: [
      ['sallyport ssh-cert', 'a new one, in files for ssh'],
      ['sallyport ssh-cert --ensure', 'only if there is none that is good; what ssh-config has ssh run'],
      [
        'sallyport ssh-cert --public-key ~/.ssh/id_ed25519_sk.pub > ~/.ssh/id_ed25519_sk-cert.pub',
        'for a security key of your own',
      ],
      ['sallyport ssh-cert --ttl 15m --source-address 192.0.2.0/24', 'for less'],
    ],
  })
    .option('--ensure', 'do nothing if there is one that is good for a minute at least')
    .option('--public-key <file>', 'certify this key, and print the certificate')
    .option('--ttl <duration>', 'how long it lives, such as 15m; no longer than the token')
    .option('--source-address <network>', 'it works from there only; can be repeated', collect)
    .action(
      on(async (invocation) => (await import('../ssh/issue-certificate.ts')).issueCertificate(invocation)),
    );

  addAuthorityCommands(program, on);
}

function addAuthorityCommands(program: Command, on: On): void {
  const authorities = addCommand(program, 'ssh-ca', { summary: 'The CAs for SSH.', examples: [] });

  addCommand(authorities, 'list [authority]', {
    summary: 'List the keys of the CAs for SSH.',
    description:
      'List the keys of the CAs for SSH: user (signs certificates of callers), host (host keys of doors) and upstream (sessions on targets with "credential: { certificate: {} }"). Those of one CA are printed as sshd and ssh take them.',
    examples: [
      ['sallyport ssh-ca list', 'all of them'],
      ['sallyport ssh-ca list upstream > sallyport_ca.pub', "for TrustedUserCAKeys in a host's sshd_config"],
    ],
  }).action(on(async (invocation) => (await import('../ssh/authorities.ts')).listAuthorities(invocation)));

  addCommand(authorities, 'rotate <authority>', {
    summary: 'Give a CA for SSH a new key: trusted at once, signing later.',
    description:
      'Give a CA for SSH a new key: trusted at once, signing later. In a day, all doors and callers know it; hosts that trust the CA "upstream" have to be told. The old key stays trusted until it is retired.',
    examples: [
      ['sallyport ssh-ca rotate user', 'signs from tomorrow'],
      ['sallyport ssh-ca rotate upstream --after 14d', 'time to tell all hosts'],
      [
        'sallyport ssh-ca rotate user --after now',
        'where the old key may be known to others; then retire it',
      ],
    ],
  })
    .option('--after <duration>', 'when it begins to sign; "now" for at once', '24h')
    .action(on(async (invocation) => (await import('../ssh/authorities.ts')).rotateAuthority(invocation)));

  addCommand(authorities, 'retire <authority>', {
    summary: 'End the trust in keys of a CA for SSH that were replaced.',
    examples: [['sallyport ssh-ca retire user', 'certificates that they signed open nothing any more']],
  }).action(on(async (invocation) => (await import('../ssh/authorities.ts')).retireAuthority(invocation)));
}
