import type { Argument } from '../words/argument.ts';
import type { Invocation, ProgramRule } from './invocation.ts';
import { readOptions } from './read-options.ts';

/** Settings that run nothing. Pagers, editors, aliases, filters, helpers and hooks do. */
const SETTINGS =
  /^(?:user\.(?:name|email)|color\.[\w.]+|core\.(?:quotepath|autocrlf|filemode|safecrlf)|advice\.\w+|safe\.directory|init\.defaultBranch|log\.\w+|diff\.(?:renames|noprefix|mnemonicPrefix)|pull\.(?:rebase|ff)|push\.default)=/i;

/** Commands that run nothing but git, with the options that are looked at below. Aliases cannot take their names. */
const PLAIN: ReadonlySet<string> = new Set(
  (
    'status log diff show rev-parse rev-list ls-files ls-tree cat-file describe blame shortlog branch tag remote ' +
    'stash add rm mv restore reset checkout switch merge-base cherry count-objects for-each-ref show-ref ' +
    'symbolic-ref name-rev whatchanged grep version init clone fetch pull push commit merge rebase revert ' +
    'cherry-pick config ls-remote archive reflog clean apply bundle worktree gc fsck prune repack pack-refs ' +
    'hash-object update-ref update-index read-tree write-tree diff-tree diff-index diff-files check-ignore ' +
    'upload-pack receive-pack upload-archive'
  ).split(' '),
);

const READ_ONLY: ReadonlySet<string> = new Set(
  'status log diff show rev-parse rev-list ls-files ls-tree cat-file describe blame shortlog merge-base count-objects for-each-ref show-ref name-rev version ls-remote check-ignore upload-pack'.split(
    ' ',
  ),
);

/** Options of commands that run programs, or name a transport that does. */
const DANGEROUS =
  /^(?:--(?:upload-p|receive-p|exec|ext-d|textc|open-f|paginate|pager|tool|extcmd|edit|interactive|template|config|reference-fs|strategy|file|filters|smudge|gpg|man|web|show-signature|verify-signatures|output)|-(?:[^-]*[cixOepS])|ext::|fd::|ssh:\/\/-|.*\bext::)/;

function openGit(invocation: Invocation): undefined {
  const { args } = invocation;
  const read = readOptions(args, {
    flags: 'pP',
    values: 'Cc',
    long: 'no-pager paginate bare no-replace-objects literal-pathspecs no-optional-locks no-advice',
    longValues: 'git-dir work-tree namespace',
  });
  if (!read.ok) {
    invocation.unknown('options of git that are not known');
    return undefined;
  }
  const isConfigured = read.options.some(
    ({ name, value }) =>
      (name === 'c' && (value === undefined || !SETTINGS.test(value))) ||
      name === 'p' ||
      name === 'paginate' ||
      name === 'git-dir',
  );
  if (isConfigured) invocation.unknown('settings of git that may run code');
  const verb = args[read.operands];
  if (verb === undefined) return undefined;
  const isPaged =
    invocation.hasTerminal && !read.options.some(({ name }) => name === 'P' || name === 'no-pager');
  if (isPaged) invocation.unknown('a pager that git starts on a terminal');
  openVerb(invocation, verb, args.slice(read.operands + 1));
  return undefined;
}

function openVerb(invocation: Invocation, verb: Argument, rest: readonly Argument[]): void {
  if (!verb.isConstant || !PLAIN.has(verb.text)) {
    invocation.unknown('a command of git that may run code');
    return;
  }
  if (!rest.every((arg) => isPlain(verb.text, arg)) || needsEditor(verb.text, rest)) {
    invocation.unknown(`options of git ${verb.text} that may run code`);
  }
}

function isPlain(verb: string, arg: Argument): boolean {
  if (!arg.isConstant && arg.mayBeOptions) return false;
  // -i of grep, -p of log and diff, -c and -S of many only change what is shown.
  const isShowing = READ_ONLY.has(verb) || verb === 'grep' || verb === 'branch';
  const text = isShowing ? arg.text.replace(/^-([cixepS]+)$/, '-') : arg.text;
  if (verb === 'checkout' && arg.text === '-c') return true;
  if (verb === 'clone' && /^-[^-]*u/.test(arg.text)) return false;
  return !DANGEROUS.test(text);
}

/** Writing settings can make any later command run code; committing without a message starts an editor. */
function needsEditor(verb: string, rest: readonly Argument[]): boolean {
  const texts = rest.map(({ text }) => text);
  switch (verb) {
    case 'config':
      return !texts.some((text) => /^(?:--get(?:-all|-regexp)?|--list|-l|get|list)$/.test(text));
    case 'commit':
    case 'revert':
    case 'merge':
      return !texts.some((text) =>
        /^(?:-[a-z]*m|--message|--message=.*|--no-edit|--abort|--quit)$/s.test(text),
      );
    case 'tag':
      return (
        texts.some((text) => /^-[asu]|^--(?:annotate|sign)/.test(text)) &&
        !texts.some((text) => /^-[a-z]*m$/.test(text))
      );
    case 'rebase':
    case 'cherry-pick':
      return texts.some((text) => /^(?:--continue|-e|--edit)$/.test(text));
    default:
      return false;
  }
}

function isReadOnlyGit(args: readonly Argument[]): boolean {
  const verb = args.find(({ text }) => !text.startsWith('-'));
  return args.every(({ isTold }) => isTold) && verb === args[0] && READ_ONLY.has(verb?.text ?? '');
}

export const GIT_RULES: ReadonlyMap<string, ProgramRule> = new Map<string, ProgramRule>([
  ['git', { open: openGit, isReadOnly: isReadOnlyGit }],
]);
