import { createHash, X509Certificate } from 'node:crypto';
import { connect, type DetailedPeerCertificate } from 'node:tls';
import { AccessError } from '@sallyport/errors';

/**
 * The data-plane CA of the control plane at this address, as PEM: that certificate of the
 * chain it presents whose SHA-256 is the pinned one. Nothing is sent to the other side
 * here, and the connections that follow are verified against this CA alone.
 */
export async function fetchPinnedCa(
  address: string,
  fingerprint: string,
  timeoutMs: number,
): Promise<string> {
  const pin = fingerprint.replaceAll(':', '').toLowerCase();
  const chain = await presentedChain(address, timeoutMs);
  const found = chain.find((raw) => createHash('sha256').update(raw).digest('hex') === pin);
  if (found === undefined) {
    throw new AccessError(
      'control_plane_unavailable',
      'The control plane at this address is not the one that the join token came from: its CA has another fingerprint.',
    );
  }
  return new X509Certificate(found).toString();
}

function presentedChain(address: string, timeoutMs: number): Promise<readonly Buffer[]> {
  const separator = address.lastIndexOf(':');
  const host = address.slice(0, separator).replace(/^\[|\]$/g, '');
  const port = Number(address.slice(separator + 1));
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown) => {
      socket.destroy();
      reject(new AccessError('control_plane_unavailable', 'The control plane cannot be reached.', {}, cause));
    };
    // Not verified on purpose: this connection only reads certificates, to find the pinned one.
    const socket = connect(
      { host, port, rejectUnauthorized: false, ALPNProtocols: ['h2'], timeout: timeoutMs },
      () => {
        const chain = chainOf(socket.getPeerCertificate(true));
        socket.destroy();
        resolve(chain);
      },
    );
    socket.once('error', fail);
    socket.once('timeout', () => {
      fail(new Error('timed out'));
    });
  });
}

/** Node gives the last certificate itself as its issuer, and an empty object for none. */
function chainOf(leaf: Partial<DetailedPeerCertificate>): readonly Buffer[] {
  const chain: Buffer[] = [];
  let certificate: Partial<DetailedPeerCertificate> | undefined = leaf;
  while (certificate?.raw !== undefined) {
    const { raw } = certificate;
    if (chain.some((known) => known.equals(raw))) break;
    chain.push(raw);
    certificate = certificate.issuerCertificate;
  }
  return chain;
}
