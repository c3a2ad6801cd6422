import { createAdminApi } from '../client.ts';
import type { Invocation } from '../invocation.ts';
import { reasonOf } from '../cli-error.ts';

/** Forgets the login, and has its token revoked. The login goes even if the control plane cannot be told. */
export async function logOut(invocation: Invocation): Promise<void> {
  const { output, world } = invocation;
  const { url, store } = await invocation.settings();
  const login = (await store.read()).logins[url];
  let revoked = false;
  if (login !== undefined) {
    await store.locked(world, () => store.remove(url));
    const { forgetLoginCertificate } = await import('../ssh/forget-certificates.ts');
    await forgetLoginCertificate(world, url);
    revoked = await revoke(invocation, url, login.token);
  }
  await output.answer(
    () => ({ url, loggedOut: login !== undefined, revoked }),
    () => output.line(login === undefined ? `You were not logged in at ${url}.` : `Logged out of ${url}.`),
  );
}

async function revoke({ output }: Invocation, url: string, token: string): Promise<boolean> {
  const api = createAdminApi(url, token);
  try {
    const { token: info } = await api.call(api.tokens.whoAmI({}));
    if (info === undefined) return false;
    await api.call(api.tokens.revokeToken({ tokenId: info.tokenId }));
    return true;
  } catch (error) {
    output.say('The token could not be revoked; it ends by itself. ', reasonOf(error));
    return false;
  }
}
