import { badInput } from '../kernel/errors.js';
import { characterCount, hasControlCharacter, hasLoneSurrogate, trimmedOrNull } from '../kernel/text.js';

/** Characters of a reason, as the contract says. */
const reasonLengthMax = 500;
/** Fields that can be chosen: the ten values, three parts of a date, and every attribute of a full profile fit. */
const choicesMax = 1_000;
/** The longest name of a field is `customAttributes.` with a namespace of 32 and a handle of 64 characters. */
const fieldNameLengthMax = 128;

/**
 * The reason as it is recorded; null when none was given.
 * @throws AppError `BAD_USER_INPUT` when it is too long or is no text that can be stored.
 */
export function checkReason(reason: string | null | undefined): string | null {
  const text = reason ?? '';
  if (hasLoneSurrogate(text) || hasControlCharacter(text)) {
    throw badInput('A reason holds no control characters or broken text', ['input', 'reason']);
  }
  if (characterCount(text) > reasonLengthMax) {
    throw badInput(`A reason has at most ${reasonLengthMax} characters`, ['input', 'reason']);
  }
  return trimmedOrNull(text);
}

/**
 * The names of fields to take from the loser.
 * @throws AppError `BAD_USER_INPUT` when there are too many or one cannot be a field's name.
 */
export function checkTakeFromLoser(names: readonly string[] | null | undefined): readonly string[] {
  const list = names ?? [];
  if (list.length > choicesMax) {
    throw badInput(`takeFromLoser has at most ${choicesMax} entries`, ['input', 'takeFromLoser']);
  }
  const at = list.findIndex((name) => name.length > fieldNameLengthMax || hasLoneSurrogate(name));
  if (at >= 0) {
    throw badInput(`A field's name has at most ${fieldNameLengthMax} characters`, [
      'input',
      'takeFromLoser',
      String(at),
    ]);
  }
  return list;
}
