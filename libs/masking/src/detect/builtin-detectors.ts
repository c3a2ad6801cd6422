import { cardDetector } from './card.ts';
import { apiKeyDetector, jwtDetector, privateKeyDetector } from './credential.ts';
import type { Detector } from './detector.ts';
import { emailDetector } from './email.ts';
import { ibanDetector } from './iban.ts';
import { ipv4Detector, ipv6Detector } from './ip-address.ts';
import { phoneDetector } from './phone.ts';
import { ssnDetector } from './ssn.ts';

/** What policies can name under `detect`. */
export const DETECTOR_NAMES = [
  'email',
  'card',
  'iban',
  'phone',
  'ssn',
  'ipv4',
  'ipv6',
  'jwt',
  'private-key',
  'api-key',
] as const;

export type DetectorName = (typeof DETECTOR_NAMES)[number];

/** Whether `name`, as a policy or a message writes it, is a detector. */
export function isDetectorName(name: string): name is DetectorName {
  return DETECTOR_NAMES.some((known) => known === name);
}

export const BUILTIN_DETECTORS: Readonly<Record<DetectorName, Detector>> = {
  email: emailDetector,
  card: cardDetector,
  iban: ibanDetector,
  phone: phoneDetector,
  ssn: ssnDetector,
  ipv4: ipv4Detector,
  ipv6: ipv6Detector,
  jwt: jwtDetector,
  'private-key': privateKeyDetector,
  'api-key': apiKeyDetector,
};
