#!/usr/bin/env node
const { existsSync, readFileSync } = require('node:fs')
const { enableCompileCache } = require('node:module')
const { cacheFile, compile, evaluate, file } = require('./bundle.js')

/**
 * Loads the command from its bundle together with what V8 compiled of it when podsim was built: that takes a third of what
 * 900 modules take. V8 refuses what another version of it compiled; then it compiles anew, and where Node.js can keep
 * what comes out (22.1 and later), it does. CommonJS starts faster than modules: hence the package.json beside this file.
 */
function load() {
  if (process.env.PODSIM_DEBUG !== undefined) {
    process.setSourceMapsEnabled(true)
    return require(file)
  }
  const script = compile(compiledBefore())
  if (script.cachedDataRejected === false || enableCompileCache === undefined) return evaluate(script)
  enableCompileCache()
  return require(file)
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
