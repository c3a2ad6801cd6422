import { lookup as dnsLookup, type LookupAddress } from 'node:dns';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { isAllowedFetchUrl, isLoopbackHost } from './issuer-url.ts';

export interface FetchLimits {
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

export const FETCH_LIMITS: FetchLimits = { timeoutMs: 5_000, maxBytes: 512 * 1024 };

/** A request to an identity provider. */
export interface GuardedRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal | undefined;
}

export interface GuardedAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

/** Gets a JSON document from an identity provider. Rejects on anything but 200 with JSON. */
export async function fetchJson(url: string, limits: FetchLimits = FETCH_LIMITS): Promise<unknown> {
  const { status, text } = await guardedRequest(url, {}, limits);
  if (status !== 200) throw new Error(`the identity provider answered with status ${String(status)}`);
  const value: unknown = JSON.parse(text);
  return value;
}

/**
 * Asks an identity provider. Follows no redirect, and judges the address after the name
 * was resolved: link-local ones (cloud metadata) never, loopback only where the URL
 * itself says loopback. Bounded in time and size.
 */
export async function guardedRequest(
  text: string,
  { method = 'GET', headers = {}, body, signal }: GuardedRequest,
  limits: FetchLimits = FETCH_LIMITS,
): Promise<GuardedAnswer> {
  if (!isAllowedFetchUrl(text))
    throw new Error('this URL may not be fetched: https only, or http on loopback');
  const url = new URL(text);
  const loopback = isLoopbackHost(url.hostname);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0) assertDialable(host, loopback);
  const deadline = AbortSignal.timeout(limits.timeoutMs);
  const options: RequestOptions = {
    method,
    headers: { accept: 'application/json', ...headers },
    agent: false,
    lookup: guardedLookup(loopback),
    signal: signal === undefined ? deadline : AbortSignal.any([deadline, signal]),
  };
  const response = await send(url, options, body);
  return {
    status: response.statusCode ?? 0,
    contentType: response.headers['content-type'] ?? '',
    text: await readBounded(response, limits.maxBytes),
  };
}

function send(url: URL, options: RequestOptions, body: string | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const start = url.protocol === 'https:' ? httpsRequest : httpRequest;
    start(url, options, resolve).once('error', reject).end(body);
  });
}

async function readBounded(response: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    const bytes = Buffer.from(chunk as Uint8Array);
    size += bytes.length;
    if (size > maxBytes) {
      response.destroy();
      throw new Error("the identity provider's answer is too large");
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const forbidden = new BlockList();
forbidden.addSubnet('0.0.0.0', 8);
forbidden.addSubnet('169.254.0.0', 16);
forbidden.addSubnet('224.0.0.0', 3);
forbidden.addAddress('::', 'ipv6');
forbidden.addSubnet('fe80::', 10, 'ipv6');
forbidden.addSubnet('ff00::', 8, 'ipv6');
forbidden.addAddress('fd00:ec2::254', 'ipv6');

const loopbacks = new BlockList();
loopbacks.addSubnet('127.0.0.0', 8);
loopbacks.addAddress('::1', 'ipv6');

/** Whether an issuer's name may lead to this address. */
export function isDialable(address: string, loopback: boolean): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return isDialable(mapped, loopback);
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (forbidden.check(address, family)) return false;
  return loopback === loopbacks.check(address, family);
}

function assertDialable(address: string, loopback: boolean): void {
  if (!isDialable(address, loopback))
    throw new Error('the name leads to an address that may not be fetched from');
}

function guardedLookup(loopback: boolean): LookupFunction {
  return (hostname, options, callback) => {
    dnsLookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error !== null) {
        callback(error, []);
        return;
      }
      const allowed = addresses.filter(({ address }) => isDialable(address, loopback));
      const [first] = allowed;
      if (first === undefined)
        callback(new Error('the name leads to an address that may not be fetched from'), []);
      else if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}
