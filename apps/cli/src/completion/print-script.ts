import { CliError } from '../cli-error.ts';
import type { Invocation } from '../invocation.ts';

/** Each asks `sallyport complete` with the words before the cursor and offers what it prints; else files. */
const SCRIPTS: ReadonlyMap<string, string> = new Map([
  [
    'bash',
    `_sallyport() {
  local IFS=$'\\n'
  COMPREPLY=($(compgen -W "$("\${COMP_WORDS[0]}" complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _sallyport sallyport
`,
  ],
  [
    'zsh',
    `#compdef sallyport
_sallyport() {
  local -a candidates
  candidates=(\${(f)"$("\${words[1]}" complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
  if (( \${#candidates} )); then
    compadd -a candidates
  else
    _files
  fi
}
compdef _sallyport sallyport
`,
  ],
  [
    'fish',
    `function __sallyport_complete
  set -l words (commandline -opc) (commandline -ct)
  $words[1] complete -- $words[2..-1] 2>/dev/null
end
complete -c sallyport -a '(__sallyport_complete)'
`,
  ],
]);

export async function printScript(invocation: Invocation): Promise<void> {
  const shell = invocation.argument(0);
  const script = SCRIPTS.get(shell);
  if (script === undefined)
    throw new CliError('usage', `There is no completion for "${shell}".`, {
      next: `Say ${[...SCRIPTS.keys()].join(', ')}.`,
    });
  await invocation.output.answer(
    () => ({ shell, script }),
    () => invocation.output.raw(script.trimEnd()),
  );
}
