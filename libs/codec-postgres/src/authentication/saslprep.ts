/**
 * SASLprep (RFC 4013) as PostgreSQL applies it: a password that the profile
 * rejects is used as it is, by server and client alike.
 *
 * Differences from the tables of RFC 3454 (Unicode 3.2): characters that newer
 * versions of Unicode assigned in the basic plane count as assigned, and
 * left-to-right ones are told by general category. Both matter only for
 * passwords that mix such characters with ones that NFKC changes.
 */

/** C.1.2: spaces other than U+0020. */
const OTHER_SPACE = /[\u00A0\u1680\u2000-\u200B\u202F\u205F\u3000]/gu;
/** B.1: commonly mapped to nothing. (U+200B is in both tables; the mapping to a space comes first.) */
const MAPPED_TO_NOTHING = /[\u00AD\u034F\u1806\u180B-\u180D\u200C\u200D\u2060\uFE00-\uFE0F\uFEFF]/gu;
/** C.2 to C.9: controls, private use, non-characters, surrogates, and what is not for plain text. */
const PROHIBITED =
  /[\p{Cc}\p{Co}\p{Cs}\p{Noncharacter_Code_Point}\u06DD\u070F\u180E\u200C\u200D\u2028\u2029\u2060-\u2063\u206A-\u206F\uFEFF\uFFF9-\uFFFD\u{1D173}-\u{1D17A}\u2FF0-\u2FFB\u0340\u0341\u200E\u200F\u202A-\u202E\u{E0001}\u{E0020}-\u{E007F}]/u;
/** A.1: unassigned in Unicode 3.2; outside the basic plane by the blocks that were assigned then. */
const UNASSIGNED =
  /\p{Cn}|[\u{10000}-\u{102FF}\u{1031F}\u{10324}-\u{1032F}\u{1034B}-\u{103FF}\u{10426}\u{10427}\u{1044E}-\u{1CFFF}\u{1D0F6}-\u{1D0FF}\u{1D1DE}-\u{1D3FF}\u{1D800}-\u{1FFFF}\u{2A6D7}-\u{2F7FF}\u{2FA1E}-\u{E0000}]/u;
/** D.1: right-to-left. */
const RIGHT_TO_LEFT =
  /[\u05BE\u05C0\u05C3\u05D0-\u05EA\u05F0-\u05F4\u061B\u061F\u0621-\u063A\u0640-\u064A\u066D-\u066F\u0671-\u06D5\u06DD\u06E5\u06E6\u06FA-\u06FE\u0700-\u070D\u0710\u0712-\u072C\u0780-\u07A5\u07B1\u200F\uFB1D\uFB1F-\uFB28\uFB2A-\uFB36\uFB38-\uFB3C\uFB3E\uFB40\uFB41\uFB43\uFB44\uFB46-\uFBB1\uFBD3-\uFD3D\uFD50-\uFD8F\uFD92-\uFDC7\uFDF0-\uFDFC\uFE70-\uFE74\uFE76-\uFEFC]/u;
const LETTER = /\p{L}/u;
const ASCII_ONLY = /^[\0-\x7F]*$/;

/** The form of a password that is hashed. */
export function saslPrep(password: string): string {
  // ASCII is either unchanged, or rejected (controls) and so used as it is.
  if (ASCII_ONLY.test(password)) return password;
  const mapped = password.replace(OTHER_SPACE, ' ').replace(MAPPED_TO_NOTHING, '');
  const prepared = mapped.normalize('NFKC');
  if (prepared === '' || PROHIBITED.test(prepared) || UNASSIGNED.test(mapped)) return password;
  return directionIsConsistent(prepared) ? prepared : password;
}

/** RFC 3454, section 6: right-to-left text must begin and end so, and hold no left-to-right letters. */
function directionIsConsistent(text: string): boolean {
  if (!RIGHT_TO_LEFT.test(text)) return true;
  const characters = Array.from(text);
  const isRightToLeft = (character: string | undefined): boolean =>
    character !== undefined && RIGHT_TO_LEFT.test(character);
  if (!isRightToLeft(characters[0]) || !isRightToLeft(characters.at(-1))) return false;
  return !characters.some((character) => LETTER.test(character) && !isRightToLeft(character));
}
