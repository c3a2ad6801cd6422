import { encodeParse, encodeQuery } from '@sallyport/codec-postgres';
import type { OwnFrames } from '@sallyport/proxy-kit';

/*
 * What goes to the target in the place of a refused message. The server cannot
 * parse it, so it runs nothing and answers with an error at exactly the point
 * where the refusal belongs: after all that is outstanding. It fails a
 * transaction that is open and skips the rest of the batch, as for any error
 * of a statement, so the status that the client is told stays true. The server's
 * own words are replaced by the refusal. Nothing of the caller's is in it; the
 * request id makes the server's log tell what was refused.
 */

/** Never the name of a statement: parsing fails before one is made, so the client's own unnamed one stays. */
const NO_STATEMENT = 'sallyport_refused';

function textOf(requestId: string): string {
  return `sallyport refused statement ${requestId.replaceAll(/[^A-Za-z0-9-]/g, '')}`;
}

/** Stands in for a Query or FunctionCall. */
export function standInQuery(requestId: string): OwnFrames {
  return { purpose: 'stand-in', bytes: encodeQuery(textOf(requestId)) };
}

/** Stands in for a Parse, Bind or Execute. */
export function standInParse(requestId: string): OwnFrames {
  return { purpose: 'stand-in', bytes: encodeParse(NO_STATEMENT, textOf(requestId)) };
}
