/** How the far end of a copy is started: `scp -t PATH` takes files, `scp -f PATH` gives them. */
export interface ScpCommand {
  readonly role: 'sink' | 'source';
  readonly recursive: boolean;
  /** Times and modes come along. */
  readonly preserve: boolean;
  /** The path of a sink must be a directory. */
  readonly targetIsDirectory: boolean;
  /** One for a sink. */
  readonly paths: readonly string[];
}

/**
 * Reads the words of a remote scp command, the program's name first. Null for
 * everything else, a local copy or options that the far end is not started
 * with among them: what is not understood is no copy.
 */
export function parseScpCommand(argv: readonly string[]): ScpCommand | null {
  const [program, ...words] = argv;
  if (program?.split('/').at(-1) !== 'scp') return null;
  const flags = new Set<string>();
  let at = 0;
  for (; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--') {
      at += 1;
      break;
    }
    if (!word.startsWith('-') || word === '-') break;
    if (!/^-[tfrpdvq]+$/.test(word)) return null;
    for (const flag of word.slice(1)) flags.add(flag);
  }
  const paths = words.slice(at);
  const isSink = flags.has('t');
  if (isSink === flags.has('f') || paths.length === 0 || (isSink && paths.length > 1)) return null;
  return {
    role: isSink ? 'sink' : 'source',
    recursive: flags.has('r'),
    preserve: flags.has('p'),
    targetIsDirectory: flags.has('d'),
    paths,
  };
}
