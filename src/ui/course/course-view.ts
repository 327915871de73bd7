import { briefKeys } from '../model/keys.ts'
import { fitting, promptLine } from '../views/bars.ts'
import { type Canvas, type Frame, framed } from '../views/frame.ts'
import {
  cutTo,
  type Line,
  type Look,
  line,
  type PaneContent,
  painted,
  scrolledTo,
  textLines,
  widthOf,
  windowAround,
} from '../views/lines.ts'
import { type Lesson, lessonsOf, scoreOf } from './course.ts'
import type { CourseStage } from './course-keys.ts'
import { type CourseRow, type CourseState, chosenRow, courseRows, others } from './course-state.ts'
import type { Progress } from './progress.ts'

/** From so many columns on the details stand beside the list, else below it. */
const besideFrom = 76

interface Size {
  readonly columns: number
  readonly rows: number
}

/** Where list and details stand. */
function places({ columns, rows }: Size): { readonly list: Size; readonly details: Size; readonly isBeside: boolean } {
  const body = Math.max(2, rows - 2)
  if (columns >= besideFrom) {
    const left = Math.min(66, Math.floor(columns * 0.54))
    return { isBeside: true, list: { columns: left, rows: body }, details: { columns: columns - left, rows: body } }
  }
  const below = Math.max(1, Math.floor(body * 0.45))
  return { isBeside: false, list: { columns, rows: body - below }, details: { columns, rows: below } }
}

/** The screen of a state of the course. */
export function courseFrame(state: CourseState, { columns, rows, isColoured }: Canvas): Frame {
  const { list, details, isBeside } = places({ columns, rows })
  const { overlay } = state
  const paint = (drawn: readonly Line[], width: number) => drawn.map((each) => painted(each, width, isColoured))
  const listed = paint(framed(listContent(state, list), { ...list, isFocused: true, isRight: false }), list.columns)
  const told = paint(
    framed(detailsContent(state, details), { ...details, isFocused: false, isRight: isBeside }),
    details.columns,
  )
  const over =
    overlay?.kind === 'help'
      ? paint(
          framed(textContent(overlay, { columns, rows: rows - 2 }), {
            columns,
            rows: rows - 2,
            isFocused: true,
            isRight: false,
          }),
          columns,
        )
      : undefined
  const panes = over !== undefined ? [[over]] : isBeside ? [[listed], [told]] : [[listed, told]]
  const widths = over !== undefined || !isBeside ? [columns] : [list.columns, details.columns]
  return {
    layout: { kind: 'columns', sentence: 0, columns: widths.map((width) => ({ columns: width, panes: [] })) },
    header: painted(headerLine(state, columns), columns, isColoured),
    sentence: [],
    panes,
    footer: painted(footerLine(state, columns), columns, isColoured),
  }
}

/** What the keys have to know of the screen. */
export function courseStage(state: CourseState, { columns, rows }: Size): CourseStage {
  const { overlay } = state
  const { details } = places({ columns, rows })
  const content =
    overlay?.kind === 'help' ? textContent(overlay, { columns, rows: rows - 2 }) : detailsContent(state, details)
  return { reach: content.reach?.[1] ?? 0, page: Math.max(1, rows - 4) }
}

function headerLine({ course, progress }: CourseState, columns: number): Line {
  const { lessons, done, right } = scoreOf(lessonsOf(course), progress)
  const told = `${done} of ${lessons} lessons done, ${right} predicted right `
  const title = ' podsim   How do Secrets reach Pods?'
  const left = cutTo(title, Math.max(1, columns - widthOf(told) - 1))
  return [{ text: left + ' '.repeat(Math.max(1, columns - widthOf(left) - widthOf(told))) + told, look: 'header' }]
}

function footerLine({ overlay, notice }: CourseState, columns: number): Line {
  if (overlay?.kind === 'prompt') return promptLine(overlay, columns)
  if (notice !== undefined && overlay === undefined) return line(` ${notice}`, 'here')
  return line(fitting(briefKeys(overlay === undefined ? 'course' : 'help'), columns), 'dim')
}

