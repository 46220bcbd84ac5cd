// The words of a text, as the server divides it (Words in the engine): what is different here finds something else there.

const UNSPACED = "\\u3040-\\u30ff\\u31f0-\\u31ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\u{20000}-\\u{3ffff}\\u0e00-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff";
const IN_WORD = "[\\p{L}\\p{N}\\p{Mn}\\p{Mc}]";
const EMOJI = "\\u{1f000}-\\u{1faff}";

/** A character of a script without spaces, a symbol, or a run of letters and digits. */
const PART = new RegExp(`((?=${IN_WORD})[${UNSPACED}])|[${EMOJI}\\p{So}]|(?:(?![${UNSPACED}${EMOJI}])${IN_WORD})+`, "gu");

/** Accents, vowel points of Hebrew and Arabic, shades of skin, and what only says how others are shown. */
const IGNORED = /[\u0300-\u036f\u0483-\u0487\u0610-\u061a\u0640\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\u{1f3fb}-\u{1f3ff}\p{Cf}]|(?=\p{Mn})[\u0591-\u05c7\u06d6-\u06ed]/gu;

/** Letters with a stroke or of two letters, which Unicode does not take apart. */
const LETTERS: Readonly<Record<string, string>> = { ø: "o", ł: "l", đ: "d", ð: "d", ħ: "h", ŧ: "t", ı: "i", æ: "ae", œ: "oe", þ: "th", ς: "σ" };
const LETTER = /[øłđðħŧıæœþς]/g;

/** In normal form NFKD; a row of more than 30 marks piece by piece, as the server does it. */
const decomposed = (text: string): string => (/\p{M}{31}/u.test(text) ? pieces(text) : [text]).map((piece) => piece.normalize("NFKD")).join("");

function pieces(text: string): string[] {
  const all: string[] = [];
  let piece = "";
  let marks = 0;
  for (const character of text) {
    marks = /\p{M}/u.test(character) ? marks + 1 : 0;
    if (marks > 30) {
      all.push(piece);
      piece = "";
      marks = 1;
    }
    piece += character;
  }
  return [...all, piece];
}

/** The text without what makes no difference. */
export function fold(text: string): string {
  if (/^[\0-\x7f]*$/.test(text)) return text.toLowerCase();
  const same = decomposed(text).toLowerCase().toUpperCase().toLowerCase();
  return decomposed(same).replace(IGNORED, "").replace(LETTER, (letter) => LETTERS[letter]!);
}

/**
 * Calls `found` with the words of a text. In scripts without spaces every two characters that stand together are one; a single one is,
 * too, among the words by which a text is `indexed`, and where it stands alone in a query.
 */
export function words(text: string, indexed: boolean, found: (word: string) => void): void {
  let before = "";
  let paired = false;
  let end = 0;
  const close = () => {
    if (before && !paired && !indexed) found(before);
    before = "";
    paired = false;
  };
  for (const match of fold(text).matchAll(PART)) {
    const [part, alone] = match;
    if (!alone || match.index !== end) close();
    if (alone) {
      if (before) {
        found(before + part);
        paired = true;
      }
      if (indexed) found(part);
      before = part;
    } else found(part);
    end = match.index + part.length;
  }
  close();
}
