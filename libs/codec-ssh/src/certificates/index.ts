export { addressInRanges, parseAddressRanges, type AddressRange } from './address-range.ts';
export { flagOption, optionText, textOption, type CertificateOption } from './certificate-option.ts';
export { certificateTypeOf } from './certificate-type.ts';
export {
  attachCertificateSignature,
  decodeCertificate,
  encodeCertificateContents,
  FOREVER,
  isCertificateBlob,
  type Certificate,
  type CertificateContents,
} from './certificate.ts';
export type { AuthorityContext, AuthorityRefusal } from './check-authority.ts';
export {
  checkHostCertificate,
  type HostCertificateContext,
  type HostCertificateRefusal,
  type HostCertificateVerdict,
} from './check-host-certificate.ts';
export {
  checkUserCertificate,
  type UserCertificateContext,
  type UserCertificateGrant,
  type UserCertificateRefusal,
  type UserCertificateVerdict,
} from './check-user-certificate.ts';
