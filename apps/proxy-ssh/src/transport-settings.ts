import type { Config } from './config.ts';
import type { TransportSettings } from './transport/ssh-transport.ts';

const SOFTWARE = 'Sallyport_0.1';
/** Bytes that may wait for a peer's socket before the other side is not read any more. */
const HIGH_WATER_BYTES = 1024 * 1024;

/** Settings of both transports of a session. */
export function transportSettings({ transport }: Config): Omit<TransportSettings, 'algorithms'> {
  const { rekeyBytes, rekeyIntervalMs } = transport;
  return { software: SOFTWARE, rekeyBytes, rekeyIntervalMs, highWaterBytes: HIGH_WATER_BYTES };
}
