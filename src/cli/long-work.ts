import { setFlagsFromString } from 'node:v8'

/** Runs from which on it pays that V8 optimises early. */
const long = 2000

/**
 * Has V8 optimise functions after a tenth of the bytecode that bin/bundle.js grants them: short commands are over before that pays, but what
 * goes on for minutes takes an eighth less. Called once no thread takes compiled code from the cache any more, which is good for the flags
 * that it was made with.
 */
export function optimiseEarly(runs: number): void {
  if (runs >= long) setFlagsFromString('--interrupt-budget=30000')
}
