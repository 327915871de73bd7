import { join } from 'node:path'
import { configDefaults, defineConfig } from 'vitest/config'
import { DearFirst } from './test/loading/dear-first.ts'
import { oneBundle } from './test/loading/one-bundle.ts'

/** `--sequence.shuffle.files` shuffles them all, the dear ones too. */
const isShuffled = process.argv.some((each) => each.startsWith('--sequence.shuffle'))

const v8Major = Number.parseInt(process.versions.v8, 10)

const source = (path: string): string => join(import.meta.dirname, 'src', path)

/**
 * Tests of real programs, in processes of their own: kubectl, helm, client libraries, shells, a terminal, a browser, podsim as it is
 * built. `npm test`, which needs nothing but Node.js and node_modules, leaves them out; `npm run test:real` runs them and no others.
 */
const ofRealPrograms = 'test/**/*.real.test.ts'
/** Tests that say of more seeds, or of one more version, what others say: `npm run soak` runs them, and CI does. */
const ofSoak = 'test/**/*.soak.test.ts'

export default defineConfig(({ mode }) => ({
  plugins: [oneBundle()],
  // The examples name podsim as whoever installs it does.
  resolve: {
    alias: [
      { find: /^podsim$/, replacement: source('index.ts') },
      { find: /^podsim\/(vitest|assert|fast-check)$/, replacement: source('testing/$1.ts') },
    ],
  },
  test: {
    ...(mode === 'real'
      ? { include: [ofRealPrograms] }
      : {
          include: ['test/**/*.test.ts', 'examples/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ofRealPrograms, ...(mode === 'soak' ? [] : [ofSoak])],
        }),
    // Real programs wait for each other, and in CI for what else goes on.
    testTimeout: mode === 'real' ? 300_000 : 60_000,
    // Tests share nothing but modules, which keep nothing that another test could see: they are loaded once a worker, not once
    // a file. `npx vitest run --sequence.shuffle.files` shows that it is so.
    isolate: false,
    maxWorkers: '100%',
    // What is thrown inside the bundle of sources is told by file and line of the source. Functions are optimised later than
    // V8 would: most run seldom, and a quarter of the processor time went into that (docs/decisions/0008). V8 from 12 on does not know the flag.
    // The room for young objects grows to its whole size at once, none is made old from the first, and each worker collects its own by
    // itself, since there are as many as cores: as the command does, for the reasons that bin/bundle.js and src/cli/v8-flags.ts tell.
    execArgv: [
      '--enable-source-maps',
      ...['--semi-space-growth-factor=16', '--no-allocation-site-pretenuring', '--no-parallel-scavenge'],
      ...(v8Major < 12 ? ['--interrupt-budget=600000'] : []),
    ],
    ...(isShuffled ? {} : { sequence: { sequencer: DearFirst } }),
    // A golden file that is missing is a failure, not an invitation: `npm run golden -- --update` writes.
    update: 'none',
    diff: { expand: false },
  },
}))
