/** How `sallyport` ends, for scripts. Stable; docs/reference/cli.md and --help list the same. */
export const EXIT_CODES = {
  ok: 0,
  failed: 1,
  usage: 2,
  notAuthenticated: 3,
  denied: 4,
  unreachable: 5,
  notFound: 6,
  interrupted: 130,
} as const;

export type ExitName = keyof typeof EXIT_CODES;

export const EXIT_MEANINGS: Readonly<Record<ExitName, string>> = {
  ok: 'it is done, or the finding is good',
  failed: 'it failed, or the finding is bad: a recording that is not whole, a manifest with problems',
  usage: 'the command line is wrong',
  notAuthenticated: 'there is no token, or it is not valid any more',
  denied: 'the token is good, and this is not allowed with it',
  unreachable: 'the control plane, or the identity provider, does not answer',
  notFound: 'there is nothing of this name',
  interrupted: 'interrupted by Ctrl-C',
};
