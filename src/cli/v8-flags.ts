import { availableParallelism } from 'node:os'
import { setFlagsFromString } from 'node:v8'

/**
 * What V8 is told while it works. Nothing before every thread has taken compiled code from the cache, which is good for the flags that it
 * was made with.
 */

/** Runs from which on it pays that V8 optimises early. */
const long = 2000

/** Whether V8 counts the bytecode that a function ran. From 12 on (Node.js 22) it counts calls, and complains of the flag on standard error. */
const countsBytecode = Number.parseInt(process.versions.v8, 10) < 12

/**
 * Has V8 optimise functions after a tenth of the bytecode that bin/bundle.js grants them: short commands are over before that pays, but what
 * goes on for minutes takes an eighth less.
 */
export function optimiseEarly(runs: number): void {
  if (runs >= long && countsBytecode) setFlagsFromString('--interrupt-budget=30000')
}

/**
 * Has each thread collect its young objects by itself once as many work as there are cores: helpers would wait for a core that another
 * thread is busy on, and the thread for them (v8, src/heap/scavenger.cc, NumberOfScavengeTasks).
 */
export function collectAlone(threads: number): void {
  if (threads >= availableParallelism()) setFlagsFromString('--no-parallel-scavenge')
}
