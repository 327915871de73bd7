import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { safeLine } from '../bytes/terminal-text.ts'
import { lines, plain } from '../report/text.ts'
import { drawDiagnostic } from '../scenario/diagnostic.ts'
import { type Course, type Lesson, lessonNamed, lessonsOf, nextLesson, scoreOf } from '../ui/course/course.ts'
import { type CourseState, firstCourse } from '../ui/course/course-state.ts'
import { answerLines, lessonParts, questionLines } from '../ui/course/plain-lesson.ts'
import type { LessonProgress, Progress } from '../ui/course/progress.ts'
import { opening } from '../ui/model/opening.ts'
import { rightOf } from '../ui/model/teaching.ts'
import { isUtf8Locale } from '../ui/screen/ascii.ts'
import { prepareRenderer } from '../ui/screen/prepare-renderer.ts'
import { wrapped } from '../ui/views/lines.ts'
import { courseFolder, type ProgressFile, readCourse, userProgress } from './course-files.ts'
import { exitCodes } from './exit-codes.ts'
import { flowOfFile } from './export.ts'
import { openScenario } from './open-world.ts'
import type { Output } from './output.ts'
import { playOpened, sandbox } from './play.ts'
import { rotate } from './rotate.ts'
import { readScenarioFile, type ScenarioFile } from './scenario-files.ts'

/** Options of `podsim course` as main.ts declares them. */
export interface CourseFlags {
  readonly ui: 'auto' | 'tui' | 'plain'
  readonly seed?: string
}

/** Where progress is kept, and where answers come from. */
export interface CourseHostParts {
  readonly progress: ProgressFile
  readonly input: Readable
}

/** Whether there is a terminal for input and output that can move its cursor. */
function isOnTerminal(): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true && process.env.TERM !== 'dumb'
}

/** `podsim course`, and `podsim` alone on a terminal. */
export async function course(
  what: string | undefined,
  { ui, seed }: CourseFlags,
  output: Output,
  { progress, input }: CourseHostParts = { progress: userProgress(), input: process.stdin },
): Promise<number> {
  if (what === 'reset') return reset(progress, output)
  const shipped = readCourse()
  const isOnScreen = ui === 'tui' || (ui === 'auto' && isOnTerminal())
  if (isOnScreen && what !== 'list' && !isOnTerminal()) {
    output.err(plain`error: --ui tui needs a terminal for input and output; without one, use --ui plain\n`)
    return exitCodes.usage
  }
  if (what === undefined && isOnScreen) return courseOnScreen(shipped, progress, output)
  if (what === undefined || what === 'list') return list(shipped, progress, output)
  const lesson = lessonNamed(shipped, what)
  if (lesson !== undefined && isOnScreen) return lessonOnScreen(lesson, { progress, seed }, output)
  if (lesson !== undefined) return tellLesson(shipped, lesson, { progress, input, seed }, output)
  output.err(plain`error: the course has no lesson ${what}; podsim course list names them\n`)
  return exitCodes.usage
}

function reset(progress: ProgressFile, output: Output): number {
  const problem = progress.forget()
  if (problem === undefined) output.out(plain`nothing is kept of the course any more\n`)
  else output.err(plain`error: ${problem}\n`)
  return problem === undefined ? exitCodes.passed : exitCodes.failed
}

/** All lessons with what came of them. */
function list(shipped: Course, file: ProgressFile, output: Output): number {
  const { progress, notice } = file.read()
  if (notice !== undefined) output.err(plain`${notice}\n`)
  for (const { number, title, about, lessons } of shipped.chapters) {
    output.out(plain`${number}  ${title}\n${lines(wrapped(about, 90).map((each) => plain`   ${each}`))}`)
    for (const lesson of lessons) output.out(plain`   ${lessonLine(lesson, progress)}\n`)
  }
  const { lessons, done, questions, right } = scoreOf(lessonsOf(shipped), progress)
  const next = nextLesson(shipped, progress)
  output.out(plain`\n${done} of ${lessons} lessons done, ${right} of ${questions} predicted right\n`)
  if (next !== undefined) output.out(plain`next: podsim course ${next.number}\n`)
  return exitCodes.passed
}

