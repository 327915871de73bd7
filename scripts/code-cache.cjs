const { writeFileSync } = require('node:fs')
const { cacheFile, compile, evaluate } = require('../bin/bundle.js')

/** What is run before the cache is made: more than the first lesson, for what it leaves out every thread of a longer run compiles anew. */
const runs = ['first-light.yaml', 'creating', 'environment', 'images', 'updates'].map((name) => `scenarios/${name}`)

/** Runs some lessons by the bundle and keeps what V8 has compiled by then: what most runs need, and little more. */
async function main() {
  const script = compile()
  const podsim = evaluate(script)
  process.stdout.write = () => true
  await podsim.main([process.argv[0], 'podsim', 'run', ...runs, '--reporter', 'tap', '--jobs', '1'])
  if (process.exitCode !== 0) throw new Error(`the run for the code cache ended with ${process.exitCode}`)
  writeFileSync(cacheFile, script.createCachedData())
}

main()
