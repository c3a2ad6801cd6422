/** What the kit needs of a socket; net.Socket and tls.TLSSocket both are one. */
export interface SocketPort {
  readonly writableLength: number;
  readonly destroyed: boolean;
  write(bytes: Uint8Array): boolean;
  cork(): void;
  uncork(): void;
  pause(): unknown;
  resume(): unknown;
}
