import { safeLine } from '../bytes/terminal-text.ts'
import { createSim } from '../index.ts'
import { plain } from '../report/text.ts'
import { drawDiagnostic } from '../scenario/diagnostic.ts'
import type { Scenario } from '../scenario/model.ts'
import type { Outcome, ScenarioResult } from '../scenario/result.ts'
import { createRecorder, type Recording } from '../ui/model/recording.ts'
import { isUtf8Locale } from '../ui/screen/ascii.ts'
import { prepareRenderer } from '../ui/screen/prepare-renderer.ts'
import { drive, listenForStop } from './drive.ts'
import { exitCodes } from './exit-codes.ts'
import type { Output } from './output.ts'
import { run } from './run.ts'
import { readScenarioFile } from './scenario-files.ts'

/** Options of `podsim play` as main.ts declares them to the argument parser. */
export interface PlayFlags {
  readonly seed?: string
  readonly reveal?: boolean
  readonly ui: 'auto' | 'tui' | 'plain'
}

/** `podsim play`: on a terminal the player; anywhere else the story, told plainly. */
export async function play(file: string, { ui, ...flags }: PlayFlags, output: Output): Promise<number> {
  const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true && process.env.TERM !== 'dumb'
  if (ui === 'plain' || (ui === 'auto' && !isTerminal))
    return run([file], { reporter: 'pretty', story: 'always', ...flags }, output)
  if (!isTerminal) {
    output.err(plain`error: --ui tui needs a terminal for input and output; without one, use --ui plain\n`)
    return exitCodes.usage
  }
  const { text, loaded } = readScenarioFile(file)
  if (!loaded.ok) {
    for (const error of loaded.errors) output.err(plain`${drawDiagnostic(error, text)}\n`)
    return exitCodes.usage
  }
  const { result, recording } = await recordOn(loaded.value, flags, output)
  if (recording === undefined || result.outcome === 'interrupted') {
    output.err(plain`${safeLine(result.scenario.title)}: ${result.reason ?? result.outcome}\n`)
    return exitCodeOf(result.outcome)
  }
  prepareRenderer(process.env, output.isColoured)
  const { playOnTerminal } = await import('../ui/play-terminal.tsx')
  const ending = await playOnTerminal(recording, {
    stdin: process.stdin,
    stdout: process.stdout,
    isUtf8: isUtf8Locale(process.env),
  })
  const title = recording.redaction.prose(result.scenario.title)
  output.out(plain`${safeLine(`${title}: ${result.outcome}, seed ${result.seed}, digest ${result.digest}`)}\n`)
  return ending === 'interrupted' ? exitCodes.interrupted : exitCodeOf(result.outcome)
}

/** Runs the scenario to its end, with a word on how far it is when that takes long. */
async function recordOn(
  scenario: Scenario,
  flags: Pick<PlayFlags, 'seed' | 'reveal'>,
  output: Output,
): Promise<{ readonly result: ScenarioResult; readonly recording: Recording | undefined }> {
  const stop = listenForStop(() => process.exit(exitCodes.interrupted))
  const recorder = createRecorder()
  try {
    const result = await drive(scenario, { createSim, ...flags, ...recorder.listener }, { output, stop })
    return { result, recording: recorder.recorded(result) }
  } finally {
    stop.close()
  }
}

function exitCodeOf(outcome: Outcome): number {
  switch (outcome) {
    case 'passed':
    case 'inconclusive':
      return exitCodes.passed
    case 'failed':
      return exitCodes.failed
    case 'broken':
      return exitCodes.internal
    case 'interrupted':
      return exitCodes.interrupted
  }
}
