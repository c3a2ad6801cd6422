import type { Fixture } from '../support/fixture.ts';
import { adminApiSuite } from './admin-api.ts';
import { holdingSuite } from './holding.ts';
import { joiningSuite } from './joining.ts';
import { loggingSuite } from './logging.ts';
import { lostSessionsSuite } from './lost-sessions.ts';
import { openingSessionsSuite } from './opening-sessions.ts';
import { recordingsSuite } from './recordings.ts';
import { resourcesSuite } from './resources.ts';
import { revocationSuite } from './revocation.ts';
import { sshCertificatesSuite } from './ssh-certificates.ts';
import { sshTargetsSuite } from './ssh-targets.ts';
import { tokenExchangeSuite } from './token-exchange.ts';

/** What must hold on every database. */
export const suites: readonly ((fixture: () => Fixture) => void)[] = [
  tokenExchangeSuite,
  joiningSuite,
  openingSessionsSuite,
  revocationSuite,
  lostSessionsSuite,
  holdingSuite,
  resourcesSuite,
  sshTargetsSuite,
  sshCertificatesSuite,
  adminApiSuite,
  recordingsSuite,
  loggingSuite,
];
