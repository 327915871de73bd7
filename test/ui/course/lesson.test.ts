import { describe, expect, test } from 'vitest'
import { openScenario } from '../../../src/cli/open-world.ts'
import type { Output } from '../../../src/cli/output.ts'
import { readScenarioFile } from '../../../src/cli/scenario-files.ts'
import { answerLines, lessonParts, questionLines } from '../../../src/ui/course/plain-lesson.ts'
import type { PlayState } from '../../../src/ui/model/play-state.ts'
import { playedOn } from '../played.ts'

/** A lesson in the player: it asks before the answer can be seen. */

const silent: Output = { isColoured: false, out: () => {}, err: () => {}, progress: () => {} }

async function opened(file: string): Promise<PlayState> {
  const { loaded } = readScenarioFile(`scenarios/course/${file}`)
  if (!loaded.ok) throw new Error(loaded.errors[0].message)
  const { state, result } = await openScenario(loaded.value[0], undefined, silent)
  if (state === undefined) throw new Error(result.reason)
  return state
}

const updates = await opened('05-updates/1-files-follow.yaml')
const at = (columns = 80, rows = 24) => playedOn(updates, { columns, rows })

describe('a lesson', () => {
  test('begins with what it is about and what to watch for, and then shows the lanes', () => {
    const player = at()
    expect(player.screen()).toMatch(/▶ this lesson[\s\S]*Watch for: the letter B/)
    expect(player.press('right').screen()).toMatch(/▶ flow of secret/)
  })

  test.each([
    [60, 16],
    [80, 24],
    [140, 40],
  ])('whoever goes on is asked before the step, at %i x %i, and nothing tells the answer', (columns, rows) => {
    for (const key of ['end', ' ', '>']) {
      const player = at(columns, rows).press(key)
      for (let i = 0; i < 2000 && player.state().isPlaying; i++) player.tick(500)
      if (key === '>') player.press('end')
      // Narration pauses play on its way.
      for (let i = 0; i < 9 && player.state().overlay === undefined; i++) {
        player.press(' ')
        for (let n = 0; n < 2000 && player.state().isPlaying; n++) player.tick(500)
      }
      const shown = player.screen()
      expect(shown).toContain('What is in the file in that very moment?')
      expect(shown).toContain('patch secret db')
      expect(shown).toMatch(/1 {2}first, the old one\s*\n.*2 {2}second, the new one/)
      expect(shown).not.toMatch(/✓ 1|●B|It is|Right/)
      expect(shown).toContain('1-2 answer')
      expect(player.state().cursor.clock).toBeLessThan(60_000)
    }
  })

  test('U4 draws no place as one that is never updated while that is still asked', async () => {
    const player = playedOn(await opened('05-updates/3-never.yaml'), { columns: 80, rows: 24 })
    player.press('end', 'escape', 'right', 'right')
    expect(player.screen()).not.toMatch(/═|never/)
    player.press('end', 'escape', 'end', '1')
    expect(player.screen()).toMatch(/never/)
  })

  test('plays through quiet minutes in seconds, with a clock that runs', () => {
    const player = at().press('end', 'escape', ' ')
    const clocks = new Set<number>()
    let seconds = 0
    while (player.state().overlay === undefined && seconds < 60) {
      if (!player.state().isPlaying) player.press(' ')
      player.tick(100)
      seconds += 0.1
      clocks.add(player.state().cursor.clock)
    }
    // Five minutes and more of the cluster's time.
    expect(player.state().cursor.clock).toBeGreaterThan(300_000)
    expect(seconds).toBeLessThan(15)
    expect(clocks.size).toBeGreaterThan(25)
  })

  test('an answer is told with why, and enter goes to where it is seen', () => {
    const player = at().press('end', '2')
    expect(player.screen()).toMatch(/✓ 1 {2}first[\s\S]*✗ 2 {2}second[\s\S]*Not so: The kubelet knows of it within/)
    expect(player.screen()).toContain('0 of 1 right')
    // The first answer counts.
    expect(player.press('1').state().taught).toEqual({ 'question 0': 'wrong' })
    player.press('enter')
    expect(player.screen()).toMatch(/API server +A.*●B/)
    expect(player.state().overlay).toBeUndefined()
    player.press('end', '2', 'enter', 'end')
    expect(player.state()).toMatchObject({ taught: { 'question 1': 'right' }, ending: 'told' })
    expect(player.screen()).toMatch(/the end of this lesson[\s\S]*You have predicted 1 of 2\.[\s\S]*Try next: press 4/)
    // Back and on again: nothing is asked a second time.
    player.press('home', 'end')
    expect(player.state().overlay).toBeUndefined()
  })

  test('who does not answer goes on and is not asked again', () => {
    const player = at().press('end', 'escape')
    expect(player.state()).toMatchObject({ taught: { 'question 0': 'skipped' }, score: { asked: [] } })
    player.press('end', 'escape', 'end')
    expect(player.state()).toMatchObject({ ending: 'told', overlay: undefined })
    expect(player.screen()).toContain('You have predicted 0 of 2.')
  })

  test('that ends with an answer shows it, and then says what to try next', async () => {
    const player = playedOn(await opened('08-when-things-go/1-a-deleted-secret.yaml'), { columns: 80, rows: 24 })
    player.press('end', '1', 'enter', 'end', '2', 'enter')
    expect(player.state()).toMatchObject({ ending: 'seen', score: { right: 2 } })
    expect(player.screen()).toMatch(/▶ flow of secret[\s\S]*the lesson ends here: space says what to try next/)
    expect(player.press(' ').screen()).toContain('You have predicted 2 of 2.')
    // From then on space plays it again.
    expect(player.press(' ').state()).toMatchObject({ isPlaying: true, cursor: { at: -1 } })
  })

  test('a jump or a search over a question stops there too; going back does not', () => {
    expect(at().press('t').type('6m').press('enter').state().overlay).toMatchObject({ kind: 'question' })
    expect(at().press('/').type('updates secret').press('enter').state().overlay).toMatchObject({ kind: 'question' })
    expect(at().press('right', 'right', 'left').state().overlay).toBeUndefined()
  })

  test('a long question is read in full where the screen is small', async () => {
    const player = playedOn(await opened('05-updates/3-never.yaml'), { columns: 60, rows: 16 })
    player.press('end', 'escape', 'end')
    expect(player.screen().replace(/\s+/g, ' ')).toContain('the whole volume and the variable')
    player.press('1')
    expect(player.screen().replace(/\s+/g, ' ')).toContain('the password was changed.')
    // Smaller still: by lines.
    player.resize(44, 10)
    expect(player.screen()).toContain('↑↓ more')
    expect(player.screen()).not.toContain('the password was changed.')
    player.press('down', 'down', 'down', 'down', 'down', 'down', 'down', 'down', 'down')
    expect(player.screen().replace(/\s+/g, ' ')).toContain('the password was changed.')
  })
})

