/**
 * A value that a scalar does not take. The message says what was expected and never what was got, so it may be shown.
 */
export class InputError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InputError';
  }
}
