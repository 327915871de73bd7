import { execFileSync, spawnSync } from 'node:child_process'
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
  {
    suite: 'start-up',
    name: 'podsim play: processor time to the first frame',
    size: 1,
    unit: 'ms beyond bare node',
    goal: { landed: 770, reach: 500, aim: 300 },
    measure: () =>
      Math.round(
        least(
          () => played(keys),
          ({ firstFrameMs }) => firstFrameMs,
        ) - least(bareMs, (ms) => ms),
      ),
  },
  {
    suite: 'start-up',
    name: 'podsim play: processor time until it can be played',
    size: 1,
    unit: 'ms beyond bare node',
    measure: () =>
      Math.round(
        least(
          () => played(keys),
          ({ readyMs }) => readyMs,
        ) - least(bareMs, (ms) => ms),
      ),
  },
  {
    suite: 'start-up',
    name: 'podsim play: memory of a lesson',
    size: 1,
    unit: 'MB',
    goal: { landed: 150, reach: 120, aim: 100 },
    measure: () =>
      Math.round(
        least(
          () => played(keys),
          ({ maxMegabytes }) => maxMegabytes,
        ),
      ),
  },
  {
    suite: 'start-up',
    name: 'podsim play: memory of a look into all panes',
    size: 1,
    unit: 'MB',
    goal: { landed: 143, reach: 120, aim: 100 },
    measure: () =>
      Math.round(
        least(
          () => played(lookingRound),
          ({ maxMegabytes }) => maxMegabytes,
        ),
      ),
  },
]

/** A lesson that is opened, stepped through, looked into and seen to its end. */
const lesson = ['play', 'scenarios/updates/never.yaml']
const keys = [']', ']', '\u001b[C', '6', '7', '\u001b[F', '1']
const panes = [...'1234567890M']
/** Every pane at two moments, and each way of asking. */
const lookingRound = [']', ']', '\u001b[C', ...panes, '\u001b[F', ...panes, ...'wgydu][[[??1']

interface Played {
  readonly firstFrameMs: number
  /** Until the scenario has run and can be played. */
  readonly readyMs: number
  /** The most that the process had in memory. */
  readonly maxMegabytes: number
}

function played(pressed: readonly string[]): Played {
  const { stderr } = spawnSync(process.execPath, ['--require', './bench/play-probe.cjs', bin, ...lesson], {
    encoding: 'utf8',
    input: '',
    env: { ...process.env, PROBE_KEYS: JSON.stringify(pressed) },
  })
  return JSON.parse(/^\{.*\}$/m.exec(stderr)?.[0] ?? '') as Played // the probe's own line
}

function bareMs(): number {
  const script = 'const { user, system } = process.cpuUsage(); process.stdout.write(String((user + system) / 1000))'
  return Number(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }))
}

function least<T>(measure: () => T, of: (measured: T) => number): number {
  return Math.min(...Array.from({ length: 5 }, () => of(measure())))
}

function processMs(args: readonly string[]): number {
  const times = Array.from({ length: 5 }, () =>
    elapsedMs(() => void execFileSync(process.execPath, args, { stdio: 'ignore' })),
  )
  return Math.round(Math.min(...times))
}
