/** Connection strings (libpq, section 34.1.1) as far as a policy needs them: where they lead. */

/** `host:port` of a conninfo or a postgres URI; `*` where it names none. */
export function conninfoHost(conninfo: string | undefined): string {
  if (conninfo === undefined) return '*';
  if (/^postgres(ql)?:\/\//i.test(conninfo)) return uriHost(conninfo);
  const host = keyword(conninfo, 'host') ?? keyword(conninfo, 'hostaddr');
  const port = keyword(conninfo, 'port');
  if (host === undefined) return '*';
  return port === undefined ? host : `${host}:${port}`;
}

function uriHost(uri: string): string {
  const authority = /^[^/]*\/\/([^/?]*)/.exec(uri)?.[1] ?? '';
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  return host === '' ? '*' : host;
}

function keyword(conninfo: string, name: string): string | undefined {
  const match = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:'((?:[^'\\\\]|\\\\.)*)'|(\\S+))`).exec(conninfo);
  return match?.[1] ?? match?.[2];
}
