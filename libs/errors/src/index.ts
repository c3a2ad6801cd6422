export { ACCESS_ERROR_CODES, NEXT_STEP, type AccessErrorCode } from './access-error-code.ts';
export {
  AccessError,
  refusalDetail,
  toAccessError,
  type RefusalDetail,
  type RefusalFacts,
} from './access-error.ts';
