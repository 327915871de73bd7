import type { Progress } from './progress.ts'

/** The course: chapters of lessons, in the order in which they are meant to be played. */
export interface Course {
  readonly chapters: readonly Chapter[]
}

/** Lessons on one theme: a folder of the course. */
export interface Chapter {
  readonly number: number
  readonly folder: string
  readonly title: string
  /** What it is about, in a sentence or two. */
  readonly about: string
  readonly lessons: readonly Lesson[]
}

/** What is known of a lesson before it is played. */
export interface Lesson {
  /** By which progress is kept, wherever the lesson stands in the course: `waiting/by-itself`. */
  readonly id: string
  /** As it is chosen: `1.2`. */
  readonly number: string
  /** Below the folder of the course. */
  readonly file: string
  readonly title: string
  readonly description: string
  readonly watch: string
  readonly next: string
  /** How many answers are asked for: of each of the worlds that it compares. */
  readonly questions: number
  readonly covers: readonly string[]
}

/** As `scenarios/course/course.json` has it, which `npm run generate course` makes. */
export interface CourseIndex {
  readonly chapters: readonly {
    readonly folder: string
    readonly title: string
    readonly about: string
    readonly lessons: readonly Omit<Lesson, 'id' | 'number'>[]
  }[]
}

/** The course of an index: numbers come from the order. */
export function courseOf({ chapters }: CourseIndex): Course {
  return {
    chapters: chapters.map(({ lessons, ...chapter }, i) => ({
      ...{ number: i + 1, ...chapter },
      lessons: lessons.map((lesson, k) => ({ ...lesson, number: `${i + 1}.${k + 1}`, id: lessonId(lesson.file) })),
    })),
  }
}

/** `01-waiting/2-by-itself.yaml` is `waiting/by-itself`: it may move to another place of the course. */
function lessonId(file: string): string {
  return file
    .replace(/\.ya?ml$/, '')
    .split('/')
    .map((part) => part.replace(/^\d+-/, ''))
    .join('/')
}

/** All lessons, in order. */
export function lessonsOf({ chapters }: Course): readonly Lesson[] {
  return chapters.flatMap(({ lessons }) => lessons)
}

/** The lesson that somebody names: by its number, its id, its file, or the last part of them. */
export function lessonNamed(course: Course, name: string): Lesson | undefined {
  const wanted = name.replace(/^.*scenarios\/course\//, '').replace(/\.ya?ml$/, '')
  return lessonsOf(course).find(
    ({ id, number, file }) =>
      number === wanted || id === wanted || file.replace(/\.yaml$/, '') === wanted || id.split('/')[1] === wanted,
  )
}

/** How far somebody has come. */
export interface Score {
  readonly lessons: number
  readonly done: number
  readonly questions: number
  readonly right: number
}

/** How far somebody has come with some lessons. */
export function scoreOf(lessons: readonly Lesson[], progress: Progress): Score {
  const of = ({ id }: Lesson) => progress.lessons[id]
  return {
    lessons: lessons.length,
    done: lessons.filter((lesson) => of(lesson)?.isDone === true).length,
    questions: lessons.reduce((sum, { questions }) => sum + questions, 0),
    // A lesson may have asked more when it was played.
    right: lessons.reduce((sum, lesson) => sum + Math.min(lesson.questions, of(lesson)?.right ?? 0), 0),
  }
}

/** The first lesson that is not done after the one that was played last; undefined: all are done. */
export function nextLesson(course: Course, progress: Progress): Lesson | undefined {
  const all = lessonsOf(course)
  const last = all.findIndex(({ id }) => id === progress.last)
  const isOpen = ({ id }: Lesson) => progress.lessons[id]?.isDone !== true
  return all.slice(Math.max(0, last)).find(isOpen) ?? all.find(isOpen)
}
