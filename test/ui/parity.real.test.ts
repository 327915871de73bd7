import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exportRun } from '../../src/cli/export.ts'
import { clock } from '../../src/report/export/words.ts'
import { browserPath, slowStartMs, whereTried } from '../report/export/browser.ts'
import { type Form, toldLesson, toldLessons, written } from './told-facts.ts'

/** The page as a browser shows it tells all that happened in a lesson, as the other forms do (parity.test.ts). */

const ofPage: Form = {
  clock,
  place: (title, letter) => `${title}(?: of \\S+ \\S+| of \\S+)? ${letter}\\b`,
}

describe.runIf(browserPath !== undefined)(`the page, ${whereTried}`, { timeout: slowStartMs }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'podsim-parity-'))
  let browser: Browser

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: browserPath ?? '', args: ['--no-sandbox'] })
  }, slowStartMs)
  afterAll(async () => {
    await browser.close()
    rmSync(folder, { recursive: true })
  })

  test.each(toldLessons)('lesson %s: tells everything', async (lesson) => {
    const file = `scenarios/course/${lesson}.yaml`
    const { facts, missing } = await toldLesson(file)
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
    const html = join(folder, 'run.html')
    writeFileSync(html, await written((output) => exportRun(file, { output: '-', format: 'html' }, output)))
    await page.goto(pathToFileURL(html).href)
    await page.keyboard.press('End')
    const shown = await page.locator('body').innerText()
    await page.close()
    expect(facts.size).toBeGreaterThan(20)
    expect(missing(shown, ofPage)).toEqual([])
  })
})
