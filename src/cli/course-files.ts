import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Course, type CourseIndex, courseOf } from '../ui/course/course.ts'
import {
  type LessonProgress,
  noProgress,
  type Progress,
  progressText,
  readProgress,
  withPlayed,
} from '../ui/course/progress.ts'
import { errorCode } from './error-code.ts'

/** The folder of the course, which stands beside `dist/` and beside `src/` alike. */
export const courseFolder = fileURLToPath(new URL('../../scenarios/course', import.meta.url))

/** The course as it is shipped. */
export function readCourse(): Course {
  // Made by `npm run generate course`, held by a test, and shipped with podsim.
  return courseOf(JSON.parse(readFileSync(join(courseFolder, 'course.json'), 'utf8')) as CourseIndex)
}

/** What of the host decides where state is kept. */
export interface StateHost {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
  readonly home: string
}

/**
 * The folder in which podsim keeps what it remembers of its user. Source: XDG Base Directory Specification, $XDG_STATE_HOME (a path
 * that is not absolute is to be ignored); elsewhere where programs of that system keep theirs.
 */
export function stateFolder({ env, platform, home }: StateHost): string {
  const { XDG_STATE_HOME: given = '', LOCALAPPDATA: local = '' } = env
  if (isAbsolute(given)) return join(given, 'podsim')
  if (platform === 'win32') return join(isAbsolute(local) ? local : join(home, 'AppData', 'Local'), 'podsim')
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'podsim')
  return join(home, '.local', 'state', 'podsim')
}

/** Progress on a disk. What can't be read or written stops nobody: it is told in a sentence. */
export interface ProgressFile {
  readonly path: string
  /** What is kept there, and what is to be said of it. */
  read(): { readonly progress: Progress; readonly notice: string | undefined }
  /** Adds one go at a lesson to what is kept there by now; says why not where it can't. */
  add(id: string, played: LessonProgress): { readonly progress: Progress; readonly problem: string | undefined }
  /** Forgets all of it; says why not where it can't. */
  forget(): string | undefined
}

/** The progress of this process' user. */
export function userProgress(): ProgressFile {
  return progressIn(stateFolder({ env: process.env, platform: process.platform, home: homedir() }))
}

/** The progress that is kept in a folder, which need not exist. */
export function progressIn(folder: string): ProgressFile {
  const path = join(folder, 'course.json')
  /** Progress that could not be written is at least known until the end. */
  let unwritten: Progress | undefined
  /** A later podsim has written the file: it is not touched. */
  let isNewer = false

  const read = (): ReturnType<ProgressFile['read']> => {
    let text: string
    try {
      text = readFileSync(path, 'utf8')
    } catch (error) {
      const isNone = errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR'
      return {
        progress: noProgress,
        notice: isNone ? undefined : `progress cannot be read: ${path} (${errorCode(error)})`,
      }
    }
    const found = readProgress(text)
    isNewer = !found.ok && found.problem === 'newer'
    if (found.ok) return { progress: found.progress, notice: undefined }
    if (isNewer)
      return { progress: noProgress, notice: `${path} is of a newer podsim; it is left alone, and nothing is kept` }
    return { progress: noProgress, notice: keptAside() }
  }

  const keptAside = (): string => {
    const aside = join(folder, 'course.damaged.json')
    try {
      renameSync(path, aside)
      return `the progress in ${path} was damaged; it is kept as ${aside}, and you begin anew`
    } catch (error) {
      return `the progress in ${path} is damaged and cannot be moved aside (${errorCode(error)})`
    }
  }

  return {
    path,
    read,
    add(id, played) {
      const kept = unwritten ?? read().progress
      const progress = withPlayed(kept, id, played)
      const problem = isNewer ? `${path} is of a newer podsim` : written(folder, path, progressText(progress))
      unwritten = problem === undefined ? undefined : progress
      return { progress, problem: problem === undefined ? undefined : `progress is not kept: ${problem}` }
    },
    forget() {
      unwritten = undefined
      try {
        rmSync(path, { force: true })
        return undefined
      } catch (error) {
        return `${path} cannot be removed (${errorCode(error)})`
      }
    },
  }
}

/** Writes all of a file or nothing: whoever reads meanwhile finds the one before. */
function written(folder: string, path: string, text: string): string | undefined {
  const beside = `${path}.${process.pid}.new`
  try {
    // The specification wants such folders for their owner alone.
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeFileSync(beside, text, { mode: 0o600 })
    renameSync(beside, path)
    return undefined
  } catch (error) {
    removed(beside)
    return `${path} cannot be written (${errorCode(error)})`
  }
}

/** What was begun of a file goes; where not even that can be, there is none. */
function removed(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // Its folder is none.
  }
}
