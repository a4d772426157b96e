import { expect, test } from 'vitest';
import { userErrorsOf } from '../../src/access/user-errors.js';
import { AppError, refuse } from '../../src/kernel/errors.js';

test('work that succeeds gives its value and no user errors', async () => {
  expect(await userErrorsOf(async () => 5)).toEqual({ value: 5, userErrors: [] });
});

test('a refusal becomes user errors', async () => {
  const outcome = await userErrorsOf(async () => refuse('EMAIL_TAKEN', 'Taken', ['email']));
  expect(outcome).toEqual({
    value: null,
    userErrors: [{ code: 'EMAIL_TAKEN', message: 'Taken', field: ['input', 'email'] }],
  });
});

test('every other error goes on', async () => {
  const failing = userErrorsOf(async () => {
    throw new AppError('RETRY', 'again');
  });
  await expect(failing).rejects.toMatchObject({ code: 'RETRY' });
});
