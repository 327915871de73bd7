import type { Prompt } from '../model/prompt.ts'
import { type Chapter, type Course, type Lesson, nextLesson } from './course.ts'
import type { Progress } from './progress.ts'

/** What the course's screen shows; changed by keys, drawn by its view. Plain data. */
export interface CourseState {
  readonly course: Course
  readonly progress: Progress
  /** The row that is chosen, by its name: what opens and closes above it does not change it. */
  readonly chosen: string
  /** Number of the chapter whose lessons are shown. */
  readonly open: number | undefined
  readonly overlay: CourseOverlay | undefined
  /** Lines by which the details are scrolled. */
  readonly scroll: number
  readonly search: string
  /** A line for the person. */
  readonly notice: string | undefined
  /** What the person wants next; undefined: to leave. */
  readonly choice: CourseChoice | undefined
  readonly isOver: boolean
}

/** What stands over the list and takes the keys. */
export type CourseOverlay =
  | Prompt
  | { readonly kind: 'help'; readonly title: string; readonly text: string; readonly scroll: number }

/** Where the course leads to. */
export type CourseChoice =
  | { readonly kind: 'lesson'; readonly lesson: Lesson }
  | { readonly kind: 'sandbox' }
  | { readonly kind: 'file'; readonly path: string }

/** A line of the list. */
export type CourseRow =
  | { readonly kind: 'chapter'; readonly name: string; readonly chapter: Chapter }
  | { readonly kind: 'lesson'; readonly name: string; readonly lesson: Lesson }
  | { readonly kind: 'other'; readonly name: OtherName }

/** What there is beside the lessons. */
export const others = {
  sandbox: {
    key: 'n',
    title: 'a sandbox',
    about:
      "Two nodes and an empty cluster, and the page's examples as files. Press : and type what happens, step through it, make accidents, change the past.",
  },
  manifests: {
    key: 'm',
    title: 'my manifests',
    about:
      'Name a file or a folder of your own: when does each container see a new value of each Secret, and which never do? It is the same as podsim rotate --all -f PATH.',
  },
  file: {
    key: 'o',
    title: 'open a scenario file',
    about: 'Plays a file of yours, or one of those that podsim ships: it is the same as podsim play FILE.',
  },
} as const

/** One of them. */
export type OtherName = keyof typeof others

const otherNames = ['sandbox', 'manifests', 'file'] as const satisfies readonly OtherName[]

/** The list as it is shown: chapters, the lessons of the one that is open, the rest. */
export function courseRows({ course, open }: CourseState): readonly CourseRow[] {
  return [
    ...course.chapters.flatMap((chapter): readonly CourseRow[] => [
      { kind: 'chapter', name: chapterName(chapter.number), chapter },
      ...(chapter.number === open
        ? chapter.lessons.map((lesson): CourseRow => ({ kind: 'lesson', name: lesson.id, lesson }))
        : []),
    ]),
    ...otherNames.map((name): CourseRow => ({ kind: 'other', name })),
  ]
}

/** By which a chapter's row is known. */
export function chapterName(number: number): string {
  return `chapter ${number}`
}

/** The row that is chosen. */
export function chosenRow(state: CourseState): CourseRow | undefined {
  return courseRows(state).find(({ name }) => name === state.chosen)
}

/** How the course begins: at the lesson that comes next. `notice`: something about the progress that was found. */
export function firstCourse(course: Course, progress: Progress, notice?: string): CourseState {
  const next = nextLesson(course, progress)
  return {
    ...{ course, progress, notice, overlay: undefined, scroll: 0, search: '', choice: undefined, isOver: false },
    chosen: next?.id ?? chapterName(1),
    open: next === undefined ? 1 : chapterNumber(next),
  }
}

/** The chapter that a lesson is in. */
export function chapterNumber({ number }: Lesson): number {
  return Number(number.split('.')[0])
}