function listContent(state: CourseState, { columns, rows }: Size): PaneContent {
  const all = courseRows(state)
  const lines: Line[] = []
  let here = 0
  for (const row of all) {
    if (row.kind === 'other' && row.name === 'sandbox') lines.push(line(''), line(' or', 'bold'))
    const isChosen = row.name === state.chosen
    if (isChosen) here = lines.length
    lines.push(rowLine(row, state, isChosen, columns - 1))
  }
  const { from, to } = windowAround(lines.length, here, rows - 1)
  const part = lines.length <= rows - 1 ? {} : { part: `${from + 1}-${to} of ${lines.length}` }
  return { title: 'the course', lines: lines.slice(from, to), ...part }
}

/** Title at the left, progress at the right. */
function rowLine(row: CourseRow, { progress, open }: CourseState, isChosen: boolean, columns: number): Line {
  const mark = isChosen ? '▸' : ' '
  const [left, right] = ((): readonly [string, string] => {
    switch (row.kind) {
      case 'chapter': {
        const { number, title, lessons } = row.chapter
        const fold = number === open ? '-' : '+'
        return [
          `${String(number).padStart(2)} ${fold} ${title}`,
          lessons.map((each) => signOf(each, progress)).join(''),
        ]
      }
      case 'lesson':
        return [`     ${row.lesson.number} ${row.lesson.title}`, signOf(row.lesson, progress)]
      case 'other':
        return [`  ${others[row.name].key}  ${others[row.name].title}`, '']
    }
  })()
  const room = Math.max(1, columns - widthOf(right) - 4)
  const text = cutTo(left, room)
  const look: Look = isChosen ? 'selected' : row.kind === 'chapter' && row.chapter.number === open ? 'bold' : 'plain'
  return [{ text: `${mark}${text}${' '.repeat(Math.max(1, room - widthOf(text) + 1))}${right} `, look }]
}

function signOf({ id }: Lesson, progress: Progress): string {
  return progress.lessons[id]?.isDone === true ? '✓' : '·'
}

function detailsContent(state: CourseState, { columns, rows }: Size): PaneContent {
  const row = chosenRow(state)
  const room = columns - 3
  const text = (given: string, look: Look = 'plain'): readonly Line[] =>
    textLines(given, room, look).map((each): Line => [{ text: ' ' }, ...each])
  const gap = line('')
  const scrolled = (title: string, lines: readonly Line[]) =>
    scrolledTo(title, lines, { scroll: state.scroll, rows: rows - 1 })
  switch (row?.kind) {
    case undefined:
      return { title: '', lines: [] }
    case 'lesson': {
      const { number, title, description, watch, next, questions, covers } = row.lesson
      const { isDone = false, right = 0 } = state.progress.lessons[row.lesson.id] ?? {}
      const told = `${questions} ${questions === 1 ? 'question' : 'questions'}, clauses ${covers.join(' ')} of the page`
      const done = isDone
        ? `✓ done, ${Math.min(right, questions)} of ${questions} predicted right`
        : 'not done yet; enter begins'
      return scrolled(`lesson ${number}`, [
        ...text(title, 'bold'),
        gap,
        ...text(description.trim()),
        gap,
        ...text(`Watch for: ${watch.trim()}`),
        gap,
        ...text(told, 'dim'),
        ...text(done, isDone ? 'good' : 'here'),
        // Who has not played it yet would not know what it speaks of.
        ...(isDone ? [gap, ...text(`Try next: ${next.trim()}`)] : []),
      ])
    }
    case 'chapter': {
      const { number, title, about, lessons } = row.chapter
      const { done, right, questions } = scoreOf(lessons, state.progress)
      return scrolled(`chapter ${number}`, [
        ...text(title, 'bold'),
        gap,
        ...text(about),
        gap,
        ...text(`${done} of ${lessons.length} lessons done, ${right} of ${questions} predicted right`, 'dim'),
        ...text(number === state.open ? 'enter closes it' : 'enter opens it', 'here'),
      ])
    }
    case 'other': {
      const { title, about, key } = others[row.name]
      return scrolled(title, [...text(about), gap, ...text(`enter or ${key}`, 'here')])
    }
  }
}

function textContent(
  { title, text, scroll }: { readonly title: string; readonly text: string; readonly scroll: number },
  { columns, rows }: Size,
): PaneContent {
  const lines = textLines(text, columns - 2).map((each): Line => [{ text: ' ' }, ...each])
  return scrolledTo(title, lines, { scroll, rows: rows - 1 })
}
