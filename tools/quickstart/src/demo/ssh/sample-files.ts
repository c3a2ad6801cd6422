import { existsSync, readFileSync } from 'node:fs';
import { fillSampleHost } from '../../stack/sample-host.ts';
import type { Tour } from '../tour.ts';
import { writeSshConfig } from './ssh-clients.ts';

/** Puts back what an earlier tour changed, and gives the agent and dan what their ssh needs. */
export async function prepareSsh(tour: Tour): Promise<void> {
  fillSampleHost(tour.state);
  await writeSshConfig(tour, 'shop-agent');
  await writeSshConfig(tour, 'dan');
}

/** A file of the sample host, past Sallyport: the tour's way to see what really happened. */
export function hostFile(tour: Tour, name: string): string {
  return readFileSync(hostPath(tour, name), 'utf8');
}

export function isOnHost(tour: Tour, name: string): boolean {
  return existsSync(hostPath(tour, name));
}

function hostPath(tour: Tour, name: string): string {
  return tour.state.file('ssh-host', 'home', ...name.split('/'));
}
