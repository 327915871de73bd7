import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * `npm run soak [seeds [options of vitest]]`: random clusters for a virtual hour each, as test/invariants/random.test.ts has them, with
 * many more seeds than a run of the tests has time for, and the tests that are called *.soak.test.ts. Without a number: a
 * thousand, and all cases of every property (test/tries.ts).
 */
const seeds = process.argv[2] ?? '1000'
if (!/^[1-9]\d*$/.test(seeds)) {
  process.stderr.write(`${seeds} is no number of seeds\n`)
  process.exit(2)
}
const root = join(import.meta.dirname, '..')
const properties = process.argv[2] === undefined ? filesOfProperties() : []
const { status } = spawnSync(
  process.execPath,
  [
    // A test of twenty hours may take long where others work, too.
    ...[join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--mode', 'soak', '--testTimeout=600000'],
    ...['test/invariants/random', '.soak.test.ts', ...properties, ...process.argv.slice(3)],
  ],
  { cwd: root, stdio: 'inherit', env: { ...process.env, PODSIM_SEEDS: seeds, PODSIM_TRIES: 'all' } },
)
process.exit(status ?? 1)

/** Those that have only some of their cases tried by `npm test`. */
function filesOfProperties(): readonly string[] {
  const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
  return files
    .filter((file) => file.endsWith('.test.ts') && /[ :]tries\(/.test(readFileSync(join(root, 'test', file), 'utf8')))
    .map((file) => join('test', file))
}
