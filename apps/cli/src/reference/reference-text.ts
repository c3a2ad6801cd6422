/** What the reference says beside what the command tree knows. */
export const REFERENCE_INTRODUCTION = `# sallyport

The command line for callers and admins. \`./sallyport\` at the root of the repository runs it from source.
This page is made from the command tree by a spec (\`apps/cli/src/reference\`); do not edit it by hand.

A token is taken from \`--token-file\`, else \`SALLYPORT_TOKEN\`, else \`SALLYPORT_TOKEN_FILE\`, else the login that
\`sallyport login\` stored for this control plane. Logins are kept in \`logins.json\`, readable by their owner only, one for each control
plane; a token is never sent to another one, nor without TLS beyond loopback.
`;

export const OUTPUT_NOTES = `## Output

Answers go to standard output, everything else to standard error. With \`--output json\` an answer is one JSON
object; \`sessions replay\` and \`holds list --watch\` print one object a line. An error is one JSON object on standard error:
\`{"error": {"code", "message", "reason"?, "next"?, "exitCode"}}\`.

The JSON is stable: fields are added, never renamed. What the control plane answers is printed in the JSON of the admin API
(ProtoJSON of \`proto/sallyport/admin/v1\`; fields that are empty are written out, 64-bit numbers are strings). The rest:

| command | object |
| --- | --- |
| \`login\` | \`url\`, \`principal\`, \`principalId\`, \`expiresAt\` |
| \`logout\` | \`url\`, \`loggedOut\`, \`revoked\` |
| \`token\` | \`token\`; \`expiresAt\` of a new one |
| \`targets\` | ListTargetsResponse |
| \`ssh-config\` | \`config\`; with \`--write\` \`file\`, \`userConfig\`, \`included\`, \`hosts\` |
| \`ssh-cert\` | \`certificate\`, \`privateKey\`, \`knownHosts\` (files), \`expiresAt\`, \`renewed\`; with \`--public-key\` \`certificate\`, \`knownHosts\` (text), \`expiresAt\` |
| \`ssh-ca list\` | GetSshOptionsResponse; of one CA \`authority\`, \`keys\` |
| \`ssh-ca rotate\` | RotateSshAuthorityResponse |
| \`ssh-ca retire\` | RetireSshAuthorityResponse |
| \`whoami\` | WhoAmIResponse |
| \`holds list\` | ListHoldsResponse; with \`--watch\` a Hold a line |
| \`holds show\`, \`approve\`, \`reject\` | Hold |
| \`sessions list\` | ListSessionsResponse |
| \`sessions show\` | GetSessionResponse |
| \`sessions replay\` | a line for each item: \`type\` (\`opened\`, \`statement\`, \`output\`, \`input\`, \`policy-changed\`, \`closed\`), \`sequence\`, \`time\`; a statement has \`statement\` (Statement), \`decision\` (Decision), \`holds\`, \`inputBytes\`, \`answer\`, \`omittedBytes\`, \`finished\` |
| \`sessions export\` | with FILE \`session\`, \`file\`, \`format\`; else the asciicast itself, whatever --output says |
| \`sessions download\` | \`sessionId\`, \`file\`, \`bytes\` |
| \`sessions end\` | \`sessionId\`, \`ended\` |
| \`sessions key\` | \`publicKey\` (base64), \`keyId\` (SHA-256, hexadecimal) |
| \`verify\` | \`verdict\` (\`whole\`, \`broken\`, \`invalid\`), \`session\`, \`seal\`, \`events\`, \`signedThrough\`, \`problems\` (\`code\`, \`sequence\`, \`offset\`, \`message\`), \`problemsLeftOut\`, \`notes\` |
| \`apply\` | \`applied\` (AppliedResource), \`problems\` (\`file\`, \`line\`, \`column\`, \`path\`, \`message\`, \`code\` where it is \`denied\`) |
| \`get\` | ListResourcesResponse; with a name a Resource |
| \`delete\` | \`kind\`, \`name\`, \`deleted\` |
| \`lock\` | CreateLockResponse |
| \`unlock\` | \`lockId\`, \`deleted\` |
| \`locks\` | ListLocksResponse |
| \`join-token\` | CreateJoinTokenResponse |

An item of \`answer\` is \`{"kind": "rows", "columns", "rows"}\` (text, null for NULL), \`{"kind": "done", "status"}\`,
\`{"kind": "message", "severity", "code", "text", "details"}\`, \`{"kind": "text", "text"}\` or \`{"kind": "hidden", "bytes", "why"}\`.

Text that comes from elsewhere (statements, results, names, errors) never reaches a terminal as it is: control
characters, escape sequences and characters that change the direction of text are written as escapes, in every format.
`;
