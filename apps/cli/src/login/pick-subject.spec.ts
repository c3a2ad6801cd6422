import { describe, expect, it } from '@jest/globals';
import { pickSubject } from './pick-subject.ts';

function jwt(audience: unknown): string {
  return ['e30', Buffer.from(JSON.stringify({ aud: audience })).toString('base64url'), 'c2ln'].join('.');
}

describe('pickSubject', () => {
  it('takes the access token that is for the control plane', () => {
    const accessToken = jwt(['other', 'sallyport']);
    expect(pickSubject({ accessToken, idToken: jwt('cli') }, 'sallyport')).toEqual({
      token: accessToken,
      type: 'access_token',
    });
  });

  it('takes the ID token when the access token is opaque or for somebody else', () => {
    const idToken = jwt('cli');
    expect(pickSubject({ accessToken: 'opaque', idToken }, 'sallyport')).toEqual({
      token: idToken,
      type: 'id_token',
    });
    expect(pickSubject({ accessToken: jwt('graph'), idToken }, 'sallyport')).toEqual({
      token: idToken,
      type: 'id_token',
    });
  });

  it('says so when there is no token that says who it is', () => {
    expect(() => pickSubject({ accessToken: 'opaque', idToken: undefined }, 'sallyport')).toThrow(
      'no token that says who you are',
    );
    expect(() => pickSubject({ accessToken: 'a.!!.c', idToken: undefined }, 'sallyport')).toThrow('no token');
  });
});
