import { existsSync } from 'node:fs'

/** A browser may take long to start where others work, too. */
export const slowStartMs = 60_000

const candidates = [
  process.env.CHROME_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** A Chromium of this machine. */
export const browserPath = candidates.find((path) => path !== undefined && existsSync(path))
/** For titles of tests: nothing is left out in silence. */
export const whereTried =
  browserPath === undefined ? 'not tried: no Chromium here, CHROME_PATH may name one' : 'in a browser'
