import type { SocketPort } from '@sallyport/proxy-kit';

/** A place that the kit's channels write to at once: each write is one message, or data of one stream. */
export function proofPort(write: (bytes: Uint8Array) => void): SocketPort {
  return {
    writableLength: 0,
    destroyed: false,
    write: (bytes) => {
      write(bytes);
      return true;
    },
    cork: () => undefined,
    uncork: () => undefined,
    pause: () => undefined,
    resume: () => undefined,
  };
}
