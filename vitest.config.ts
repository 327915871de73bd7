import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    testTimeout: 60_000,
    // A golden file that is missing is a failure, not an invitation: `npm run golden -- --update` writes.
    update: 'none',
    diff: { expand: false },
  },
})
