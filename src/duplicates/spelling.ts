/** Letters that Unicode does not take apart into a base letter and a mark. */
const ownLetters: Readonly<Record<string, string>> = {
  ø: 'o',
  ß: 'ss',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  æ: 'ae',
  œ: 'oe',
  ı: 'i',
};

/**
 * A text for comparing: compatibility forms made one, marks of Latin, Greek and Cyrillic letters removed, lower case,
 * punctuation as spaces. Marks of other scripts stay: in Devanagari or kana they are the vowel or the consonant.
 */
export function foldText(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]+/gu, '')
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[øßłđðþæœı]/gu, (letter) => ownLetters[letter] ?? letter)
    .replace(/['’ʼ`´]+/gu, '')
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim();
}

/** Whether a folded text is written in basic Latin letters, for which the rules of spelling and sound below are made. */
export function isLatin(folded: string): boolean {
  return /^[a-z ]+$/.test(folded);
}

/** Winkler's bonus per letter of a common beginning, and the letters it counts: his own figures. */
const prefixBonus = 0.1;
const prefixMax = 4;

/** Jaro–Winkler likeness of two texts, from 0 to 1 (Winkler, 1990): made for names with typing errors. Symmetric. */
export function jaroWinkler(a: string, b: string): number {
  if (a === b) return 1;
  const window = Math.max(0, Math.floor(Math.max(a.length, b.length) / 2) - 1);
  const takenB = new Array<boolean>(b.length).fill(false);
  const matchedA: string[] = [];
  for (let i = 0; i < a.length; i += 1) {
    for (let j = Math.max(0, i - window); j < Math.min(b.length, i + window + 1); j += 1) {
      if (takenB[j] || a[i] !== b[j]) continue;
      takenB[j] = true;
      matchedA.push(a[i] as string);
      break;
    }
  }
  const m = matchedA.length;
  if (m === 0) return 0;
  const matchedB = [...b].filter((_, j) => takenB[j]);
  const halfTranspositions = matchedA.filter((letter, at) => letter !== matchedB[at]).length;
  const jaro = (m / a.length + m / b.length + (m - halfTranspositions / 2) / m) / 3;
  let prefix = 0;
  while (prefix < Math.min(prefixMax, a.length, b.length) && a[prefix] === b[prefix]) prefix += 1;
  return jaro + prefix * prefixBonus * (1 - jaro);
}

const soundCodes: Readonly<Record<string, string>> = Object.fromEntries(
  ['bfpv', 'cgjkqsxz', 'dt', 'l', 'mn', 'r'].flatMap((letters, at) =>
    [...letters].map((letter) => [letter, String(at + 1)] as const),
  ),
);

/** American Soundex of a folded Latin name: first letter and three digits, as the U.S. National Archives define it. */
export function soundex(name: string): string {
  const letters = name.replace(/[^a-z]/g, '');
  let code = letters.slice(0, 1);
  let last = soundCodes[code] ?? '';
  for (const letter of letters.slice(1)) {
    const digit = soundCodes[letter] ?? '';
    if (digit !== '' && digit !== last) code += digit;
    // H and W do not part two letters of one sound; vowels do.
    if (letter !== 'h' && letter !== 'w') last = digit;
    if (code.length === 4) break;
  }
  return code.padEnd(4, '0');
}
