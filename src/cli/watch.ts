import { type Stats, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { plain } from '../report/text.ts'
import { exitCodes } from './exit-codes.ts'
import type { Output } from './output.ts'
import type { RunFlags } from './reports.ts'
import { run } from './run.ts'
import { filesBelow, findScenarioFiles, standardInput } from './scenario-files.ts'

/** How often the disk is looked at: soon enough for who saves and looks up, seldom enough to cost nothing. */
const lookEveryMs = 300

/** Waits for the next change of the files, or until somebody asks to stop. */
export type ChangeOrStop = (before: string) => Promise<'changed' | 'stopped'>

/**
 * `podsim run --watch`: runs, and again whenever a scenario or a file beside it changes, until ctrl-C. On a terminal each run
 * begins on an empty screen.
 */
export async function watch(
  paths: readonly string[],
  flags: RunFlags,
  output: Output,
  changed: ChangeOrStop = changeOnDisk(paths),
): Promise<number> {
  if (paths.includes(standardInput)) {
    output.err(plain`error: --watch waits for files to change; standard input does not\n`)
    return exitCodes.usage
  }
  for (;;) {
    // What changes while it runs is a change after it.
    const before = fingerprint(paths)
    output.clear?.()
    const code = await run(paths, flags, output)
    if (code === exitCodes.interrupted) return code
    output.err(plain`\nwaiting for a change; ctrl-C ends\n`)
    if ((await changed(before)) === 'stopped') return exitCodes.interrupted
  }
}

/** A text that is another as soon as a scenario among the paths, or a file below the folder of one, is changed, made or gone. */
export function fingerprint(paths: readonly string[]): string {
  const { files } = findScenarioFiles(paths)
  const folders = [...new Set(files.map((file) => dirname(file)))]
  const beside = folders.flatMap((folder) => filesBelow(folder).map((name) => join(folder, name)))
  return [...new Set([...files, ...beside])].map((file) => `${file} ${stampOf(file)}`).join('\n')
}

function stampOf(file: string): string {
  let stats: Stats
  try {
    stats = statSync(file)
  } catch {
    return 'gone'
  }
  return `${stats.mtimeMs} ${stats.size} ${stats.ino}`
}

/** Looks at the disk again and again: it goes for every file system, and needs no handle for each folder. */
function changeOnDisk(paths: readonly string[]): ChangeOrStop {
  return async (before) => {
    const stop = new AbortController()
    const end = () => stop.abort()
    process.once('SIGINT', end)
    process.once('SIGTERM', end)
    try {
      for (;;) {
        await setTimeout(lookEveryMs, undefined, { signal: stop.signal })
        if (fingerprint(paths) !== before) return 'changed'
      }
    } catch {
      return 'stopped'
    } finally {
      process.off('SIGINT', end)
      process.off('SIGTERM', end)
    }
  }
}
