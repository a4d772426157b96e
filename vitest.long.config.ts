import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import shortRun from './vitest.config.js';

/** What takes longest: begun last, one of them would be all that is left to wait for. */
const longest = ['merge-crash', 'link-mutants', 'merge-mutants', 'link-crash', 'link-meetings', 'crash-search'];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const found = longest.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
      return found < 0 ? longest.length : found;
    };
    return [...files].sort((one, other) => place(one) - place(other));
  }
}

/** Searches that take minutes, with seeds of their own: `npm run test:long`. Together they end within twenty. */
export default defineConfig({
  ...shortRun,
  test: {
    ...shortRun.test,
    include: ['test/long/**/*.test.ts'],
    exclude: [],
    sequence: { ...shortRun.test?.sequence, sequencer: LongestFirst },
  },
});
