export interface EmailParts {
  readonly local: string;
  readonly domain: string;
}

/** The parts of a text that is one e-mail address, or null. Looser than RFC 5321: it decides the form of a mask only. */
export function splitEmail(text: string): EmailParts | null {
  const at = text.indexOf('@');
  if (at <= 0 || at !== text.lastIndexOf('@')) return null;
  const local = text.slice(0, at);
  const domain = text.slice(at + 1);
  const dot = domain.lastIndexOf('.');
  if (dot <= 0 || !isTopLevel(domain, dot + 1)) return null;
  return hasSpace(text) ? null : { local, domain };
}

/** A top-level domain is short and of letters; anything else could carry what has to be hidden. */
function isTopLevel(domain: string, start: number): boolean {
  const length = domain.length - start;
  if (length < 2 || length > 24) return false;
  return /^[a-z]+$/i.test(domain.slice(start));
}

function hasSpace(text: string): boolean {
  return /[\s<>"(),;]/.test(text);
}
