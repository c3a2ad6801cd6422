import type { OidcPerson } from '@sallyport/testing';

/** Who can log in at the demo identity provider. */
export const PEOPLE: readonly OidcPerson[] = [
  { name: 'ada', groups: ['platform'] },
  { name: 'dan', groups: ['dba'] },
  { name: 'eve', groups: ['analysts'] },
];

/** The agent, which logs in by itself. */
export const AGENT = { clientId: 'shop-agent', groups: ['agents'] } as const;

/** What tokens of the identity provider are for. */
export const AUDIENCE = 'sallyport';
