import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

/**
 * `npm run soak [seeds]`: random clusters for a virtual hour each, as test/invariants/random.test.ts has them, with many more
 * seeds (1000) than a run of the tests has time for.
 */
const seeds = process.argv[2] ?? '1000'
if (!/^[1-9]\d*$/.test(seeds)) {
  process.stderr.write(`${seeds} is no number of seeds\n`)
  process.exit(2)
}
const root = join(import.meta.dirname, '..')
const { status } = spawnSync(
  process.execPath,
  [join(root, 'node_modules/vitest/vitest.mjs'), 'run', 'test/invariants/random'],
  { cwd: root, stdio: 'inherit', env: { ...process.env, PODSIM_SEEDS: seeds } },
)
process.exit(status ?? 1)
