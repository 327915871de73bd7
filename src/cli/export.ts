import { writeFileSync } from 'node:fs'
import { createSim } from '../index.ts'
import type { Album } from '../report/export/album.ts'
import { albumCast } from '../report/export/cast.ts'
import { albumText } from '../report/export/flow-text.ts'
import { type AlbumChoice, makeAlbum, type ToldRun } from '../report/export/make-album.ts'
import { albumMermaid } from '../report/export/mermaid.ts'
import { albumPage, type LiveParts } from '../report/export/page.ts'
import { albumPerfetto } from '../report/export/perfetto.ts'
import { albumSvg } from '../report/export/svg.ts'
import { createTranscript } from '../report/export/transcript.ts'
import { plain, type TerminalText } from '../report/text.ts'
import type { Scenario } from '../scenario/model.ts'
import type { Settings } from '../scenario/variables/parameters.ts'
import { parseDuration } from '../sim/duration.ts'
import type { LiveScenario } from '../ui/live/live-scenario.ts'
import { withKnobs } from '../ui/world/knobs.ts'
import { drive, listenForStop } from './drive.ts'
import { exitCodes } from './exit-codes.ts'
import { otherThanTold, type RunFile, readRunFile } from './journal-file.ts'
import { liveParts } from './live-parts.ts'
import { oneRun } from './one-run.ts'
import type { Output } from './output.ts'
import type { ScenarioFile } from './scenario-files.ts'
import { version } from './version.ts'

/** Forms in which a run is taken home. */
export const exportFormats = ['html', 'cast', 'svg', 'txt', 'mermaid', 'perfetto'] as const

/** One of them. */
export type ExportFormat = (typeof exportFormats)[number]

/** Flags of `podsim export`, as commander hands them over. */
export interface ExportFlags {
  readonly output: string
  readonly format?: ExportFormat
  readonly seed?: string
  readonly set?: Settings
  readonly secret?: string
  readonly key?: string
  readonly from?: string
  readonly to?: string
  readonly at?: string
  readonly compare?: string
  readonly reveal?: boolean
  /** With podsim inside. */
  readonly live?: boolean
}

const endings: Readonly<Record<string, ExportFormat>> = {
  html: 'html',
  htm: 'html',
  cast: 'cast',
  svg: 'svg',
  txt: 'txt',
  mmd: 'mermaid',
  mermaid: 'mermaid',
  json: 'perfetto',
  'perfetto-trace': 'perfetto',
}

/** What is wrong with how the command was called. */
class UsageError extends Error {}

/** `podsim export`: runs a scenario and writes its flow as one file. */
export async function exportRun(file: string, flags: ExportFlags, output: Output): Promise<number> {
  const read = readRunFile(file, flags.set)
  const scenario = oneRun(read, flags.set, output)
  if (scenario === undefined) return exitCodes.usage
  try {
    return await exported(scenario, flags, read, output)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    output.err(plain`error: ${error.message}\n`)
    return exitCodes.usage
  }
}

/** The flow of a scenario as text, run once more for it; undefined where there is no Secret to follow. */
export async function flowOfFile(
  file: string,
  flags: Pick<ExportFlags, 'seed' | 'set' | 'reveal'>,
  output: Output,
): Promise<TerminalText | undefined> {
  const { loaded } = readRunFile(file, flags.set)
  if (!loaded.ok) return undefined
  const runs: ToldRun[] = []
  for (const [name, world] of worldsOf(loaded.value[0], undefined)) {
    const run = await toldRun(name, world, { output: '-', ...flags }, output)
    if (run === undefined) return undefined
    runs.push(run)
  }
  const [first, ...others] = runs
  if (first === undefined) return undefined
  const album = makeAlbum([first, ...others], {
    ...{ podsim: version, reveal: flags.reveal ?? false },
    ...secretOf(loaded.value[0].source.lesson?.follow),
  })
  return 'problem' in album ? undefined : albumText(album, album.to)
}

async function exported(scenario: Scenario, flags: ExportFlags, read: RunFile, output: Output): Promise<number> {
  const format = formatOf(flags)
  const range = rangeOf(flags)
  if (flags.live === true && format !== 'html') throw new UsageError(`--live is for pages; ${format} is none`)
  const runs: ToldRun[] = []
  for (const [name, world] of worldsOf(scenario, flags.compare)) {
    const run = await toldRun(name, world, flags, output)
    if (run === undefined) return exitCodes.interrupted
    runs.push(run)
  }
  const [first, ...others] = runs
  if (first === undefined) throw new UsageError('there is nothing to run')
  const other = others.length > 0 ? undefined : otherThanTold(read, first.result.digest)
  if (other !== undefined) throw new UsageError(other)
  const choice: AlbumChoice = {
    podsim: version,
    reveal: flags.reveal ?? false,
    ...range,
    ...secretOf(flags.secret ?? scenario.source.lesson?.follow),
    ...(flags.key !== undefined && { key: flags.key }),
    ...(scenario.source.lesson !== undefined && { lesson: scenario.source.lesson }),
  }
  const album = makeAlbum([first, ...others], choice)
  if ('problem' in album) throw new UsageError(album.problem)
  const written =
    flags.live === true
      ? albumPage(album, livePartsOf(scenario, flags, read, choice))
      : writtenAs(format, album, range.at ?? album.to)
  write(flags.output, written, output)
  if (flags.live === true) output.err(plain`the page has ${read.file} inside, with all values that stand in it\n`)
  const failed = runs.find(({ result }) => result.outcome !== 'passed')
  if (failed === undefined) return exitCodes.passed
  output.err(plain`${failed.result.scenario.title}: ${failed.result.reason ?? failed.result.outcome}\n`)
  return failed.result.outcome === 'failed' ? exitCodes.failed : exitCodes.passed
}