function lessonLine({ id, number, title, questions }: Lesson, { lessons }: Progress): string {
  const { isDone = false, right = 0 } = lessons[id] ?? {}
  return `${number.padEnd(5)} ${isDone ? `done, ${Math.min(right, questions)} of ${questions} right` : 'open'}: ${title}`
}

/** A lesson as text: told until a question, whose answer is a line of standard input. */
async function tellLesson(
  shipped: Course,
  lesson: Lesson,
  { progress, input, seed }: CourseHostParts & { readonly seed: string | undefined },
  output: Output,
): Promise<number> {
  const path = join(courseFolder, lesson.file)
  const { text, loaded } = readScenarioFile(path)
  if (!loaded.ok) {
    for (const error of loaded.errors) output.err(plain`${drawDiagnostic(error, text)}\n`)
    return exitCodes.usage
  }
  const { state, result } = await openScenario(loaded.value[0], seed, output)
  if (state === undefined) {
    output.err(plain`${safeLine(lesson.title)}: ${result.reason ?? result.outcome}\n`)
    return result.outcome === 'broken' ? exitCodes.internal : exitCodes.interrupted
  }
  tell(
    [
      `Lesson ${lesson.number}: ${lesson.title}`,
      ...said(lesson.description),
      ...said(`Watch for: ${lesson.watch}`),
      '',
    ],
    output,
  )
  const answers = answersOf(input)
  let right = 0
  for (const part of lessonParts(state)) {
    if (part.kind === 'told') {
      tell(part.lines, output)
      continue
    }
    const { question, lead } = part
    tell(['', ...lead, ...questionLines(question)], output)
    output.out(plain`your answer (1-${question.choices.length}, enter: none): `)
    const answer = await answers.next(question.choices.length)
    if (answer === question.right) right++
    if (input !== process.stdin || !process.stdin.isTTY)
      output.out(plain`${answer === undefined ? '' : String(answer + 1)}\n`)
    tell([...answerLines(question, answer), ''], output)
  }
  answers.close()
  const flow = await flowOfFile(path, seed === undefined ? {} : { seed }, output)
  if (flow !== undefined) output.out(plain`\n${flow}`)
  tell(
    [
      '',
      `You have predicted ${right} of ${lesson.questions}.`,
      ...said(`Try next, in the player (podsim course): ${lesson.next}`),
    ],
    output,
  )
  const { problem, progress: now } = progress.add(lesson.id, { isDone: true, right })
  if (problem !== undefined) output.err(plain`${problem}\n`)
  const next = nextLesson(shipped, now)
  if (next !== undefined) tell([`The next lesson: podsim course ${next.number}`], output)
  return exitCodes.passed
}

function said(text: string): readonly string[] {
  return ['', ...wrapped(text, 100)]
}

function tell(told: readonly string[], output: Output): void {
  output.out(lines(told.map((each) => plain`${each}`)))
}

/** Answers, a line each. What is no answer is asked for again while somebody may hear it. */
function answersOf(input: Readable) {
  const reader = createInterface({ input, terminal: false })
  const given = reader[Symbol.asyncIterator]()
  return {
    /** Index of a choice; undefined: none was given, or nothing comes any more. */
    async next(choices: number): Promise<number | undefined> {
      const line = await given.next()
      const number = line.done === true ? 0 : Number(line.value.trim())
      return Number.isInteger(number) && number >= 1 && number <= choices ? number - 1 : undefined
    },
    close: () => reader.close(),
  }
}

