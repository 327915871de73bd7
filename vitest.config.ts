import { defineConfig } from 'vitest/config'
import { DearFirst } from './test/loading/dear-first.ts'
import { oneBundle } from './test/loading/one-bundle.ts'

/** `--sequence.shuffle.files` shuffles them all, the dear ones too. */
const isShuffled = process.argv.some((each) => each.startsWith('--sequence.shuffle'))

export default defineConfig({
  plugins: [oneBundle()],
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    testTimeout: 60_000,
    // Tests share nothing but modules, which keep nothing that another test could see: they are loaded once a worker, not once
    // a file. `npx vitest run --sequence.shuffle.files` shows that it is so.
    isolate: false,
    maxWorkers: '100%',
    // What is thrown inside the bundle of sources is told by file and line of the source.
    execArgv: ['--enable-source-maps'],
    ...(isShuffled ? {} : { sequence: { sequencer: DearFirst } }),
    // A golden file that is missing is a failure, not an invitation: `npm run golden -- --update` writes.
    update: 'none',
    diff: { expand: false },
  },
})
