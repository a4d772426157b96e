import { describe, expect, it } from 'vitest';
import {
  checkErrorDocs,
  generateErrorDocs,
  requestErrorCodeEnum,
  userErrorCodeEnums,
} from '../../scripts/error-docs.js';
import { operatorErrorCodes, requestErrorCodes } from '../../src/kernel/error-codes.js';

describe('error codes', () => {
  it('are the same in the code table and in the SDL', () => {
    const inSchema = requestErrorCodeEnum()
      .getValues()
      .map((value) => value.name);
    expect(Object.keys(requestErrorCodes).sort()).toEqual(inSchema.sort());
  });

  it('are all documented, and nothing else is', () => {
    expect(checkErrorDocs()).toBeNull();
  });

  it('appear on the page one by one, wherever they come from', () => {
    const page = generateErrorDocs();
    const codes = [
      ...Object.keys(requestErrorCodes),
      ...Object.keys(operatorErrorCodes),
      ...userErrorCodeEnums().flatMap((type) => type.getValues().map((value) => value.name)),
    ];
    expect(codes.filter((code) => !page.includes(`| \`${code}\` |`))).toEqual([]);
  });

  it('of the command line never share a name with codes that clients meet', () => {
    expect(Object.keys(operatorErrorCodes).filter((code) => code in requestErrorCodes)).toEqual([]);
  });

  it.each(Object.entries(requestErrorCodes))('%s has a status that fits who is to blame', (_code, entry) => {
    if (entry.httpStatus >= 500) expect(entry.blame).not.toBe('caller');
    if (entry.httpStatus >= 400 && entry.httpStatus < 500) expect(entry.blame).toBe('caller');
  });
});
