import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { clusterPages } from '../scripts/generate-cluster-pages.ts'
import { courseIndex, coursePage, courseText } from '../scripts/generate-course.ts'
import { coverage } from '../scripts/generate-coverage.ts'
import { optionsPage } from '../scripts/generate-options-page.ts'
import { reference } from '../scripts/generate-scenario-reference.ts'
import { clauses as knownClauses } from '../src/scenario/clauses.ts'
import { courseOf } from '../src/ui/course/course.ts'
import { shippedFiles as files, shipped } from './shipped.ts'

/** The shipped scenarios are the lessons: together they must cover every clause. That each holds is shown in golden/. */

const clauses = readFileSync('test/fixtures/clauses.txt', 'utf8')
  .split('\n')
  .map((line) => line.split(' ')[0] ?? '')
  .filter((id) => id !== '')

describe('a shipped scenario', () => {
  test.each(files)('%s tells what it is about and what it covers', (file) => {
    const { source, covers, steps } = shipped(file)
    expect(source.description ?? '').not.toBe('')
    expect(covers.filter((id) => !clauses.includes(id))).toEqual([])
    expect(steps.some(({ say }) => say !== undefined)).toBe(true)
    expect(
      steps.some(
        ({ expectations, output, action }) =>
          expectations.length > 0 || output !== undefined || action?.kind === 'waitFor',
      ),
    ).toBe(true)
  })
})

test('what a scenario may say that it covers are the clauses of the page, in their order', () => {
  expect(knownClauses).toEqual([...new Set(clauses)])
})

describe('the scenarios together', () => {
  const covered = new Set(files.flatMap((file) => shipped(file).covers))

  test.each(clauses)('%s has a scenario', (clause) => {
    expect(covered.has(clause)).toBe(true)
  })
})

describe('the course', () => {
  const index = courseIndex()
  const { chapters } = courseOf(index)
  const lessons = chapters.flatMap((chapter) => chapter.lessons)

  test('is what `npm run generate course` makes of its lessons', () => {
    expect(readFileSync('scenarios/course/course.json', 'utf8')).toBe(courseText(index))
    expect(readFileSync('docs/course.md', 'utf8')).toBe(coursePage(courseOf(index)))
  })

  test('has lessons in each of its chapters, and each file of its folder is one', () => {
    expect(chapters.length).toBeGreaterThanOrEqual(8)
    expect(lessons.length).toBeGreaterThanOrEqual(30)
    expect(chapters.filter((chapter) => chapter.lessons.length === 0)).toEqual([])
    expect(lessons.map(({ file }) => `scenarios/course/${file}`)).toEqual(
      files.filter((file) => file.startsWith('scenarios/course/')),
    )
  })

  test.each(lessons)('$file is short, and asks', ({ file, title, watch, next, questions }) => {
    const { steps } = shipped(`scenarios/course/${file}`)
    expect(steps.length).toBeLessThanOrEqual(12)
    expect(title.length).toBeLessThanOrEqual(72)
    expect(questions).toBeGreaterThanOrEqual(1)
    expect([watch, next].map((text) => text.length > 20)).toEqual([true, true])
    for (const { ask } of steps) expect(ask?.because ?? 'none is asked').not.toBe('')
  })

  test.each(clauses)('%s is in a lesson', (clause) => {
    expect(lessons.some(({ covers }) => covers.includes(clause))).toBe(true)
  })
})

test('docs/scenarios.md is what `npm run generate scenarios` makes', () => {
  expect(readFileSync('docs/scenarios.md', 'utf8')).toBe(reference())
})

test.each(Object.entries(clusterPages))('%s is what `npm run generate cluster` makes', (path, page) => {
  expect(readFileSync(path, 'utf8')).toBe(page())
})

test('docs/options.md is what `npm run generate options` makes', () => {
  expect(readFileSync('docs/options.md', 'utf8')).toBe(optionsPage())
})

test('docs/coverage.md is what `npm run generate coverage` makes', () => {
  expect(readFileSync('docs/coverage.md', 'utf8')).toBe(coverage())
})
