import type {
  AccessService,
  ResourceService,
  ReviewService,
  SessionHistoryService,
  SshCertificateService,
  TokenService,
} from '@sallyport/contracts/admin';
import type { Permission } from '../identity/permission.ts';

/**
 * Who may call a method. `public`: anyone. `anyone`: whoever has a valid token, narrowed
 * ones too; the method shows or changes only what is the caller's own. `person`: a token
 * that is not narrowed; the method checks what the caller may do with each object. A
 * permission: a token that is not narrowed, of somebody with that admin right.
 */
export type MethodAccess = 'public' | 'anyone' | 'person' | Permission;

type Services =
  | typeof AccessService
  | typeof ResourceService
  | typeof ReviewService
  | typeof SessionHistoryService
  | typeof SshCertificateService
  | typeof TokenService;
type AccessTable = {
  readonly [S in Services as S['typeName']]: { readonly [M in keyof S['method'] & string]: MethodAccess };
};

/** Every method of the admin API. A method that is missing here does not compile, and is refused. */
export const METHOD_ACCESS: AccessTable = {
  'sallyport.admin.v1.AccessService': {
    listTargets: 'anyone',
    createLock: 'locks.write',
    listLocks: 'locks.read',
    deleteLock: 'locks.write',
    createJoinToken: 'components.join',
  },
  'sallyport.admin.v1.ResourceService': {
    // Each document needs the right of its kind besides.
    apply: 'person',
    getResource: 'resources.read',
    listResources: 'resources.read',
    deleteResource: 'person',
  },
  'sallyport.admin.v1.ReviewService': {
    listHolds: 'person',
    getHold: 'person',
    reviewHold: 'person',
  },
  'sallyport.admin.v1.SessionHistoryService': {
    listSessions: 'person',
    getSession: 'person',
    readRecording: 'person',
    getRecordingKey: 'anyone',
    endSession: 'sessions.end',
  },
  'sallyport.admin.v1.SshCertificateService': {
    // Stands for the token that asks, so it reaches no more than that.
    issueUserCertificate: 'anyone',
    getSshOptions: 'anyone',
    rotateSshAuthority: 'identity.write',
    retireSshAuthority: 'identity.write',
  },
  'sallyport.admin.v1.TokenService': {
    getLoginOptions: 'public',
    whoAmI: 'anyone',
    listTokens: 'person',
    // A narrowed one revokes itself only.
    revokeToken: 'anyone',
  },
};

/** Who may call the method; undefined for one that is not in the table. */
export function accessOf(service: string, method: string): MethodAccess | undefined {
  const methods: unknown = Object.hasOwn(METHOD_ACCESS, service)
    ? Reflect.get(METHOD_ACCESS, service)
    : undefined;
  if (typeof methods !== 'object' || methods === null || !Object.hasOwn(methods, method)) return undefined;
  return Reflect.get(methods, method) as MethodAccess;
}
