import { createSim } from '../index.ts'
import { drawDiagnostic } from '../scenario/diagnostic.ts'
import { record } from '../ui/model/recording.ts'
import { forgetCi } from '../ui/screen/forget-ci.ts'
import { exitCodes } from './exit-codes.ts'
import { run } from './run.ts'
import { readScenarioFile } from './scenario-files.ts'

interface PlayFlags {
  readonly seed?: string
  readonly ui: 'auto' | 'tui' | 'plain'
  readonly color: 'auto' | 'always' | 'never'
}

/** `podsim play`: on a terminal the player; anywhere else the story, told plainly. */
export async function play(file: string, options: Record<string, unknown>): Promise<number> {
  // The shape is what main.ts declares to the argument parser.
  const flags = options as unknown as PlayFlags
  const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true && process.env.TERM !== 'dumb'
  if (flags.ui === 'plain' || (flags.ui === 'auto' && !isTerminal)) {
    const seed = flags.seed === undefined ? {} : { seed: flags.seed }
    return run([file], { reporter: 'pretty', story: 'always', color: flags.color, ...seed })
  }
  if (!isTerminal) {
    process.stderr.write('error: --ui tui needs a terminal for input and output; without one, use --ui plain\n')
    return exitCodes.usage
  }
  const { text, loaded } = readScenarioFile(file)
  if (!loaded.ok) {
    for (const error of loaded.errors) process.stderr.write(`${drawDiagnostic(error, text)}\n`)
    return exitCodes.usage
  }
  const recording = record(loaded.value, { createSim, ...(flags.seed === undefined ? {} : { seed: flags.seed }) })
  forgetCi()
  const { playOnTerminal } = await import('../ui/play-terminal.tsx')
  await playOnTerminal(recording, { stdin: process.stdin, stdout: process.stdout })
  const { result } = recording
  process.stdout.write(`${result.scenario.title}: ${result.outcome}, seed ${result.seed}, digest ${result.digest}\n`)
  if (result.outcome === 'broken') return exitCodes.internal
  return result.outcome === 'failed' ? exitCodes.failed : exitCodes.passed
}
