/** How far somebody has come in the course: what is kept from one run of podsim to the next. Plain data. */
export interface Progress {
  /** By the ids of lessons. */
  readonly lessons: Readonly<Record<string, LessonProgress>>
  /** The lesson that was played last. */
  readonly last: string | undefined
}

/** What came of a lesson, over all times that it was played. */
export interface LessonProgress {
  /** It was seen to its end. */
  readonly isDone: boolean
  /** Most answers that were right in one go. */
  readonly right: number
}

/** Nobody has played anything. */
export const noProgress: Progress = { lessons: {}, last: undefined }

/** Of the file's form. A later one may mean something else by the same words. */
const version = 1

/** The progress with one more go at a lesson in it. */
export function withPlayed(progress: Progress, id: string, { isDone, right }: LessonProgress): Progress {
  const before = progress.lessons[id]
  const now = { isDone: isDone || before?.isDone === true, right: Math.max(right, before?.right ?? 0) }
  return { lessons: { ...progress.lessons, [id]: now }, last: id }
}

/** The file's text. */
export function progressText({ lessons, last }: Progress): string {
  return `${JSON.stringify({ version, ...(last === undefined ? {} : { last }), lessons }, undefined, 2)}\n`
}

/** What a file says; `damaged`: it is not what podsim writes; `newer`: a later podsim wrote it. */
export type ReadProgress =
  | { readonly ok: true; readonly progress: Progress }
  | { readonly ok: false; readonly problem: 'damaged' | 'newer' }

/** Reads a file's text, which anybody may have changed. */
export function readProgress(text: string): ReadProgress {
  const damaged = { ok: false, problem: 'damaged' } as const
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return damaged
  }
  if (!isMap(value) || typeof value.version !== 'number') return damaged
  if (value.version > version) return { ok: false, problem: 'newer' }
  const { lessons, last } = value
  if (!isMap(lessons) || (last !== undefined && typeof last !== 'string')) return damaged
  const kept: Record<string, LessonProgress> = {}
  for (const [id, each] of Object.entries(lessons)) {
    if (!isMap(each) || typeof each.isDone !== 'boolean' || !isCount(each.right)) return damaged
    kept[id] = { isDone: each.isDone, right: each.right }
  }
  return { ok: true, progress: { lessons: kept, last } }
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
