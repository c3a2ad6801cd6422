export { buildPolicyView } from './builders/policy-view.ts';
export { buildPrincipal } from './builders/principal.ts';
export { buildTarget } from './builders/target.ts';
export {
  createTestAuthority,
  type CertificateRequest,
  type TestAuthority,
  type TestCertificate,
} from './certificates.ts';
export { eventually, type EventuallyOptions } from './eventually.ts';
export { freePort } from './free-port.ts';
export { findNatsServer, type Say } from './nats/find-nats-server.ts';
export { startNats, type NatsOptions, type NatsServer } from './nats/start-nats.ts';
export { approveDeviceLogin, logInAsAgent, logInWithDevice, type OidcTokens } from './oidc/login.ts';
export { DEFAULT_PEOPLE, type OidcAgent, type OidcPerson } from './oidc/people.ts';
export { startOidcProvider, type OidcOptions, type OidcProvider } from './oidc/start-oidc-provider.ts';
export { postgresBinaries, type PostgresVersion } from './postgres/postgres-binaries.ts';
export { startPostgres, type PostgresOptions, type PostgresServer } from './postgres/start-postgres.ts';
export {
  runToEnd,
  startServerProcess,
  type ServerProcess,
  type ServerProcessOptions,
} from './process/server-process.ts';
export {
  missingSshServer,
  startSshServer,
  type SshHostKeyType,
  type SshServer,
  type SshServerOptions,
} from './ssh/start-ssh-server.ts';
export { temporaryDirectory, type TemporaryDirectory } from './temporary-directory.ts';
