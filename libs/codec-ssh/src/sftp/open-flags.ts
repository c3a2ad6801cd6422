/** Flags of SSH_FXP_OPEN (draft-ietf-secsh-filexfer-02, 6.3). */
export const SftpOpenFlag = {
  READ: 0x01,
  WRITE: 0x02,
  APPEND: 0x04,
  CREAT: 0x08,
  TRUNC: 0x10,
  EXCL: 0x20,
} as const;

/** Whether an open file can be read from. */
export function opensForReading(flags: number): boolean {
  return (flags & SftpOpenFlag.READ) !== 0;
}

/** Whether opening changes something, or lets the file be changed: creating and truncating do it at once. */
export function opensForWriting(flags: number): boolean {
  const { WRITE, APPEND, CREAT, TRUNC } = SftpOpenFlag;
  return (flags & (WRITE | APPEND | CREAT | TRUNC)) !== 0;
}

/** Whether there are flags that version 3 does not define; what they would do is unknown. */
export function hasUnknownOpenFlags(flags: number): boolean {
  return (flags & ~0x3f) !== 0;
}
