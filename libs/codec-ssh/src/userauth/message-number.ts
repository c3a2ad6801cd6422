/**
 * Message numbers of user authentication (RFC 4252, 6; RFC 4256, 5). 60 means
 * three things: only the method that is going on tells which.
 */
export const UserauthNumber = {
  USERAUTH_REQUEST: 50,
  USERAUTH_FAILURE: 51,
  USERAUTH_SUCCESS: 52,
  USERAUTH_BANNER: 53,
  USERAUTH_PK_OK: 60,
  USERAUTH_PASSWD_CHANGEREQ: 60,
  USERAUTH_INFO_REQUEST: 60,
  USERAUTH_INFO_RESPONSE: 61,
} as const;
