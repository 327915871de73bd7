import { writeFileSync } from 'node:fs'
import { safeLine } from '../bytes/terminal-text.ts'
import { createSim } from '../index.ts'
import { plain } from '../report/text.ts'
import { drawDiagnostic } from '../scenario/diagnostic.ts'
import { loadScenarios } from '../scenario/load.ts'
import type { Outcome } from '../scenario/result.ts'
import type { Settings } from '../scenario/variables/parameters.ts'
import { createPlayerHost } from '../ui/host-player.ts'
import { opening } from '../ui/model/opening.ts'
import type { PlayState } from '../ui/model/play-state.ts'
import type { PlayerHost } from '../ui/model/player.ts'
import { sandboxText } from '../ui/sandbox.ts'
import { isUtf8Locale } from '../ui/screen/ascii.ts'
import { prepareRenderer } from '../ui/screen/prepare-renderer.ts'
import { errorCode } from './error-code.ts'
import { exitCodes } from './exit-codes.ts'
import { flowOfFile } from './export.ts'
import { isJournal, otherThanTold, readRunFile } from './journal-file.ts'
import { oneRun } from './one-run.ts'
import type { Output } from './output.ts'
import { run } from './run.ts'
import type { ScenarioFile } from './scenario-files.ts'
import { letSpacesGrow } from './spaces.ts'

/** Options of `podsim play` as main.ts declares them to the argument parser. */
export interface PlayFlags {
  readonly seed?: string
  readonly set?: Settings
  readonly reveal?: boolean
  readonly ui: 'auto' | 'tui' | 'plain'
  /** Offer clusters to kubectl. */
  readonly serve?: boolean
}

/** `podsim play`: on a terminal the player, in a sandbox where no file is named; anywhere else the story, told plainly. */
export async function play(
  file: string | undefined,
  { ui, serve = false, ...flags }: PlayFlags,
  output: Output,
): Promise<number> {
  const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true && process.env.TERM !== 'dumb'
  if (file === undefined && (ui === 'plain' || !isTerminal)) {
    output.err(plain`error: without a terminal there is nothing to play in a sandbox; name a scenario file\n`)
    return exitCodes.usage
  }
  if (serve && (ui === 'plain' || !isTerminal)) {
    output.err(plain`error: --serve offers what the screen shows; podsim serve does so without one\n`)
    return exitCodes.usage
  }
  if (file !== undefined && (ui === 'plain' || (ui === 'auto' && !isTerminal))) return playPlainly(file, flags, output)
  if (!isTerminal) {
    output.err(plain`error: --ui tui needs a terminal for input and output; without one, use --ui plain\n`)
    return exitCodes.usage
  }
  const read =
    file === undefined ? { ...sandbox(), file: 'the sandbox', journal: undefined } : readRunFile(file, flags.set)
  const scenario = oneRun(read, flags.set, output)
  if (scenario === undefined) return exitCodes.usage
  const first = { ...opening(scenario, flags.seed), isRevealed: flags.reveal === true }
  const { ending, state } = await (serve ? playOffering(first, output) : playOpened(first, output))
  const [main] = state.worlds
  if (main === undefined) throw new Error('a player has a world')
  const { result, redaction } = main.recording
  if (state.isOpening) {
    output.err(
      plain`${safeLine(redaction.prose(result.scenario.title))}: ${result.reason ?? 'left before it had run'}\n`,
    )
    return exitCodeOf(result.outcome)
  }
  const other = flags.seed === undefined ? otherThanTold(read, result.digest) : undefined
  if (other !== undefined) {
    output.err(plain`error: ${other}\n`)
    return exitCodes.usage
  }
  const title = redaction.prose(result.scenario.title)
  output.out(plain`${safeLine(`${title}: ${result.outcome}, seed ${result.seed}, digest ${result.digest}`)}\n`)
  return ending === 'interrupted' ? exitCodes.interrupted : exitCodeOf(result.outcome)
}

/** The player, whose moments are offered to kubectl when its user asks for it. */
async function playOffering(state: PlayState, output: Output): Promise<Played> {
  const { createOffering } = await import('./offering.ts')
  const broken: string[] = []
  const offering = createOffering((what, error) => void broken.push(`${what}: ${String(error)}`))
  try {
    return await playOpened({ ...state, canOffer: true }, output, offering.offer)
  } finally {
    await offering.close()
    // The screen is the player's until then.
    for (const what of broken) output.err(plain`podsim is broken: ${safeLine(what)}\n`)
  }
}

/** How playing ended, and what the player was then like. */
export interface Played {
  readonly ending: 'quit' | 'interrupted'
  readonly state: PlayState
}

/** The player on this process' terminal, until its user quits. */
export async function playOpened(state: PlayState, output: Output, offer?: PlayerHost['offer']): Promise<Played> {
  prepareRenderer(process.env, output.isColoured)
  const { playOnTerminal } = await import('../ui/play-terminal.ts')
  return playOnTerminal(
    state,
    createPlayerHost({ createSim, write: writeNew, busy: letSpacesGrow, ...(offer && { offer }) }),
    {
      stdin: process.stdin,
      stdout: process.stdout,
      isUtf8: isUtf8Locale(process.env),
      isColoured: output.isColoured,
    },
  )
}

/** A cluster with nothing in it, and the page's examples at hand. */
export function sandbox(): Pick<ScenarioFile, 'text' | 'loaded'> {
  return { text: sandboxText, loaded: loadScenarios(sandboxText, 'sandbox.yaml', { readBeside: () => undefined }) }
}

/** The story, and then how the Secret flowed: the facts of the screen without one. */
async function playPlainly(file: string, flags: Omit<PlayFlags, 'ui'>, output: Output): Promise<number> {
  const told = isJournal(file) ? readRunFile(file, flags.set) : undefined
  if (told?.loaded.ok === false) {
    for (const error of told.loaded.errors) output.err(plain`${drawDiagnostic(error, told.text)}\n`)
    return exitCodes.usage
  }
  const [scenario] = told?.loaded.value ?? []
  const version = scenario?.source.cluster?.version
  const asTold = scenario === undefined ? {} : { seed: scenario.seed, ...(version !== undefined && { version }) }
  const set = scenario === undefined ? {} : { set: scenario.settings }
  const code = await run([told?.file ?? file], { story: 'always', ...asTold, ...flags, ...set }, output)
  if (code !== exitCodes.passed && code !== exitCodes.failed) return code
  const flow = await flowOfFile(file, flags, output)
  if (flow !== undefined) output.out(plain`\n${flow}`)
  return code
}

/** A new file in the folder that podsim was started in: what is there already stays. */
function writeNew(name: string, text: string): string | undefined {
  try {
    writeFileSync(name, text, { flag: 'wx' })
    return undefined
  } catch (error) {
    const code = errorCode(error)
    return code === 'EEXIST' ? `there is a file ${name} already` : `${name} cannot be written (${code})`
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