describe('U2, U3 a lesson that compares', () => {
  test('asks of each world, tells why after the last, and each has its own answer', async () => {
    const state = await opened('05-updates/5-three-ways.yaml')
    const player = playedOn(state, { columns: 80, rows: 24 })
    player.press('right')
    expect(player.screen()).toMatch(/┌ strategy Watch[\s\S]*┌ strategy Cache/)
    player.press('end')
    const right: number[] = []
    for (const [i, strategy] of ['Watch', 'Cache', 'Get'].entries()) {
      expect(player.screen()).toContain(`With strategy ${strategy}: What is in the file now?`)
      // What all are compared with is in view, whichever is asked about.
      expect(player.screen()).toMatch(/API server +A─+●B[\s\S]*┌ strategy/)
      expect(player.press(']').screen()).toContain('first an answer')
      player.press('1')
      const { overlay } = player.state()
      if (overlay?.kind !== 'question') throw new Error('nothing is asked')
      right.push(overlay.question.right)
      expect(overlay.question.because === '').toBe(strategy !== 'Get')
      // Whoever wants to go on does so, by whatever key.
      player.press(['enter', ']', ' '][i] ?? '')
    }
    expect(right).toEqual([1, 0, 1])
    expect(player.screen()).toMatch(/┌ strategy Watch[\s\S]*┌ strategy Cache/)
    expect(Object.keys(player.state().taught)).toHaveLength(3)
    // All three worlds are on the screen, to the last lane.
    expect(player.press('end', '1').screen()).toMatch(/┌ strategy Get[\s\S]*\/etc\/db[\s\S]*what happened in strategy/)
  })
})

