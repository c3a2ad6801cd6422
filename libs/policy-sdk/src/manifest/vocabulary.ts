/** How a value is masked; libs/masking implements each. */
export const MASK_STRATEGIES = ['redact', 'partial', 'hash', 'tokenize', 'null', 'truncate', 'fake'] as const;
export type MaskStrategyName = (typeof MASK_STRATEGIES)[number];

export function isMaskStrategy(name: string): name is MaskStrategyName {
  return MASK_STRATEGIES.some((strategy) => strategy === name);
}

/** What content detectors can find; libs/masking implements each. */
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

export function isDetectorName(name: string): name is DetectorName {
  return DETECTOR_NAMES.some((detector) => detector === name);
}
