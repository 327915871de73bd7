import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { course } from '../../src/cli/course.ts'
import { progressIn, readCourse, stateFolder } from '../../src/cli/course-files.ts'
import type { Output } from '../../src/cli/output.ts'
import { lessonsOf } from '../../src/ui/course/course.ts'

/** `podsim course` without a screen, and what it keeps. */

const scratch = () => mkdtempSync(join(tmpdir(), 'podsim-course-'))

async function called(what: string | undefined, folder: string, input = '') {
  let out = ''
  let err = ''
  const output: Output = {
    ...{ isColoured: false, progress: () => {} },
    out: (text) => {
      out += String(text)
    },
    err: (text) => {
      err += String(text)
    },
  }
  const parts = { progress: progressIn(folder), input: Readable.from([input]) }
  const code = await course(what, { ui: 'plain' }, output, parts)
  return { code, out, err }
}

describe('podsim course', () => {
  test('without a terminal lists all lessons with what came of them', async () => {
    const folder = scratch()
    progressIn(folder).add('updates/never', { isDone: true, right: 1 })
    const { code, out } = await called(undefined, folder)
    expect(code).toBe(0)
    for (const { number, title } of lessonsOf(readCourse())) {
      expect(out).toContain(`   ${number.padEnd(5)} `)
      expect(out).toContain(`: ${title}\n`)
    }
    expect(out).toContain('5.3   done, 1 of 2 right: One Secret in three places.')
    expect(out).toContain('1 of 60 lessons done')
    expect(out).toContain('next: podsim course 5.4')
  })

  test('tells a lesson, asks on standard input before it tells the answer, and keeps what came of it', async () => {
    const folder = scratch()
    const { code, out } = await called('1.1', folder, '1\n2\n')
    expect(code).toBe(0)
    expect(out.replace(/\n/g, ' ')).toMatch(
      /Watch for: what happened.*\? Does the API server take the Pod\?.*your answer \(1-2, enter: none\): 1 Right\..*admin: creates pod default\/app.*\? How is the Pod\?.*: 2 Not so\. It is 3 {2}Pending, it waits\..*FailedMount/,
    )
    expect(out).toContain('You have predicted 1 of 2.')
    expect(out).toContain('The next lesson: podsim course 1.2')
    expect(out).not.toMatch(/\u001b|[ \t]+\n/)
    expect((await called('list', folder)).out).toContain('1.1   done, 1 of 2 right')
    // Nothing to hear: the run tells the answers.
    const quiet = await called('waiting/one-file-for-each-key', folder)
    expect(quiet.out).toContain('The run says: 2  the value itself.')
    expect((await called('reset', folder)).out).toContain('nothing is kept')
    expect((await called('list', folder)).out).toContain('0 of 60 lessons done')
  })

  test('a lesson that there is not is an error of the caller', async () => {
    expect(await called('7.77', scratch())).toEqual({
      ...{ code: 2, out: '' },
      err: 'error: the course has no lesson 7.77; podsim course list names them\n',
    })
  })
})

describe('progress on a disk', () => {
  test('lies in the state folder of the system', () => {
    const at = (platform: NodeJS.Platform, env: Readonly<Record<string, string>>) =>
      stateFolder({ platform, env, home: '/home/jo' })
    expect(at('linux', {})).toBe('/home/jo/.local/state/podsim')
    expect(at('linux', { XDG_STATE_HOME: '/var/state' })).toBe('/var/state/podsim')
    // A path that is not absolute is to be ignored.
    expect(at('linux', { XDG_STATE_HOME: 'state' })).toBe('/home/jo/.local/state/podsim')
    expect(at('darwin', {})).toBe('/home/jo/Library/Application Support/podsim')
    expect(at('win32', { LOCALAPPDATA: '/c/local' })).toBe('/c/local/podsim')
    expect(at('win32', {})).toBe('/home/jo/AppData/Local/podsim')
  })

  test('is written whole, in a folder that need not be there, and leaves nothing beside it', () => {
    const folder = join(scratch(), 'a/b')
    expect(progressIn(folder).add('a/b', { isDone: true, right: 1 }).problem).toBeUndefined()
    // Another podsim meanwhile: both are kept.
    expect(progressIn(folder).add('c/d', { isDone: true, right: 0 }).problem).toBeUndefined()
    expect(readdirSync(folder)).toEqual(['course.json'])
    expect(Object.keys(progressIn(folder).read().progress.lessons)).toEqual(['a/b', 'c/d'])
  })

  test('that is damaged is told and kept aside', () => {
    const folder = scratch()
    writeFileSync(join(folder, 'course.json'), '{"version": 1, "lessons"')
    expect(progressIn(folder).read()).toMatchObject({
      progress: { lessons: {} },
      notice: expect.stringContaining('was damaged; it is kept as'),
    })
    expect(readFileSync(join(folder, 'course.damaged.json'), 'utf8')).toBe('{"version": 1, "lessons"')
    expect(progressIn(folder).add('a/b', { isDone: true, right: 1 }).problem).toBeUndefined()
    expect(progressIn(folder).read().notice).toBeUndefined()
  })

  test('of a newer podsim is left as it is', () => {
    const folder = scratch()
    const text = '{"version": 99, "lessons": "otherwise"}'
    writeFileSync(join(folder, 'course.json'), text)
    const file = progressIn(folder)
    expect(file.read().notice).toContain('of a newer podsim')
    expect(file.add('a/b', { isDone: true, right: 1 })).toMatchObject({
      progress: { lessons: { 'a/b': { isDone: true } } },
      problem: expect.stringContaining('progress is not kept'),
    })
    expect(readFileSync(join(folder, 'course.json'), 'utf8')).toBe(text)
  })

  test('where nothing can be written stops nobody: it is known until the end, and told', () => {
    const blocked = join(scratch(), 'file')
    writeFileSync(blocked, '')
    const file = progressIn(join(blocked, 'podsim'))
    expect(file.read()).toEqual({ progress: { lessons: {}, last: undefined }, notice: undefined })
    expect(file.add('a/b', { isDone: true, right: 1 }).problem).toMatch(/^progress is not kept: .* cannot be written/)
    expect(Object.keys(file.add('c/d', { isDone: true, right: 1 }).progress.lessons)).toEqual(['a/b', 'c/d'])
    const locked = join(scratch(), 'locked')
    mkdirSync(locked)
    writeFileSync(join(locked, 'course.json'), '{"version":1,"lessons":{}}')
    chmodSync(join(locked, 'course.json'), 0o000)
    const { notice } = progressIn(locked).read()
    // Root reads what nobody may.
    expect(process.getuid?.() === 0 ? notice : notice?.includes('cannot be read')).toBe(
      process.getuid?.() === 0 ? undefined : true,
    )
    expect(existsSync(join(locked, 'course.json'))).toBe(true)
  })
})