/** One lesson on a terminal, and what came of it is kept. */
async function lessonOnScreen(
  { id, file, number }: Lesson,
  { progress, seed }: Pick<CourseHostParts, 'progress'> & { readonly seed: string | undefined },
  output: Output,
): Promise<number> {
  const played = await playedFile(readScenarioFile(join(courseFolder, file)), seed, output)
  const kept = played.came === undefined ? undefined : progress.add(id, played.came)
  for (const said of [played.notice, kept?.problem]) if (said !== undefined) output.err(plain`${safeLine(said)}\n`)
  if (played.ending === 'interrupted') return exitCodes.interrupted
  if (played.came?.isDone === true) output.out(plain`lesson ${number} is done; podsim course goes on with the next\n`)
  return played.notice === undefined ? exitCodes.passed : exitCodes.failed
}

/** The course on a terminal: from it into a lesson and back, until its user has enough. */
async function courseOnScreen(shipped: Course, file: ProgressFile, output: Output): Promise<number> {
  const found = file.read()
  let state = firstCourse(shipped, found.progress, found.notice)
  prepareRenderer(process.env, output.isColoured)
  const { courseOnTerminal } = await import('../ui/play-terminal.ts')
  for (;;) {
    const shown = await courseOnTerminal(
      state,
      { manifests: lookThrough },
      {
        stdin: process.stdin,
        stdout: process.stdout,
        isUtf8: isUtf8Locale(process.env),
        isColoured: output.isColoured,
      },
    )
    if (shown.ending === 'interrupted') return exitCodes.interrupted
    const { choice } = shown.state
    if (choice === undefined) return exitCodes.passed
    state = { ...shown.state, choice: undefined, isOver: false, notice: undefined }
    const scenario =
      choice.kind === 'sandbox'
        ? sandbox()
        : readScenarioFile(choice.kind === 'lesson' ? join(courseFolder, choice.lesson.file) : choice.path)
    const played = await playedFile(scenario, undefined, output)
    if (played.ending === 'interrupted') return exitCodes.interrupted
    const kept =
      choice.kind === 'lesson' && played.came !== undefined ? file.add(choice.lesson.id, played.came) : undefined
    state = backFrom(state, kept?.progress, kept?.problem ?? played.notice)
  }
}

/** The course after a lesson: what comes next is chosen where the lesson was done. */
function backFrom(state: CourseState, progress: Progress | undefined, notice: string | undefined): CourseState {
  if (progress === undefined) return { ...state, notice }
  const { chosen, open } = firstCourse(state.course, progress)
  const isDone = progress.lessons[state.chosen]?.isDone === true
  return { ...state, progress, notice, ...(isDone ? { chosen, open } : {}) }
}

interface Played {
  readonly ending: 'quit' | 'interrupted'
  /** What came of it as a lesson; undefined where it was not played. */
  readonly came: LessonProgress | undefined
  readonly notice: string | undefined
}

async function playedFile(
  { loaded }: Pick<ScenarioFile, 'loaded'>,
  seed: string | undefined,
  output: Output,
): Promise<Played> {
  if (!loaded.ok) {
    const { file, message } = loaded.errors[0]
    return { ending: 'quit', came: undefined, notice: `${file}: ${message}` }
  }
  const { ending, state: last } = await playOpened(opening(loaded.value[0], seed), output)
  if (last.isOpening) return { ending, came: undefined, notice: last.worlds[0]?.recording.result.reason }
  return { ending, notice: undefined, came: { isDone: last.ending !== 'ahead', right: rightOf(last.taught) } }
}

/** What `podsim rotate --all` says of a folder or file. */
async function lookThrough(path: string): Promise<string> {
  let told = ''
  const write = (text: { toString(): string }): void => {
    told += text.toString()
  }
  const flags = {
    filename: [path],
    recursive: true,
    namespace: 'default',
    nodes: 3,
    version: 'v1.36',
    seeds: 20,
    all: true,
  } as const
  try {
    await rotate(
      undefined,
      { ...flags, output: 'text' },
      { isColoured: false, out: write, err: write, progress: () => {} },
    )
  } catch (error) {
    return `it cannot be looked through: ${error instanceof Error ? error.message : String(error)}`
  }
  return told.trim() === '' ? 'there is no Secret in it' : told
}
