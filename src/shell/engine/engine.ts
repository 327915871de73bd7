import type { Steps } from '../../kernel/steps.ts'
import type { ByteText } from '../byte-text.ts'
import type { Command, Script } from './grammar/syntax.ts'
import type { Outcome, Shell } from './shell.ts'
import type { Streams } from './streams.ts'
import type { Expansion } from './words/expansion.ts'

/** How commands run what is inside of them: handed down, so that the files of commands need not know the interpreter. */
export interface Engine {
  expansion(shell: Shell, streams: Streams): Expansion
  /** Runs the trap of EXIT and gives the code that the shell ends with. */
  leave(shell: Shell, streams: Streams): Steps<number>
  runCommand(command: Command, shell: Shell, streams: Streams, isTested: boolean): Steps<Outcome>
  runScript(script: Script, shell: Shell, streams: Streams, isTested?: boolean): Steps<Outcome>
  /** Runs the scripts of `>(...)`, from a place in the list on, with what was written for them. */
  readWritten(shell: Shell, from: number): Steps<void>
  /** Runs a command line that is expanded: function, builtin, tool or file. */
  runNamed(argv: readonly ByteText[], shell: Shell, streams: Streams): Steps<Outcome>
  /** Runs a program that is no part of the shell; `caller`: the tool that is to run it. */
  runProgram(argv: readonly ByteText[], shell: Shell, streams: Streams, caller?: string): Steps<number>
  /** Reads and runs a text; `origin` is who reads it: `eval`, `trap`, a file. */
  runText(text: ByteText, shell: Shell, streams: Streams, origin: string): Steps<Outcome>
}
