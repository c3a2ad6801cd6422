/** Type bytes of messages that clients send (protocol document, 55.7). */
export const FrontendType = {
  Bind: 0x42,
  Close: 0x43,
  CopyData: 0x64,
  CopyDone: 0x63,
  CopyFail: 0x66,
  Describe: 0x44,
  Execute: 0x45,
  Flush: 0x48,
  FunctionCall: 0x46,
  Parse: 0x50,
  /** PasswordMessage, SASLInitialResponse, SASLResponse and GSSResponse share it; the authentication state tells which. */
  Password: 0x70,
  Query: 0x51,
  Sync: 0x53,
  Terminate: 0x58,
} as const;

export type FrontendType = (typeof FrontendType)[keyof typeof FrontendType];
