const { readFileSync } = require('node:fs')
const { createRequire } = require('node:module')
const { dirname, join } = require('node:path')
const { setFlagsFromString } = require('node:v8')
const { Script } = require('node:vm')

/**
 * How much bytecode a function runs before V8 optimises it: four times what Node.js 20 gives it. A command is over before most of
 * what it calls would have paid for that: all shipped scenarios take a fifth less processor time, and what threads optimise at the
 * same time they do not take from each other. Before anything is compiled: a code cache is good for the flags that it was made with.
 * V8 from 12 on (Node.js 22) counts calls in place of bytecode, has a compiler between, and would complain of the flag on standard error.
 */
if (Number.parseInt(process.versions.v8, 10) < 12) setFlagsFromString('--interrupt-budget=300000')

/**
 * How many times as big the space for young objects becomes whenever much of it survives: at once the 16 MB a half that V8 (which doubles 1 MB)
 * has at most. What is made in a short run lives until its end, and each collection on the way there copied it: all in all a seventh of `podsim run`.
 */
setFlagsFromString('--semi-space-growth-factor=16')

/**
 * What is made at places whose objects outlived young collections V8 makes in old space from the first (v8, src/heap/pretenuring-handler.cc). One such
 * object of a run that is over keeps all of the run until the next full collection, so that still more places seem to be of that kind.
 */
setFlagsFromString('--no-allocation-site-pretenuring')

/** The command in one file, and what V8 had compiled of it at the end of a run; both are made by scripts/bundle.ts. */
const file = join(__dirname, '../dist/bundle/podsim.cjs')
const cacheFile = join(__dirname, '../dist/bundle/podsim.v8-cache')

/** The bundle as a script. It has only ASCII characters, which V8 takes as they are. */
function compile(cachedData) {
  return new Script(readFileSync(file, 'latin1'), {
    filename: file,
    ...(cachedData === undefined ? {} : { cachedData }),
  })
}

/** Runs the bundle, which is a function of what CommonJS gives a module. */
function evaluate(body) {
  const module = { exports: {} }
  body(module.exports, createRequire(file), module, file, dirname(file))
  return module.exports
}

/** The player's screen, which is a module. */
function importScreen() {
  return import('../dist/bundle/show-on-terminal.mjs')
}

module.exports = { file, cacheFile, compile, evaluate, importScreen }
