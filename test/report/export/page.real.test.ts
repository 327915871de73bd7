import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { albumPage } from '../../../src/report/export/page.ts'
import { albumOf, lesson } from './album.ts'
import { browserPath, slowStartMs, whereTried } from './browser.ts'

/** The page in a real browser: what a class takes home has to work from a disk, without network. */

describe.runIf(browserPath !== undefined)(`the exported page, ${whereTried}`, { timeout: slowStartMs }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'podsim-page-'))
  const file = join(folder, 'run.html')
  const link = (hash: string) => `${pathToFileURL(file).href}${hash}`
  const complaints: string[] = []
  const asked: string[] = []
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    // It starts while the page is made.
    const launching = chromium.launch({ executablePath: browserPath ?? '', args: ['--no-sandbox'] })
    const text = `${lesson('correct-horse')}  - after: 1m
    kubectl: get secret db
    as: mallory
    output: { exitCode: 1 }
  - kubectl: delete pod mixed --wait=false
  - wait: 1m
lesson: { watch: the letter B., next: press w. }
`
    writeFileSync(file, albumPage(albumOf(text, { key: 'password' }, ['Watch', 'Cache'])))
    browser = await launching
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('request', (request) => asked.push(request.url()))
    await page.goto(link('#t=330'))
  }, slowStartMs)

  afterAll(async () => {
    await browser.close()
    rmSync(folder, { recursive: true })
  })

  const clock = () => page.locator('#now').textContent()
  const talk = () => page.locator('#talk').innerText()
  const place = async (title: string, world = 0) => {
    const row = page.locator('table.where').nth(world).locator('tr', { hasText: title })
    return (await row.locator('.letter').textContent()) ?? ''
  }

  test('a link opens it at its moment, with lanes drawn and the state of that moment', async () => {
    expect(await clock()).toBe('00:05:30.0')
    expect(await place('/etc/whole')).toBe('A')
    expect(await place('cache')).toBe('B')
    expect(await place('cache', 1)).toBe('A')
    const lanes = page.locator('section.lanes').first().locator('[data-lane]')
    expect(await lanes.locator('text.label').allTextContents()).toContain('/etc/whole')
    const bar = page.locator('section.lanes').first().locator('.segment.r0 rect').first()
    expect((await bar.boundingBox())?.width).toBeGreaterThan(100)
    expect(await page.evaluate("getComputedStyle(document.querySelector('.segment.r0 rect')).fill")).toBe(
      'rgb(31, 95, 191)',
    )
  })

  test('keys step, jump, play and help; the link follows', async () => {
    await page.keyboard.press(']')
    const arrived = await clock()
    expect(await place('/etc/whole')).toBe('B')
    expect(new URL(page.url()).hash).toMatch(/^#t=\d/)
    await page.keyboard.press('[')
    expect(await place('/etc/whole')).toBe('A')
    await page.keyboard.press('Home')
    expect(await clock()).toBe('00:00:00.0')
    expect(await talk()).toBe('')
    await page.keyboard.press('ArrowRight')
    expect(await talk()).toBe('A Secret and a Pod.')
    expect(new URL(page.url()).hash).toBe('#t=0&n=1')
    await page.keyboard.press('ArrowLeft')
    expect(await talk()).toBe('')
    await page.keyboard.press('End')
    expect(await clock()).not.toBe(arrived)
    await page.keyboard.press('?')
    expect(await page.locator('#help').isVisible()).toBe(true)
    await page.keyboard.press('Escape')
    expect(await page.locator('#help').isVisible()).toBe(false)
    await page.keyboard.press('Home')
    await page.keyboard.press(' ')
    // A sentence stops it, and so does a question.
    await expect.poll(talk, { interval: 10 }).toBe('A Secret and a Pod.')
    await page.keyboard.press(' ')
    await expect.poll(talk, { interval: 10 }).toContain('What does the file say now?')
    await page.keyboard.press('Escape')
    await page.keyboard.press(' ')
    await expect.poll(clock, { interval: 10 }).not.toBe('00:00:00.0')
    // On a busy machine the next sentence may have stopped it before the key comes: looked at and pressed in one go.
    await page.evaluate(
      `if (document.querySelector('#play').textContent === 'pause')
        document.body.dispatchEvent(new KeyboardEvent('keydown', { key: ' ', bubbles: true }))`,
    )
    await expect.poll(() => page.locator('#play').textContent()).toBe('play')
  })

  test('the slider and a click on the lanes move the cursor, the story shows where it is', async () => {
    await page.locator('#slider').fill('2000')
    const last = await page.locator('.cursor').first().getAttribute('x1')
    await page.locator('#slider').fill('1000')
    expect(Number(await page.locator('.cursor').first().getAttribute('x1'))).toBeLessThan(Number(last))
    expect(await page.locator('.entry.current').count()).toBe(2)
    const box = await page.locator('section.lanes svg').first().boundingBox()
    await page.mouse.click((box?.x ?? 0) + 192, (box?.y ?? 0) + 60)
    expect(await clock()).toMatch(/^00:00:0/)
  })

  test('a question waits for an answer, and says then which is right and why', async () => {
    await page.goto(link('#t=330'))
    await page.reload()
    const ask = page.locator('.story div.ask').first()
    expect(await ask.locator('.told').textContent()).toBe('')
    await ask.getByText('the new one').click()
    // Why it is so is told after the last world's answer, for it tells theirs.
    expect(await ask.locator('.told').textContent()).toBe('✗ It is: the old one.')
    // The first answer counts.
    await ask.getByRole('button', { name: 'the old one' }).click()
    expect(await ask.locator('.told').textContent()).toBe('✗ It is: the old one.')
    const other = page.locator('.story div.ask').nth(1)
    await other.getByRole('button', { name: 'the old one' }).click()
    expect(await other.locator('.told').textContent()).toBe('✓ Right. No sync has come yet.')
    expect(await ask.locator('.told').textContent()).toBe('✗ It is: the old one. No sync has come yet.')
  })

  test('whoever goes on is asked first, above the lanes: digits answer, Esc goes on without', async () => {
    await page.goto(link('#t=0&n=1'))
    await page.reload()
    for (let i = 0; i < 9; i++) await page.keyboard.press(']')
    const asked = await talk()
    expect(asked).toMatch(/What does the file say now\?\s*Watch\s*the old one\s*the new one\s*Cache\s*the old one/)
    // Nothing of what comes is seen: neither the time nor, in the instant of the question, what happens after it.
    expect(await clock()).toBe('00:00:00.1')
    for (const key of [']', 'ArrowRight', ' ']) {
      await page.keyboard.press(key)
      expect([await clock(), await talk()]).toEqual(['00:00:00.1', asked])
    }
    expect(await place('/etc/whole')).toBe('-')
    await page.keyboard.press('1')
    expect(await talk()).toMatch(/✓ Right\.[\s\S]*go on without an answer/)
    await page.keyboard.press('Escape')
    expect(await talk()).not.toContain('go on without')
    await page.keyboard.press('ArrowRight')
    expect(await talk()).not.toContain('What does the file say now?')
    // Who looks further by the slider or by a link is not held up.
    await page.reload()
    await page.locator('#slider').fill('2000')
    expect(await clock()).not.toBe('00:00:00.0')
  })

  test('a question is asked before the time passes and the step is done that tell its answer', async () => {
    await page.goto(link('#t=20'))
    await page.reload()
    const story = page.locator('.story').first()
    const shown = await story.innerText()
    expect(shown).toMatch(
      /It changes\.\s*\$ kubectl patch secret db[^\n]*\s*\? What does the file say now\?\s*the old one\s*the new one/,
    )
    expect(await page.locator('.legend').first().innerText()).not.toContain('B')
    await page.keyboard.press('End')
    expect(await story.innerText()).toContain('What does the file say now? the old one. No sync has come yet.')
    expect(await page.locator('.legend').first().innerText()).toContain('B')
    await page.keyboard.press('?')
    expect(await page.locator('#help').innerText()).toMatch(
      /= ↺\s*it asks, and it is as before; it uses its copy again/,
    )
    await page.keyboard.press('Escape')
  })

  test('where there are questions, what comes is hidden until somebody wants to see it', async () => {
    await page.goto(link('#t=310'))
    await page.reload()
    const veil = page.locator('.veil').first()
    expect(Number(await veil.getAttribute('width'))).toBeGreaterThan(200)
    expect(await page.locator('.delays').first().locator('li').first().isVisible()).toBe(false)
    await page.keyboard.press('v')
    expect(await veil.getAttribute('width')).toBe('0')
    expect(await page.locator('.delays').first().locator('li').first().isVisible()).toBe(true)
  })

  test('a lesson says what to watch for, and at its end, with nothing hidden there, what to try next', async () => {
    await page.goto(link('#t=20'))
    await page.reload()
    expect(await page.locator('header').innerText()).toContain('Watch for: the letter B.')
    const next = page.locator('#next')
    expect(await next.isVisible()).toBe(false)
    expect(await page.locator('.veil').first().getAttribute('width')).not.toBe('0')
    // Neither does a box stand empty, nor a world with a verdict on what nobody asked.
    const changes = page.locator('.pane', { hasText: 'What became of each change' }).first()
    expect(await changes.innerText()).toContain('it has not been changed yet')
    expect(await page.locator('section.lanes h2').first().innerText()).toMatch(/^Watch\s*$/)
    await page.keyboard.press('End')
    expect(await next.innerText()).toBe('Try next, in the player: press w.')
    expect(await page.locator('.veil').first().getAttribute('width')).toBe('0')
    expect(await changes.innerText()).not.toContain('it has not been changed yet')
  })

  test('who does something is named, be it somebody else than the one who does nearly all', async () => {
    await page.keyboard.press('End')
    const story = await page.locator('.story').first().innerText()
    expect(story).toMatch(/\$ \(as mallory\) kubectl get secret db\s[\s\S]*User "mallory" cannot get resource/)
    expect(story).toMatch(/admin\s*updates secret default\/db/)
  })

  test('S3: the map follows the cursor; keys go through it, a choice shows what it has to do with', async () => {
    await page.keyboard.press('End')
    const map = page.locator('#maps .pane').first()
    expect(await map.locator('.box.user').count()).toBe(0)
    await page.goto(link('#t=2'))
    const box = map.locator('.box.secret')
    expect(await box.locator('.title').textContent()).toBe('secret default/db')
    expect(await map.locator('.box.user text').allTextContents()).toEqual([
      'pod default/mixed',
      'db: container main, env PASSWORD [password]',
      'db: container main, volume /etc/whole',
      'db: container main, subPath /etc/one [password]',
      'account default, node-1',
    ])
    await page.keyboard.press('m')
    expect(await page.evaluate("document.activeElement.getAttribute('data-name')")).toBe('secret default/db')
    await page.keyboard.press('Tab')
    await page.keyboard.press(' ')
    expect(await map.locator('.box.user').getAttribute('aria-pressed')).toBe('true')
    expect(await page.evaluate("document.activeElement.getAttribute('data-name')")).toBe('pod default/mixed')
    expect(await page.locator('.inspector').first().textContent()).toContain('container main')
    await map.locator('summary').click()
    expect(await map.getByRole('row', { name: 'env PASSWORD' }).textContent()).toContain('pod default/mixed')
  })

  test('no value, no complaint, no network; tables for who sees no picture; dark and paper', async () => {
    expect(await page.content()).not.toContain('correct-horse')
    expect(await page.locator('details.tables table').count()).toBe(6)
    expect(await page.locator('svg[role=img]').first().getAttribute('aria-label')).toContain('secret default/db')
    await page.emulateMedia({ colorScheme: 'dark' })
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(18, 22, 28)')
    await page.emulateMedia({ media: 'print' })
    expect(await page.locator('.controls').isVisible()).toBe(false)
    expect(complaints).toEqual([])
    expect(asked.filter((url) => !url.startsWith('file:'))).toEqual([])
  })
})

test.runIf(browserPath === undefined)(`the exported page in a browser: ${whereTried}`, () => {
  expect(browserPath).toBeUndefined()
})
