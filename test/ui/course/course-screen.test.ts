import { describe, expect, test, vi } from 'vitest'
import { readCourse } from '../../../src/cli/course-files.ts'
import { type Course, courseOf, lessonNamed, lessonsOf, nextLesson, scoreOf } from '../../../src/ui/course/course.ts'
import { type CourseState, firstCourse } from '../../../src/ui/course/course-state.ts'
import { createCourse } from '../../../src/ui/course/course-store.ts'
import { courseFrame, courseStage } from '../../../src/ui/course/course-view.ts'
import { noProgress, type Progress, progressText, readProgress, withPlayed } from '../../../src/ui/course/progress.ts'
import { asciiOnly } from '../../../src/ui/screen/ascii.ts'
import { widthOf } from '../../../src/ui/views/lines.ts'

/** The course by its keys and its screen, without a terminal. */

const course = readCourse()

function shown(columns: number, rows: number, progress: Progress = noProgress, notice?: string) {
  let size = { columns, rows }
  const asked: string[] = []
  const host = {
    async manifests(path: string) {
      asked.push(path)
      return `Secrets of ${path}\n${'a line\n'.repeat(60)}the last line`
    },
  }
  const store = createCourse(firstCourse(course, progress, notice), host, () => courseStage(store.state(), size))
  const lines = () => {
    const frame = courseFrame(store.state(), { ...size, isColoured: false })
    const [left = [], right = []] = frame.panes.map((column) => column.flat())
    return [frame.header, ...left.map((each, i) => each + (right[i] ?? '')), frame.footer].map((each) =>
      each.replace(/\u001b\[[0-9;]*m/g, ''),
    )
  }
  const screen = {
    ...store,
    asked,
    lines,
    text: () => lines().join('\n'),
    keys(...keys: readonly string[]) {
      for (const key of keys) store.press(key)
      return screen
    },
    resize(newColumns: number, newRows: number) {
      size = { columns: newColumns, rows: newRows }
      return screen
    },
  }
  return screen
}

const done = (ids: readonly string[], right = 1): Progress =>
  ids.reduce((progress, id) => withPlayed(progress, id, { isDone: true, right }), noProgress)

describe('the course', () => {
  test('shows chapters, what the chosen lesson is about and how far one is, on every screen', () => {
    for (const [columns, rows] of [
      [60, 16],
      [80, 24],
      [140, 40],
      [200, 60],
    ] as const) {
      const screen = shown(columns, rows)
      expect(screen.lines()).toHaveLength(rows)
      for (const drawn of screen.lines()) expect(widthOf(drawn), drawn).toBe(columns)
      expect(screen.text()).toContain('0 of 60 lessons done')
      expect(screen.text()).toMatch(/▸ +1\.1 May a Pod name a Secret/)
      expect(screen.text()).toMatch(/lesson 1\.1[\s\S]*May a Pod name a Secret that/)
      expect(screen.text()).toContain('enter play')
      expect(screen.text()).toMatch(/\? keys {2}q quit\s*$/)
      expect(asciiOnly(screen.text())).not.toMatch(/[^\u0000-\u007f]/)
    }
  })

  test('what does not fit can be read all the same', () => {
    const screen = shown(60, 16)
    const seen = new Set<string>()
    for (let i = 0; i < 30; i++) for (const drawn of screen.keys('pagedown').lines()) seen.add(drawn.trim())
    expect([...seen].join(' ')).toMatch(/2 questions, clauses O1 L1 L2 of the page/)
    expect([...seen].join(' ')).toContain('not done yet; enter begins')
  })

  test('every row is reached with the arrows, and the window follows', () => {
    const screen = shown(80, 16)
    const rows = new Set<string>()
    screen.keys('home')
    for (let i = 0; i < 100; i++) {
      const here = screen.lines().find((drawn) => drawn.startsWith(' ▸'))
      expect(here).toBeDefined()
      rows.add(screen.state().chosen)
      if (screen.state().chosen === 'chapter 12') screen.keys('enter')
      screen.keys('down')
    }
    expect([...rows].filter((name) => name.startsWith('chapter'))).toHaveLength(12)
    expect(rows).toContain('file')
    expect([...rows].filter((name) => name.startsWith('puzzles/'))).toHaveLength(7)
  })

  test('chapters open and close; enter on a lesson ends the screen with it', () => {
    const screen = shown(80, 24).keys('home', 'down', 'left')
    expect(screen.state()).toMatchObject({ chosen: 'chapter 1', open: undefined })
    screen.keys('down', 'right', 'down', 'down', 'enter')
    expect(screen.state()).toMatchObject({
      isOver: true,
      choice: { kind: 'lesson', lesson: { id: 'making/the-shell-eats', number: '2.2' } },
    })
  })

  test('begins at what comes next, and tells what was done', () => {
    const first = course.chapters[0]?.lessons.map(({ id }) => id) ?? []
    const screen = shown(140, 40, done(first))
    expect(screen.state()).toMatchObject({ chosen: 'making/from-files', open: 2 })
    expect(screen.text()).toMatch(/A Pod waits for its Secret +✓✓✓✓/)
    expect(screen.text()).toContain(`4 of 60 lessons done, ${first.length} predicted right`)
    screen.keys('up', 'up', 'enter', 'down')
    expect(screen.text()).toContain('✓ done, 1 of 2 predicted right')
    // What to try next would mean nothing to who has not seen it.
    expect(screen.text()).toContain('Try next:')
    expect(shown(140, 40).text()).not.toContain('Try next:')
  })

  test('finds a lesson by a word or a clause, and says where there is none', () => {
    const screen = shown(80, 24).keys('/')
    for (const key of 'subPath') screen.keys(key)
    screen.keys('enter')
    expect(screen.state()).toMatchObject({ chosen: 'updates/never', open: 5 })
    screen.keys('/', 'ctrl+u', 'R', '3', 'enter')
    expect(screen.state().chosen).toBe('limits/static-pods')
    screen.keys('/', 'ctrl+u', 'z', 'z', 'q', 'enter')
    expect(screen.text()).toContain('no lesson says "zzq"')
    expect(screen.keys('down').text()).not.toContain('zzq')
  })

  test('leads to the sandbox, to a file, and to what one has oneself', async () => {
    expect(shown(80, 24).keys('n').state()).toMatchObject({ isOver: true, choice: { kind: 'sandbox' } })
    const screen = shown(80, 24).keys('o')
    screen.paste('a b\u001b[31m.yaml\n')
    expect(screen.keys('enter').state()).toMatchObject({ isOver: true, choice: { kind: 'file', path: 'a b[31m.yaml' } })
    const mine = shown(80, 24).keys('m', 'k', '8', 's', 'enter')
    expect(mine.asked).toEqual(['k8s'])
    await vi.waitFor(() => expect(mine.text()).not.toContain('looking through'), { interval: 2 })
    expect(mine.text()).toMatch(/my manifests: k8s[\s\S]*Secrets of k8s/)
    for (let i = 0; i < 5; i++) mine.keys('pagedown')
    expect(mine.text()).toContain('the last line')
    expect(mine.keys('escape').text()).toContain('the course')
    expect(mine.keys('q').state()).toMatchObject({ isOver: true, choice: undefined })
  })

  test('help and glossary are read in full, at any size that comes while they are open', () => {
    const screen = shown(80, 24).keys('?')
    expect(screen.text()).toContain('play the lesson; open or close the chapter')
    screen.resize(60, 16)
    for (const drawn of screen.lines()) expect(widthOf(drawn)).toBe(60)
    screen.keys('escape', 'g')
    expect(screen.text()).toContain('what the words mean')
    screen.keys('escape').resize(140, 40)
    expect(screen.text()).toContain('├─ lesson 1.1')
  })

  test('says what is to be said of the progress, until a key is pressed', () => {
    const screen = shown(80, 24, noProgress, 'the progress was damaged')
    expect(screen.text()).toContain('the progress was damaged')
    expect(screen.keys('down').text()).not.toContain('damaged')
  })
})

describe('lessons', () => {
  test('are named by number, id, file, or the last part of it', () => {
    for (const name of [
      '5.3',
      'updates/never',
      '05-updates/3-never',
      'scenarios/course/05-updates/3-never.yaml',
      'never',
    ])
      expect(lessonNamed(course, name)?.id, name).toBe('updates/never')
    expect(lessonNamed(course, '5.99')).toBeUndefined()
  })

  test('keep their progress where they move to another place', () => {
    const moved: Course = courseOf({
      chapters: [
        {
          folder: '09-updates',
          title: 't',
          about: 'a',
          lessons: [{ ...lessonsOf(course)[0], file: '09-updates/7-never.yaml' }],
        },
      ] as unknown as Parameters<typeof courseOf>[0]['chapters'], // a lesson that has all
    })
    expect(scoreOf(lessonsOf(moved), done(['updates/never'])).done).toBe(1)
  })

  test('what comes next is the first open one after the last, then one that was left out, then nothing', () => {
    const all = lessonsOf(course).map(({ id }) => id)
    expect(nextLesson(course, noProgress)?.number).toBe('1.1')
    expect(nextLesson(course, done(['updates/never']))?.id).toBe('updates/poke-it')
    expect(nextLesson(course, done(all.slice(1)))?.number).toBe('1.1')
    expect(nextLesson(course, done(all))).toBeUndefined()
  })
})

describe('progress', () => {
  test('is read back as it was written, and keeps the best of several goes', () => {
    const once = withPlayed(noProgress, 'a/b', { isDone: true, right: 2 })
    const twice = withPlayed(once, 'a/b', { isDone: false, right: 1 })
    expect(twice.lessons['a/b']).toEqual({ isDone: true, right: 2 })
    expect(readProgress(progressText(twice))).toEqual({ ok: true, progress: twice })
  })

  test.each([
    '',
    '{',
    '[]',
    '{"lessons":{}}',
    '{"version":1,"lessons":[]}',
    '{"version":1,"lessons":{"a":{"isDone":1,"right":0}}}',
    '{"version":1,"lessons":{"a":{"isDone":true,"right":-1}}}',
    '{"version":1,"lessons":{},"last":7}',
  ])('that podsim has not written is damaged: %s', (text) => {
    expect(readProgress(text)).toEqual({ ok: false, problem: 'damaged' })
  })

  test('of a later version is left alone', () => {
    expect(readProgress('{"version":2,"anything":[]}')).toEqual({ ok: false, problem: 'newer' })
  })
})

test('a state has no key that does something unseen', () => {
  const state: CourseState = shown(80, 24).keys('é', 'ctrl+x', 'tab').state()
  expect(state).toMatchObject({ overlay: undefined, isOver: false })
})
