export { nodeCrypto, type AuthenticationCrypto, type DigestAlgorithm } from './authentication-crypto.ts';
export {
  ClientAuthenticator,
  type AuthenticationMethod,
  type ClientAuthenticatorOptions,
  type AuthenticationStep,
} from './client-authenticator.ts';
export { md5Password } from './md5-password.ts';
export { saslPrep } from './saslprep.ts';
export { ScramClient, type ChannelBinding, type ScramOptions } from './scram-client.ts';
export { tlsServerEndPoint } from './tls-server-end-point.ts';
