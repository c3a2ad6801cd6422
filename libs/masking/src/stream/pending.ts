import type { DetectorName } from '../detect/builtin-detectors.ts';
import { isPendingKey, isPendingPrivateKey, isPendingToken } from './pending-credential.ts';
import { isPendingCard, isPendingPhone, isPendingSsn } from './pending-digits.ts';
import { isPendingEmail } from './pending-email.ts';
import { isPendingIban } from './pending-iban.ts';
import { isPendingIpv4, isPendingIpv6 } from './pending-ip.ts';
import type { FindPending, Pending } from './pending-start.ts';

/** For each detector, what it needs to see more of. */
const PENDING: Readonly<Record<DetectorName, FindPending>> = {
  email: isPendingEmail,
  card: isPendingCard,
  iban: isPendingIban,
  phone: isPendingPhone,
  ssn: isPendingSsn,
  ipv4: isPendingIpv4,
  ipv6: isPendingIpv6,
  jwt: isPendingToken,
  'private-key': isPendingPrivateKey,
  'api-key': isPendingKey,
};

/** Where the first thing starts that more text could make a finding of, or change. */
export function pendingOf(detectors: readonly DetectorName[], text: string): Pending {
  let from = text.length;
  let firmFrom = text.length;
  for (const name of detectors) {
    const pending = PENDING[name](text);
    if (pending === null) continue;
    from = Math.min(from, pending.start);
    if (pending.firm) firmFrom = Math.min(firmFrom, pending.start);
  }
  return { from, firmFrom };
}
