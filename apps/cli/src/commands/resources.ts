import type { Command } from 'commander';
import { addCommand, collect } from '../command.ts';
import type { On } from '../invocation.ts';

export function addResourceCommands(program: Command, on: On): void {
  addCommand(program, 'apply', {
    summary: 'Create or change policies, targets, issuers and roles.',
    description:
      'Create or change policies, targets, issuers and roles from YAML. Everything is validated, and all of it is changed or nothing. Problems are named by file, line and column.',
    examples: [
      ['sallyport apply -f policies.yaml', 'a file of one or more documents'],
      ['sallyport apply -f policies.yaml -f targets.yaml --dry-run', 'validate, and say what would change'],
      ['generate-policies | sallyport apply -f -', 'from standard input'],
    ],
  })
    .requiredOption('-f, --file <file>', 'manifest, "-" for standard input; can be repeated', collect)
    .option('--dry-run', 'change nothing')
    .action(
      on(async (invocation) => (await import('../manifest/apply-manifests.ts')).applyManifests(invocation)),
    );

  addCommand(program, 'get <kind> [name]', {
    summary: 'Show objects: Policy, Target, Issuer, Role.',
    description:
      'Show objects: Policy, Target, Issuer, Role. One by its name as the manifest that made it, secrets left out; all of a kind as a list. "all" is every kind.',
    examples: [
      ['sallyport get Policy', 'list policies'],
      ['sallyport get Policy agents-on-production > policy.yaml', 'one, to edit and apply again'],
    ],
  }).action(
    on(async (invocation) => (await import('../manifest/get-resources.ts')).getResources(invocation)),
  );

  addCommand(program, 'delete <kind> <name>', {
    summary: 'Delete an object. Sessions that it allowed end.',
    examples: [['sallyport delete Target old-shop', 'sessions on it end within seconds']],
  }).action(
    on(async (invocation) => (await import('../manifest/delete-resource.ts')).deleteResource(invocation)),
  );
}
