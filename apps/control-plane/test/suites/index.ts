import type { Fixture } from '../support/fixture.ts';
import { joiningSuite } from './joining.ts';
import { openingSessionsSuite } from './opening-sessions.ts';
import { tokenExchangeSuite } from './token-exchange.ts';

/** What must hold on every database. */
export const suites: readonly ((fixture: () => Fixture) => void)[] = [tokenExchangeSuite, joiningSuite, openingSessionsSuite];