describe('three worlds side by side', async () => {
  const state = await opened('05-updates/5-three-ways.yaml')
  const compared = () => playedOn(state, { columns: 80, rows: 24 })
  /** The player at the moment that says something. */
  const at = (word: string) => {
    const player = compared()
    player.press('/').type(word).press('enter')
    return player
  }

  test('no world is ahead of the one that is stepped through, be it within an instant', () => {
    const before = compared().press('right').screen()
    expect(before).not.toMatch(/pod app|node-1/)
    // The sentence stands before the patch of the same instant: nowhere is the file an old one yet.
    const changes = at('password changes').screen()
    expect(changes.match(/\/etc\/db +A━+│/g)).toHaveLength(3)
    const patched = at('password changes').press('right', 'right', 'right').screen()
    expect(patched.match(/\/etc\/db +A─+│/g)).toHaveLength(3)
  })

  test('the world that is asked about is marked, its lanes are in view, and it is told how many questions there are', () => {
    const player = compared().press('end')
    for (const [i, strategy] of ['Watch', 'Cache', 'Get'].entries()) {
      const [lanes, asked] = player.screen().split('what do you think?')
      expect(lanes).toMatch(new RegExp(`▸┌ strategy ${strategy}[\\s\\S]*/etc/db`))
      expect(asked).toContain(`question ${i + 1} of 3`)
      player.press('1', 'enter')
    }
  })

  test('who goes on without an answer is told how', () => {
    const player = compared().press('end', 'right')
    expect(player.screen()).toContain('first an answer, 1-2; esc goes on without one')
    expect(player.press('1').screen()).not.toContain('first an answer')
  })

  test('U3 the screen shows who waited for what: a sync in all, and with Cache until the copy is too old', () => {
    const player = compared().press('end', '1', 'enter', '1', 'enter', '1', 'enter', 'end', '1')
    const shown = player.screen()
    // Watch is told at once; Get reads it in the sync; Cache uses its copy once more.
    const [, soon = ''] = /Watch[\s\S]*node-1 cache +A─+●B━+│[\s\S]*?\/etc\/db +A─+●B━+│ (\d+\.\d) s/.exec(shown) ?? []
    const [, late = ''] =
      /Cache[\s\S]*node-1 cache +[A─○]+─○─+●B━+│[\s\S]*?\/etc\/db [^\n]* copy still good [^\n]*●B━+│ (\d+\.\d) s/.exec(
        shown,
      ) ?? []
    expect(shown).toMatch(/Get[\s\S]*node-1 reads +●A[ ○]+●B[ ○]*│/)
    expect(/Get[\s\S]*\/etc\/db +A─+●B━+│ (\d+\.\d) s/.exec(shown)?.[1]).toBe(soon)
    expect(Number(late)).toBeGreaterThan(Number(soon) + 60)
    // With Watch syncs that find nothing are not carried out; they are due all the same.
    expect(shown).toMatch(/Watch[^┌]*pod app +●─+●─+┴─/)
    const delays = player.press('4').screen()
    const partsOf = (strategy: string): string | undefined =>
      new RegExp(`strategy ${strategy} +\\n[^=]*= ([a-z0-9.+ ]*\\d)`).exec(delays)?.[1]
    const synced = (Number(soon) - 0.1).toFixed(1)
    expect(partsOf('Watch')).toBe(`cache 0.0 + sync ${synced} + mount 0.1`)
    expect(partsOf('Cache')).toMatch(new RegExp(`^sync ${synced} \\+ cache \\d+\\.\\d \\+ mount 0\\.0`))
    expect(partsOf('Get')).toBe(`sync ${synced} + cache 0.1 + mount 0.0`)
    expect(player.press('3').screen()).toContain('where is revision B now, strategy Watch?')
  })
})

describe('what a learner reads', () => {
  test('why begins with what somebody did, not with what was done before it', async () => {
    const player = playedOn(await opened('10-who-may-read/3-who-may-make-pods.yaml'), { columns: 80, rows: 40 })
    player.press('end')
    expect(player.screen()).toContain('$ (as mallory) kubectl logs harmless')
    player.press('3', 'enter', 'w')
    const [, why = ''] = player.screen().split('▶ why')
    expect(why.split('\n')[1]).toContain('mallory: creates pod default/harmless')
    expect(why).not.toMatch(/rolebinding|pod\.assumed/)
  })

  test('of a masked value its letter is told, as the lanes have it', async () => {
    const player = playedOn(await opened('05-updates/3-never.yaml'), { columns: 80, rows: 40 })
    player.press('end', '1', 'enter', 'end', 'escape', '2')
    expect(player.screen()).toMatch(/\/etc\/whole\/password in app says <6 bytes, [0-9a-f]{8}> \(B\)/)
    expect(player.screen()).toMatch(/variable PASSWORD of app is <5 bytes, [0-9a-f]{8}> \(A\)/)
    expect(player.press('x').screen()).toContain('variable PASSWORD of app is "first" (A)')
  })

  test('a lesson says whose lanes tell its story; an accident that is over is none any more', async () => {
    const player = playedOn(await opened('08-when-things-go/3-no-connection.yaml'), { columns: 80, rows: 24 })
    expect(player.press('right').screen()).toContain('flow of secret default/fresh')
    player.press('end', '2', 'enter', 'end', '1')
    expect(player.screen()).toMatch(/people[^\n]*✗[^\n]*✓/)
    expect(player.screen()).toMatch(/\/etc\/db +!/)
  })
})

test('the plain lesson tells and asks what the screen does, and no answer before its question', () => {
  const parts = lessonParts(updates)
  const text = parts.map((part) =>
    part.kind === 'told' ? part.lines.join('\n') : [...part.lead, ...questionLines(part.question)].join('\n'),
  )
  const asked = text.findIndex((each) => each.includes('? What is in the file in that very moment?'))
  expect(text.slice(0, asked).join('\n')).not.toContain('patch')
  expect(text[asked]).toContain('$ kubectl patch secret db')
  expect(text[asked + 1]).toContain('updates secret default/db')
  const last = text.findIndex((each) => each.includes('? And now?'))
  expect(text.slice(0, last).join('\n')).not.toContain('has secret db in volume db, 1')
  expect(text.slice(last + 1).join('\n')).toMatch(/sees secret db|has secret db in volume/)
  const [, question] = parts.flatMap((part) => (part.kind === 'asked' ? [part.question] : []))
  if (question === undefined) throw new Error('there are two questions')
  expect(answerLines(question, 1).join(' ')).toMatch(/^Right\. At the latest/)
  expect(answerLines(question, 0).join(' ')).toMatch(/^Not so\. It is 2 {2}second/)
  expect(answerLines(question, undefined).join(' ')).toMatch(/^The run says: 2 {2}second/)
})
