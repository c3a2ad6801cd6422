export { readJoinTokenFile, type ComponentOptions, type JoinCredential } from './component-options.ts';
export {
  ControlPlaneClient,
  type ClaimInput,
  type ControlPlaneClientOptions,
  type CreateHoldInput,
  type OpenSessionInput,
} from './control-plane-client.ts';
export type { OpenedSession } from './opened-session.ts';
export { RecorderClient } from './recorder-client.ts';
