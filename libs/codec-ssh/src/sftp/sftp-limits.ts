/** Largest packet, without its length word; what OpenSSH takes. Bytes. */
export const MAX_SFTP_PACKET_BYTES = 256 * 1024;

/** Longest handle (draft-ietf-secsh-filexfer-02, 6.3). Bytes. */
export const MAX_HANDLE_BYTES = 256;

/** Most extensions of an INIT or VERSION, and extended attributes of a file. */
export const MAX_EXTENSIONS = 64;
