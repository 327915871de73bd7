/** Texts that are read and run: scripts, what `eval`, `.` and traps say. Source: busybox shell/ash.c, evalstring, cmdloop. */
import type { Steps } from '../../kernel/steps.ts'
import type { ByteText } from '../byte-text.ts'
import type { Speaker } from './dialect.ts'
import type { Engine } from './engine.ts'
import { parseShell, ScriptLines } from './grammar/script-text.ts'
import { type Script, ShellSyntaxError } from './grammar/syntax.ts'
import { endsInCommand } from './own-process.ts'
import { exitWith, type Outcome, type Shell } from './shell.ts'
import type { Streams } from './streams.ts'

/** Reads and runs a text, as eval, `.` and traps do; `origin` is who reads it. */
export function* runText(
  text: ByteText,
  shell: Shell,
  streams: Streams,
  origin: string,
  engine: Engine,
): Steps<Outcome> {
  shell.goDeeper()
  if (shell.dialect.name === 'ash' && (shell.aliases !== undefined || aliasWord.test(text)))
    return yield* runByLines(text, shell, streams, origin, engine)
  const { script, error, warnings } = parseShell(text, shell.dialect.grammar, firstLineOf(origin, shell))
  for (const { line, from, wanted } of warnings)
    streams.err.write(
      `${shell.dialect.prefix({ ...speaker(shell), line })}warning: here-document at line ${from} delimited by end-of-file (wanted \`${wanted}')\n`,
    )
  shell.depth++
  const { traceLevel } = shell
  if (origin !== '-c' && origin !== shell.name) shell.traceLevel++
  const last = origin === '-c' && endsInCommand(script) ? startOfLast(script) : script.length
  let outcome: Outcome = yield* engine.runScript(script.slice(0, last), shell, streams)
  if (typeof outcome === 'number' && last < script.length) {
    // A shell that is given its script by -c becomes the last command.
    shell.isReplaced = shell.traps.size === 0
    outcome = yield* engine.runScript(script.slice(last), shell, streams)
  }
  shell.depth--
  shell.traceLevel = traceLevel
  return error === undefined || typeof outcome !== 'number' ? outcome : syntaxError(error, shell, streams, origin)
}

function syntaxError(error: ShellSyntaxError, shell: Shell, streams: Streams, origin: string): Outcome {
  for (const line of shell.dialect.syntax(error, shell, origin)) streams.err.write(`${line}\n`)
  const code = shell.dialect.syntaxCode(error)
  return shell.dialect.name === 'ash' || error.problem.kind === 'substitution' ? exitWith(code) : code
}

function speaker({ name, line, commandName, program, isInteractive }: Shell): Speaker {
  return { name, line, commandName, program, isInteractive }
}

const aliasWord = /(?:^|[\s;&|({`])alias\s/

/** Each line is read when those before it have run, for they may have made names to be replaced in it. Source: busybox shell/ash.c, cmdloop. */
function* runByLines(text: ByteText, shell: Shell, streams: Streams, origin: string, engine: Engine): Steps<Outcome> {
  const lines = new ScriptLines(text, shell.dialect.grammar, firstLineOf(origin, shell), () => shell.aliases)
  let outcome: Outcome = 0
  shell.depth++
  for (let next = lines.next(); next !== undefined; next = lines.next()) {
    if (next instanceof ShellSyntaxError) {
      outcome = syntaxError(next, shell, streams, origin)
      break
    }
    outcome = yield* engine.runScript(next, shell, streams)
    if (typeof outcome !== 'number') break
  }
  shell.depth--
  return outcome
}

/**
 * Lines of `-c` count from 0 in ash, of other texts from where they are run; a file's from 1. Source: busybox 1.35 shell/ash.c,
 * setinputstring; bash counts from 1, and what is evaluated from where it stands.
 */
function firstLineOf(origin: string, { dialect, line }: Shell): number {
  if (origin === '-c') return dialect.name === 'ash' ? 0 : 1
  if (origin === 'eval') return line
  return origin === 'trap' && dialect.name === 'ash' ? line : 1
}

function startOfLast(script: Script): number {
  let start = script.length - 1
  while (start > 0 && script[start]?.joint !== ';') start--
  return start
}
