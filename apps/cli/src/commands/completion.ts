import type { Command } from 'commander';
import { addCommand } from '../command.ts';
import type { On } from '../invocation.ts';

export function addCompletionCommand(program: Command, on: On): void {
  addCommand(program, 'completion <shell>', {
    summary: 'Print a completion script for bash, zsh or fish.',
    examples: [
      ['source <(sallyport completion bash)', 'in ~/.bashrc'],
      ['source <(sallyport completion zsh)', 'in ~/.zshrc, after compinit'],
      ['sallyport completion fish > ~/.config/fish/completions/sallyport.fish', 'for fish'],
    ],
  }).action(
    on(async (invocation) => (await import('../completion/print-script.ts')).printScript(invocation)),
  );

  // What the scripts ask: the words typed so far, the last one maybe empty.
  program
    .command('complete [words...]', { hidden: true })
    .action(
      on(async (invocation) =>
        (await import('../completion/print-candidates.ts')).printCandidates(invocation, program),
      ),
    );
}
