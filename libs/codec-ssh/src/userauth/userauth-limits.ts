/** Longest user name. Bytes. */
export const MAX_USER_BYTES = 1024;

/** Longest password or answer: tokens are passed as passwords. Bytes. */
export const MAX_SECRET_BYTES = 64 * 1024;

/** Largest public key or certificate blob. Bytes. */
export const MAX_KEY_BLOB_BYTES = 64 * 1024;

/** Largest signature blob. Bytes. */
export const MAX_SIGNATURE_BYTES = 16 * 1024;

/** Longest text that is shown to people. Bytes. */
export const MAX_SHOWN_BYTES = 64 * 1024;

/** Most prompts of one INFO_REQUEST, and answers of one INFO_RESPONSE. */
export const MAX_PROMPTS = 32;
