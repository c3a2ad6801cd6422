export { UserauthNumber } from './message-number.ts';
export { decodeUserauthBanner, encodeUserauthBanner, type UserauthBanner } from './userauth-banner.ts';
export { decodeUserauthFailure, encodeUserauthFailure, type UserauthFailure } from './userauth-failure.ts';
export {
  decodeUserauthInfoRequest,
  encodeUserauthInfoRequest,
  type Prompt,
  type UserauthInfoRequest,
} from './userauth-info-request.ts';
export {
  decodeUserauthInfoResponse,
  encodeUserauthInfoResponse,
  type UserauthInfoResponse,
} from './userauth-info-response.ts';
export type { PublickeyMethod, UserauthMethod } from './userauth-method.ts';
export {
  decodeUserauthPasswdChangereq,
  encodeUserauthPasswdChangereq,
  type UserauthPasswdChangereq,
} from './userauth-passwd-changereq.ts';
export { decodeUserauthPkOk, encodeUserauthPkOk, type UserauthPkOk } from './userauth-pk-ok.ts';
export {
  decodeUserauthRequest,
  encodeUserauthRequest,
  userauthSignedData,
  type UserauthRequest,
} from './userauth-request.ts';
export { decodeUserauthSuccess, encodeUserauthSuccess, type UserauthSuccess } from './userauth-success.ts';
