import { ComponentKind } from '@sallyport/contracts/dataplane';

/** A proxy or recorder, as its certificate names it. */
export interface Component {
  readonly kind: 'proxy' | 'recorder';
  readonly id: string;
}

const COMPONENT_ID = /^[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?$/;

/** Whether the text can be a component's id: 1 to 63 lower-case letters, digits, "-" or ".". */
export function isComponentId(text: string): boolean {
  return COMPONENT_ID.test(text);
}

/** What a component's certificate carries as its only subject alternative name. */
export function componentUri({ kind, id }: Component): string {
  return `sallyport://${kind}/${id}`;
}

/** The component of a certificate's subject alternative names, as Node prints them; undefined for any other. */
export function parseComponentNames(subjectAltName: string | undefined): Component | undefined {
  const match = /^URI:sallyport:\/\/(proxy|recorder)\/([^/,]+)$/.exec(subjectAltName ?? '');
  const [, kind, id] = match ?? [];
  if ((kind !== 'proxy' && kind !== 'recorder') || id === undefined || !isComponentId(id)) return undefined;
  return { kind, id };
}

export function componentKindOf(kind: ComponentKind): Component['kind'] | undefined {
  switch (kind) {
    case ComponentKind.PROXY:
      return 'proxy';
    case ComponentKind.RECORDER:
      return 'recorder';
    default:
      return undefined;
  }
}
