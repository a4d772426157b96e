/** Whether a text holds a surrogate without its partner: it cannot be written as UTF-8 and would not come back as sent. */
export function hasLoneSurrogate(text: string): boolean {
  return !text.isWellFormed();
}

/** Whether a text holds control characters other than tab and line breaks. */
export function hasControlCharacter(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit < 32 && unit !== 9 && unit !== 10 && unit !== 13) return true;
    if (unit === 127) return true;
  }
  return false;
}

/** Number of characters as people count them in limits: code points, not UTF-16 units. */
export function characterCount(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** The text in Unicode normal form C without white space at its ends; null when nothing is left. */
export function trimmedOrNull(text: string | null | undefined): string | null {
  if (text === null || text === undefined) return null;
  const trimmed = text.normalize('NFC').trim();
  return trimmed === '' ? null : trimmed;
}
