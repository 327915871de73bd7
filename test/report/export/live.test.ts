import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as later } from 'node:timers'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildPageCore } from '../../../scripts/page-core.ts'
import { partsOf } from '../../../src/cli/live-parts.ts'
import { createSim } from '../../../src/index.ts'
import type { Album } from '../../../src/report/export/album.ts'
import { albumPage } from '../../../src/report/export/page.ts'
import type { LiveScenario } from '../../../src/ui/live/live-scenario.ts'
import { type LiveSession, type LiveShown, openLive } from '../../../src/ui/live/live-session.ts'
import { albumOf, lesson } from './album.ts'
import { browserPath, slowStartMs, whereTried } from './browser.ts'

const root = join(import.meta.dirname, '../../..')
/** Built once. */
const core = buildPageCore(root)
const text = lesson('correct-horse')
const album = albumOf(text, { key: 'password' })
const given: LiveScenario = {
  ...{ file: 'lesson.yaml', text, files: {}, folders: {}, settings: {}, seed: album.seed, compare: [] },
  choice: { podsim: '0', reveal: false, key: 'password' },
}
/** Of what a browser shows: looked for often, since it is there soon. */
const soon = { timeout: 20_000, interval: 10 }
const letters = ({ worlds }: Album, world = 0) => worlds[world]?.flow.revisions.map(({ letter }) => letter).join('')

test('the page has no renderer inside: it draws with what a browser has', async () => {
  const { inputs } = await core
  expect(inputs.length).toBeGreaterThan(500)
  expect(inputs.filter((path) => /node_modules\/(react|ink|yoga|scheduler)/.test(path))).toEqual([])
})

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

describe.runIf(browserPath !== undefined)(`a live page, ${whereTried}`, { timeout: slowStartMs }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'podsim-live-'))
  const file = join(folder, 'run.html')
  const complaints: string[] = []
  const asked: string[] = []
  let size = 0
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    // It starts while the page is made.
    const launching = chromium.launch({ executablePath: browserPath ?? '', args: ['--no-sandbox'] })
    const html = albumPage(album, partsOf((await core).packed, given))
    size = html.length
    writeFileSync(file, html)
    browser = await launching
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('request', (request) => asked.push(request.url()))
    await page.goto(`${pathToFileURL(file).href}#t=20`)
  }, slowStartMs)

  afterAll(async () => {
    await browser.close()
    rmSync(folder, { recursive: true })
  })

  const worlds = () => page.locator('section.lanes h2').allTextContents()

  test('is the page that it was until somebody does something, and small enough for a mail', async () => {
    expect(existsSync(file)).toBe(true)
    // A ninth of it are the words of `kubectl explain`.
    expect(size).toBeLessThan(1_800_000)
    expect(await page.locator('#now').textContent()).toBe('00:00:20.0')
    expect(await page.evaluate('typeof podsimCore')).toBe('undefined')
    expect(await page.locator('#try').isVisible()).toBe(true)
  })

  test('runs kubectl at the moment of the cursor, sets the branch beside the run, and keeps the line', async () => {
    await page.keyboard.press(':')
    await page.keyboard.type('get pods')
    await page.keyboard.press('Enter')
    await expect.poll(() => page.locator('#printed').textContent(), soon).toMatch(/mixed +1\/1 +Running/)
    expect(await worlds()).toEqual([])
    await page.keyboard.type('delete secret db')
    await page.keyboard.press('Enter')
    await expect.poll(worlds, soon).toHaveLength(2)
    expect(await page.locator('#printed').textContent()).toContain('secret "db" deleted')
    expect(await page.locator('#now').textContent()).toBe('00:00:20.0')
    expect(await page.locator('#world option').allTextContents()).toEqual([
      'main',
      expect.stringContaining('leaves main at 20.0 s: first differs at 20.0 s'),
    ])
    await page.keyboard.press('ArrowUp')
    expect(await page.locator('#line').inputValue()).toBe('delete secret db')
    expect(await page.locator('#maps .pane').nth(1).locator('.box.missing').count()).toBe(1)
  })

  test('makes accidents, turns settings, and goes back to a branch', async () => {
    await page.keyboard.press('Escape')
    await page.keyboard.press('i')
    await page.locator('#accident').selectOption({ label: 'reboot node-1: the machine goes down; tmpfs is lost' })
    await expect.poll(() => page.locator('ol.story').nth(1).textContent(), soon).toContain('reboot')
    await page.locator('#setting').selectOption({ label: 'strategy Get: how kubelets learn of changed Secrets' })
    await expect.poll(() => page.locator('#world option').count(), soon).toBe(3)
    await page.locator('#world').selectOption({ index: 0 })
    await page.locator('#beside').selectOption({ index: 0 })
    await expect.poll(worlds, soon).toEqual([])
    const download = page.waitForEvent('download')
    await page.locator('#save').click()
    expect((await download).suggestedFilename()).toBe('scenario.yaml')
  })

  test('the browser comes to the digest that Node.js came to; no complaint, no network, no value on the screen', async () => {
    const digests = await page.evaluate(`new Promise((told) => podsimCore.open(
      JSON.parse(document.getElementById('scenario').textContent),
      { running() {}, fails: told, shows: ({ album }) => told(album.worlds.map(({ digest }) => digest)) }))`)
    expect(digests).toEqual(album.worlds.map(({ digest }) => digest))
    expect(await page.evaluate('document.body.innerText')).not.toContain('correct-horse')
    expect(complaints).toEqual([])
    expect(asked.filter((url) => !/^(file|blob):/.test(url))).toEqual([])
  })
})
