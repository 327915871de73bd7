import { setImmediate as later } from 'node:timers'
import { describe, expect, test } from 'vitest'
import { createSim } from '../../../src/index.ts'
import type { Album } from '../../../src/report/export/album.ts'
import type { LiveScenario } from '../../../src/ui/live/live-scenario.ts'
import { type LiveSession, type LiveShown, openLive } from '../../../src/ui/live/live-session.ts'
import { liveLesson } from './album.ts'

/** What a live page does; that a browser does it, too, is tried in live.real.test.ts. */

const { album, given } = liveLesson()
const letters = ({ worlds }: Album, world = 0) => worlds[world]?.flow.revisions.map(({ letter }) => letter).join('')

describe('a session of a live page', () => {
  /** Runs something to its end and gives what is shown then. */
  function opened(scenario: LiveScenario) {
    let heard: (shown: LiveShown | string) => void = () => {}
    let session: LiveSession | undefined
    const next = (work: (of: LiveSession) => void) =>
      new Promise<LiveShown>((shows, fails) => {
        heard = (shown) => (typeof shown === 'string' ? fails(new Error(shown)) : shows(shown))
        if (session !== undefined) work(session)
      })
    const first = next(() => {})
    session = openLive(
      scenario,
      { createSim, later: (work) => void later(work), clock: () => performance.now() },
      {
        running: () => {},
        shows: (shown) => heard(shown),
        fails: (why) => heard(why),
      },
    )
    return { first, next, session }
  }

  test('runs the same scenario to the same digest, story and questions, then what is typed, as a branch beside it', async () => {
    const { first, next, session } = opened(given)
    const { album: again, secrets } = await first
    expect(again.worlds.map(({ digest }) => digest)).toEqual(album.worlds.map(({ digest }) => digest))
    expect(again.worlds[0]?.story).toEqual(album.worlds[0]?.story)
    expect(secrets).toEqual(['default/db'])
    const looked = await next((on) => on.type('get secret db -o name', 20_000))
    expect([looked.printed.trim(), looked.worlds.length]).toEqual(['secret/db', 1])
    const patch = 'patch secret db -p \'{"stringData":{"password":"battery-staple"}}\''
    const patched = await next((on) => on.type(patch, 20_000))
    expect(patched.printed.trim()).toBe('secret/db patched')
    expect(patched.album.worlds.map(({ name }) => name)).toEqual(['main', expect.stringContaining('patch secret db')])
    expect([letters(patched.album, 0), letters(patched.album, 1)]).toEqual(['AB', 'ABC'])
    expect(patched.worlds[1]?.from).toBe('leaves main at 20.0 s: first differs at 20.0 s')
    expect(patched.at).toBe(20_000)
    // The player's key for it is none of the page.
    expect(patched.notice).toBe('a branch of main: patch secret db -p')
    // A branch has the lesson's questions, too, with the answers that hold in it.
    expect(patched.album.worlds[1]?.story.filter(({ kind }) => kind === 'ask')).toHaveLength(1)
    // Masked in the story, as in every page.
    expect(JSON.stringify(patched.album)).not.toContain('battery-staple')
    const accidents = session.accidents(30_000).map(({ label }) => label)
    const down = await next((on) =>
      on.accident(
        accidents.findIndex((label) => label.startsWith('reboot')),
        30_000,
      ),
    )
    expect(
      down.album.worlds[1]?.story.some(({ kind, text: told }) => kind === 'command' && told.includes('reboot')),
    ).toBe(true)
    expect(session.saved(60_000)).toContain('battery-staple')
    const slow = await next((on) => on.setting(1))
    expect(slow.worlds.map(({ name }) => name)[2]).toBe('strategy Cache')
    const alone = await next((on) => on.choose(0, undefined))
    expect(alone.album).toEqual({ ...again, worlds: again.worlds })
  })

  test('says why where it can do nothing', async () => {
    await expect(opened({ ...given, text: 'steps: [{ nonsense: 1 }]' }).first).rejects.toThrow('missing key "title"')
    const { first, next } = opened({ ...given, compare: ['Watch', 'Get'] })
    expect((await first).album.worlds.map(({ name }) => name)).toEqual(['Watch', 'Get'])
    const wrong = await next((on) => on.type('get nonsense', 20_000))
    expect(wrong.printed).toContain('the server doesn\'t have a resource type "nonsense"')
  })
})
