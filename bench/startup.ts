import { execFileSync } from 'node:child_process'
import { elapsedMs, type Figure, rounded } from './measure.ts'

const bin = 'bin/podsim.js'

/** Whole processes: what a user waits for. Wants a built `dist/`. */
export const startupFigures: readonly Figure[] = [
  { suite: 'start-up', name: 'node -e 0', size: 1, unit: 'ms', measure: () => processMs(['-e', '0']) },
  { suite: 'start-up', name: 'podsim --version', size: 1, unit: 'ms', measure: () => processMs([bin, '--version']) },
  {
    suite: 'start-up',
    name: 'podsim run first-light',
    size: 1,
    unit: 'ms',
    measure: () => processMs([bin, 'run', 'scenarios/first-light.yaml']),
  },
  {
    suite: 'start-up',
    name: 'podsim --version: ratio',
    size: 1,
    unit: 'x bare node',
    isRatio: true,
    measure: () => rounded(processMs([bin, '--version']) / processMs(['-e', '0'])),
  },
]

function processMs(args: readonly string[]): number {
  const times = Array.from({ length: 5 }, () =>
    elapsedMs(() => void execFileSync(process.execPath, args, { stdio: 'ignore' })),
  )
  return Math.round(Math.min(...times))
}