/** What the page runs: without an end, for who does something wants to see what comes of it. */
function livePartsOf(
  scenario: Scenario,
  { seed, compare }: ExportFlags,
  { file, text, beside }: ScenarioFile,
  { to: _to, ...choice }: AlbumChoice,
): LiveParts {
  const given: LiveScenario = {
    ...{ file, text, ...beside, choice },
    settings: scenario.settings,
    seed: seed ?? scenario.seed,
    compare: comparedIn(scenario, compare),
  }
  const parts = liveParts(given)
  if (parts === undefined) throw new UsageError('podsim was built without what a live page has inside: npm run build')
  return parts
}

function writtenAs(format: ExportFormat, album: Album, at: number): string {
  switch (format) {
    case 'html':
      return albumPage(album)
    case 'cast':
      return albumCast(album)
    case 'svg':
      return albumSvg(album, at)
    case 'txt':
      return albumText(album, at).toString()
    case 'mermaid':
      return albumMermaid(album)
    case 'perfetto':
      return albumPerfetto(album)
  }
}

function formatOf({ format, output }: ExportFlags): ExportFormat {
  if (format !== undefined) return format
  const found = endings[output.slice(output.lastIndexOf('.') + 1)]
  if (found !== undefined) return found
  const known = Object.keys(endings).map((ending) => `.${ending}`)
  throw new UsageError(
    `--output ${output} does not say which form is meant; expected one of ${known.join(', ')}, or --format`,
  )
}

function rangeOf(flags: ExportFlags): { readonly from?: number; readonly to?: number; readonly at?: number } {
  const named = (['from', 'to', 'at'] as const).flatMap((name): [string, number][] => {
    const text = flags[name]
    if (text === undefined) return []
    const ms = parseDuration(text)
    if (ms === undefined) throw new UsageError(`--${name} is ${JSON.stringify(text)}; expected a time such as 2m15.5s`)
    return [[name, ms]]
  })
  return Object.fromEntries(named)
}

/** NAME or NAMESPACE/NAME. */
function secretOf(text: string | undefined): Pick<AlbumChoice, 'namespace' | 'secret'> {
  const [secret, namespace] = text?.split('/').reverse() ?? []
  return { ...(secret !== undefined && { secret }), ...(namespace !== undefined && { namespace }) }
}

const strategies = ['Watch', 'Cache', 'Get'] as const
type Strategy = (typeof strategies)[number]

/** The scenario itself, or once for each strategy that is compared: the same seed, only that one knob turned. */
function worldsOf(
  scenario: Scenario,
  compare: string | undefined,
): readonly (readonly [name: string, world: Scenario])[] {
  const names = comparedIn(scenario, compare)
  if (names.length === 0) return [['', scenario]]
  return names.map((strategy) => [strategy, withKnobs(scenario, { strategy })] as const)
}

function comparedIn(scenario: Scenario, compare: string | undefined): readonly Strategy[] {
  const names = compare?.split(',') ?? scenario.source.compare ?? []
  return names.map((name) => {
    const known = strategies.find((each) => each === name)
    if (known !== undefined) return known
    throw new UsageError(`--compare names ${JSON.stringify(name)}; expected a list of ${strategies.join(', ')}`)
  })
}

async function toldRun(
  name: string,
  scenario: Scenario,
  flags: ExportFlags,
  output: Output,
): Promise<ToldRun | undefined> {
  const stop = listenForStop(() => process.exit(exitCodes.interrupted))
  const { listener, heard } = createTranscript()
  try {
    const { seed, reveal } = flags
    const options = {
      createSim,
      ...(seed !== undefined && { seed }),
      ...(reveal !== undefined && { reveal }),
      ...listener,
    }
    const result = await drive(scenario, options, { output, stop })
    const transcript = heard()
    if (transcript === undefined) throw new UsageError(result.reason ?? result.outcome)
    return result.outcome === 'interrupted' ? undefined : { name, result, transcript }
  } finally {
    stop.close()
  }
}

function write(path: string, text: string, output: Output): void {
  if (path === '-') {
    output.out(plain`${text}`)
    return
  }
  try {
    writeFileSync(path, text)
  } catch (error) {
    throw new UsageError(`${path} can't be written: ${error instanceof Error ? error.message : String(error)}`)
  }
  output.out(plain`${path}\n`)
}
