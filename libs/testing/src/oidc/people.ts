/** Somebody who can log in at the test provider. */
export interface OidcPerson {
  /** Also the subject, and the part of the e-mail address before the @. */
  readonly name: string;
  readonly groups: readonly string[];
}

/** A program that logs in by itself, with client credentials. */
export interface OidcAgent {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly groups: readonly string[];
}

/** Whom the provider knows when nobody says otherwise. */
export const DEFAULT_PEOPLE: readonly OidcPerson[] = [
  { name: 'ada', groups: ['platform'] },
  { name: 'dan', groups: ['dba'] },
  { name: 'eve', groups: ['analysts'] },
];
