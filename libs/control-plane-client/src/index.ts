export { readJoinTokenFile, type ComponentOptions, type JoinCredential } from './component-options.ts';
export {
  ControlPlaneClient,
  type CertifiedHostKey,
  type CertifyHostKeyInput,
  type ClaimInput,
  type ControlPlaneClientOptions,
  type CreateHoldInput,
} from './control-plane-client.ts';
export type { DeviceLogin, DeviceLoginPrompt, DeviceLoginRequest } from './device-login.ts';
export type { OpenedSession } from './opened-session.ts';
export { RecorderClient } from './recorder-client.ts';
export type { CallerCredential, OpenSessionInput } from './session-input.ts';
