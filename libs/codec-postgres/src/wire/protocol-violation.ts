import { AccessError } from '@sallyport/errors';

/**
 * What a codec throws when bytes do not follow the protocol: the peer cannot
 * be understood any more, so the connection ends. `what` reaches the peer and
 * must hold no data of the message itself.
 */
export function protocolViolation(what: string): AccessError {
  return new AccessError('protocol_violation', what);
}
