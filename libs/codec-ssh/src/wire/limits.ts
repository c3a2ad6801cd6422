/** Largest payload of one message; what OpenSSH takes as a packet. Bytes. */
export const MAX_PAYLOAD_BYTES = 256 * 1024;

/** Longest name of an algorithm, method, request or channel type (RFC 4250, 4.6.1). Characters. */
export const MAX_NAME_LENGTH = 64;

/** Most names in one name-list. */
export const MAX_NAMES = 256;

/** Largest integer: RSA keys of 16,384 bits. Bytes. */
export const MAX_MPINT_BYTES = 2048;

/** Longest host name or address (RFC 1035 has 255; with room for a zone). Bytes. */
export const MAX_HOST_BYTES = 1024;

/** Longest path, as PATH_MAX. Bytes. */
export const MAX_PATH_BYTES = 4096;
