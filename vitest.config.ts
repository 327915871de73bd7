import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    testTimeout: 60_000,
    // Tests share nothing but modules, which keep nothing that another test could see: they are loaded once a worker, not once
    // a file. `npx vitest run --sequence.shuffle.files` shows that it is so.
    isolate: false,
    maxWorkers: '100%',
    // A golden file that is missing is a failure, not an invitation: `npm run golden -- --update` writes.
    update: 'none',
    diff: { expand: false },
  },
})
