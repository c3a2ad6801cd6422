import { BackendType } from '../backend/backend-type.ts';
import { FrontendType } from '../frontend/frontend-type.ts';

/**
 * How a scanner hands on the messages of a type:
 * - `each`: one whole message at a time, for whatever is read or decided on;
 * - `batch`: as many whole messages as lie side by side, for rows to be masked;
 * - `stream`: bytes as they come, split anywhere, for what passes unread.
 */
export type Treatment = 'each' | 'batch' | 'stream';

export interface FrameRule {
  readonly treatment: Treatment;
  /** Largest message, header included, in bytes; checked at the header, before anything is held. */
  readonly maxBytes: number;
}

/** The types that exist in one direction. A type without a rule is a protocol violation. */
export type FrameRules = ReadonlyMap<number, FrameRule>;

const KIB = 1024;
const MIB = 1024 * KIB;
/** No value and no row of PostgreSQL is larger than 1 GiB. */
const LARGEST_ROW = 1024 * MIB + 64 * KIB;

const SMALL: FrameRule = { treatment: 'each', maxBytes: 64 * KIB };
/** A statement's text, or its parameters: both are held, hashed and recorded whole before anything is sent. */
const STATEMENT: FrameRule = { treatment: 'each', maxBytes: 16 * MIB };
const UNREAD: FrameRule = { treatment: 'stream', maxBytes: LARGEST_ROW };

/** What a client may send once it is authenticated. */
export const FRONTEND_RULES: FrameRules = new Map<number, FrameRule>([
  [FrontendType.Bind, STATEMENT],
  [FrontendType.Close, SMALL],
  [FrontendType.CopyData, UNREAD],
  [FrontendType.CopyDone, SMALL],
  [FrontendType.CopyFail, SMALL],
  [FrontendType.Describe, SMALL],
  [FrontendType.Execute, SMALL],
  [FrontendType.Flush, SMALL],
  [FrontendType.FunctionCall, STATEMENT],
  [FrontendType.Parse, STATEMENT],
  [FrontendType.Query, STATEMENT],
  [FrontendType.Sync, SMALL],
  [FrontendType.Terminate, SMALL],
]);

/** What a client may send while it authenticates: nothing but the password family, and not much of it. */
export const AUTHENTICATION_RULES: FrameRules = new Map<number, FrameRule>([[FrontendType.Password, SMALL]]);

/** What a server may send. Types that quote data or queries may be long; of the others libpq takes 30,000 bytes. */
export const BACKEND_RULES: FrameRules = new Map<number, FrameRule>([
  ...Object.values(BackendType).map((type): [number, FrameRule] => [type, SMALL]),
  [BackendType.CopyData, UNREAD],
  [BackendType.DataRow, UNREAD],
  [BackendType.ErrorResponse, STATEMENT],
  [BackendType.NoticeResponse, STATEMENT],
  [BackendType.NotificationResponse, STATEMENT],
  [BackendType.FunctionCallResponse, { treatment: 'each', maxBytes: 64 * MIB }],
  [BackendType.ParameterDescription, { treatment: 'each', maxBytes: MIB }],
  [BackendType.RowDescription, { treatment: 'each', maxBytes: MIB }],
]);
