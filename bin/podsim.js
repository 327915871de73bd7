#!/usr/bin/env node
const { existsSync, readFileSync } = require('node:fs')
const { enableCompileCache } = require('node:module')
const { setFlagsFromString } = require('node:v8')
const { isMainThread } = require('node:worker_threads')
const { cacheFile, compile, evaluate, file } = require('./bundle.js')

/**
 * Loads the command from its bundle together with what V8 compiled of it when podsim was built: that takes a third of what
 * 900 modules take. V8 refuses what another version of it compiled; then it compiles anew, and where Node.js can keep
 * what comes out (22.1 and later), it does. CommonJS starts faster than modules: hence the package.json beside this file.
 */
function load() {
  if (process.env.PODSIM_DEBUG !== undefined) {
    process.setSourceMapsEnabled(true)
    return evaluate(require(file))
  }
  const script = compile(compiledBefore())
  if (isPlayed(process.argv)) for (const flag of thrifty) setFlagsFromString(flag)
  if (script.cachedDataRejected === false || enableCompileCache === undefined)
    return evaluate(script.runInThisContext())
  enableCompileCache()
  return evaluate(require(file))
}

/**
 * What V8 is told where memory counts more than the last of speed; once the compiled code is taken, which goes with V8's flags.
 * V8 doubles the space for young objects whenever much of it survives, up to 16 MB a half, and keeps it: of the memory of a played
 * lesson that is a sixth (v8, src/heap/new-spaces.cc, SemiSpaceNewSpace::Grow reads the flag each time). And it makes machine code
 * of functions that are not worth being optimised, 5 MB in a lesson, which is over before that pays (v8, src/baseline; what is
 * worth it is optimised as ever). Frames that are over pile up until the space for old objects has nearly doubled; who has looked round in all panes
 * has 20 MB of them, unless V8 collects when it has grown by a fifth (v8, src/heap/memory-controller.cc, DynamicGrowingFactor).
 */
const thrifty = ['--semi-space-growth-factor=1', '--no-sparkplug', '--heap-growing-percent=20']

/**
 * Whether somebody is to look at a screen, which waits for keys most of the time. Not in a thread of its own, which has no arguments and makes runs:
 * flags are those of all threads.
 */
function isPlayed([, , command]) {
  if (!isMainThread) return false
  return command === undefined || command === 'play' || command === 'course'
}

function compiledBefore() {
  try {
    return readFileSync(cacheFile)
  } catch {
    return undefined
  }
}

if (existsSync(file)) load().main(process.argv)
else {
  process.stderr.write('podsim is not built: npm run build\n')
  process.exitCode = 70
}
