import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { benchFolder, bundleScript } from './baseline.ts'

/**
 * `npm run bench:heap -- PHASE LEAST OPTIONS`: who holds how many bytes a Pod at the end of a phase of `npm run bench:scale` (whose options
 * follow), down to LEAST bytes a Pod. 1,500 Pods take half a minute; what does not grow with Pods is counted a Pod, too.
 */
const [phase = 'until all run', least = '100', ...args] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'podsim-heap-'))
try {
  const file = join(folder, 'heap.heapsnapshot')
  const pods = step('take', [file, phase, ...args])
  process.stdout.write(step('tell', [file, pods, least]))
} finally {
  rmSync(folder, { recursive: true })
}

function step(name: 'take' | 'tell', args: readonly string[]): string {
  const script = join(benchFolder, `heap-${name}-${process.pid}.mjs`)
  bundleScript(`bench/heap/${name}.ts`, script)
  const flags = ['--expose-gc', '--max-old-space-size=16384']
  const { status, stdout } = spawnSync(process.execPath, [...flags, script, ...args], {
    encoding: 'utf8',
    stdio: ['inherit', 'pipe', 'inherit'],
    maxBuffer: 2 ** 28,
  })
  if (status !== 0) throw new Error(`${name}: ${status}`)
  return stdout
}
