const { writeFileSync } = require('node:fs')
const { cacheFile, compile, evaluate } = require('../bin/bundle.js')

/** Runs the first lesson by the bundle and keeps what V8 has compiled by then: what nearly every run needs, and no more. */
async function main() {
  const script = compile()
  const podsim = evaluate(script)
  process.stdout.write = () => true
  await podsim.main([process.argv[0], 'podsim', 'run', 'scenarios/first-light.yaml'])
  if (process.exitCode !== 0) throw new Error(`the run for the code cache ended with ${process.exitCode}`)
  writeFileSync(cacheFile, script.createCachedData())
}

main()
