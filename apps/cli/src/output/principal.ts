import { PrincipalKindSchema, type Principal } from '@sallyport/contracts/access';
import { enumWords } from './message-json.ts';

/** "shop-agent (agent, for ada)": who acts, and on whose behalf, the origin first. */
export function describePrincipal(principal: Principal | undefined): string {
  if (principal === undefined) return 'unknown';
  const kind = enumWords(PrincipalKindSchema, principal.kind);
  const chain = principal.delegationChain.map(({ name }) => name).join(' > ');
  const details = [kind, chain === '' ? '' : `for ${chain}`].filter((part) => part !== '').join(', ');
  return details === '' ? principal.name : `${principal.name} (${details})`;
}
