import { expect, it } from 'vitest';
import { checkEmbeddedDocs } from '../../../scripts/embedded-docs.js';

it("the engine's page in the documentation says what its tables and the last results say", () => {
  expect(checkEmbeddedDocs()).toBeNull();
});
