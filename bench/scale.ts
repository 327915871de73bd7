import { spawnSync } from 'node:child_process'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import { benchFolder, bundleScript } from './baseline.ts'
import { scaleSettings, usage } from './scale/settings.ts'

/**
 * `npm run bench:scale -- OPTIONS`: a cluster of a size goes through all that one goes through, and each phase is measured, in a
 * process of its own. Figures go to stdout, each phase as it is over to stderr.
 */
const args = process.argv.slice(2)
if (args.includes('--help')) process.stdout.write(usage)
else process.exitCode = run()

function run(): number {
  try {
    scaleSettings(args)
  } catch (error) {
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
    return 2
  }
  const script = join(benchFolder, `scale-${process.pid}.mjs`)
  bundleScript('bench/scale/main.ts', script)
  // Four fifths of what the machine has: the largest clusters take more than V8 would. Left alone it would let garbage come to as much as
  // what is alive before it collects all; and while it marks beside the work, what dies meanwhile stays, and texts that were put together keep
  // their pieces.
  const flags = [
    '--expose-gc',
    '--heap-growing-percent=5',
    '--max-semi-space-size=8',
    '--no-incremental-marking',
    `--max-old-space-size=${Math.floor((totalmem() / 2 ** 20) * 0.8)}`,
  ]
  return spawnSync(process.execPath, [...flags, script, ...args], { stdio: 'inherit' }).status ?? 70
}
