import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildPageCore } from '../../../scripts/page-core.ts'
import { partsOf } from '../../../src/cli/live-parts.ts'
import { albumPage } from '../../../src/report/export/page.ts'
import { liveLesson } from './album.ts'
import { browserPath, slowStartMs, whereTried } from './browser.ts'

/** The live page as it is built, and in a real browser. */

/** Built once. */
const core = buildPageCore(join(import.meta.dirname, '../../..'))
const { album, given } = liveLesson()
/** Of what a browser shows: looked for often, since it is there soon. */
const soon = { timeout: 20_000, interval: 10 }

test('the page has no renderer inside: it draws with what a browser has', async () => {
  const { inputs } = await core
  expect(inputs.length).toBeGreaterThan(500)
  expect(inputs.filter((path) => /node_modules\/(react|ink|yoga|scheduler)/.test(path))).toEqual([])
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
    expect(size).toBeLessThan(2_100_000)
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
