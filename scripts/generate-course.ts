import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findScenarioFiles, readScenarioFile } from '../src/cli/scenario-files.ts'
import type { Scenario } from '../src/scenario/model.ts'
import { type Chapter, type Course, type CourseIndex, courseOf } from '../src/ui/course/course.ts'

/**
 * Writes what is known of the lessons before they are played: scenarios/course/course.json, whose chapters have their titles by
 * hand and their lessons from the files, and docs/course.md.
 */

const root = join(import.meta.dirname, '..')
const folder = join(root, 'scenarios/course')
const target = join(folder, 'course.json')

/** The index with its lessons as the files have them now. */
export function courseIndex(): CourseIndex {
  const { chapters } = JSON.parse(readFileSync(target, 'utf8')) as CourseIndex // written below
  return {
    chapters: chapters.map((chapter) => ({
      ...chapter,
      lessons: findScenarioFiles([join(folder, chapter.folder)]).files.map((path) => lessonOf(chapter.folder, path)),
    })),
  }
}

function lessonOf(chapter: string, path: string): CourseIndex['chapters'][number]['lessons'][number] {
  const { loaded } = readScenarioFile(path)
  if (!loaded.ok) throw new Error(`${path}: ${loaded.errors[0].message}`)
  const [{ source, title, description = '', covers, steps }] = loaded.value
  if (source.lesson === undefined) throw new Error(`${path} is no lesson`)
  const { watch, next } = source.lesson
  return {
    ...{ file: `${chapter}/${path.split('/').pop()}`, title, description: oneLine(description) },
    ...{ watch: oneLine(watch), next: oneLine(next), questions: questionsOf(steps, source), covers },
  }
}

/** Each world that is compared is asked about. */
function questionsOf(steps: Scenario['steps'], { compare }: Scenario['source']): number {
  return steps.filter(({ ask }) => ask !== undefined).length * (compare?.length ?? 1)
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

/** The index as it is written. */
export function courseText(index: CourseIndex): string {
  return `${JSON.stringify(index, undefined, 2)}\n`
}

/** docs/course.md. */
export function coursePage(course: Course): string {
  const lessons = course.chapters.flatMap((chapter) => chapter.lessons)
  const questions = lessons.reduce((sum, each) => sum + each.questions, 0)
  return [
    '# The course',
    '',
    '`podsim` in a terminal, without arguments, opens the course: chapters of short lessons, each a scenario that runs while you watch. A lesson asks before',
    'it shows: predict, then see. The answers are nowhere written down, the run finds them out. Progress is kept in `podsim/course.json` in the',
    "user's state folder (`$XDG_STATE_HOME`, else `~/.local/state`; `~/Library/Application Support` on macOS, `%LOCALAPPDATA%` on Windows).",
    '',
    '```sh',
    'podsim                     # the course, on a terminal',
    'podsim course list         # the same list as plain text, with progress',
    'podsim course 1.2          # one lesson; where there is no terminal as plain text, with questions on standard input',
    'podsim course 1.2 --ui plain   # as plain text in any case: for screen readers',
    'podsim course reset        # forget the progress',
    '```',
    '',
    `${course.chapters.length} chapters, ${lessons.length} lessons, ${questions} questions; every clause of the Secrets page ([coverage](coverage.md)) is in one of them.`,
    'Made by `npm run generate course` from `scenarios/course/`.',
    '',
    ...course.chapters.map(chapterText),
  ].join('\n')
}

function chapterText({ number, title, about, lessons }: Chapter): string {
  const rows = lessons.map(
    ({ number: name, title: what, file, questions, covers }) =>
      `| ${name} | [${what.replaceAll('|', '\\|')}](../scenarios/course/${file}) | ${questions} | ${covers.join(' ')} |`,
  )
  const head = ['| | lesson | questions | clauses |', '| --- | --- | --- | --- |']
  return [`## ${number}. ${title}`, '', about, '', ...head, ...rows, ''].join('\n')
}

if (process.argv[1] === import.meta.filename) {
  const index = courseIndex()
  writeFileSync(target, courseText(index))
  writeFileSync(join(root, 'docs/course.md'), coursePage(courseOf(index)))
}
