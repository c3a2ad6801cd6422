export interface Endpoint {
  readonly host: string;
  readonly port: string;
}

/** "127.0.0.1:15432" and "[::1]:15432"; null for anything else. */
export function parseEndpoint(text: string): Endpoint | null {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]/\s]+)):([0-9]{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = match?.[3];
  return host === undefined || port === undefined ? null : { host, port };
}
