import { firstOf } from '../kernel/first-of.ts'
import { mapped } from '../kernel/mapped.ts'
import type { Once } from '../kernel/once.ts'
import { process } from '../kernel/process.ts'
import { type Steps, wait } from '../kernel/steps.ts'
import { parseShell } from './engine/grammar/script-text.ts'
import type { ShellSyntaxError } from './engine/grammar/syntax.ts'
import { engine } from './engine/interpreter.ts'
import { guarded } from './engine/jobs.ts'
import { codeOf, type Outcome, type Shell } from './engine/shell.ts'
import type { Streams } from './engine/streams.ts'
import type { LiveInput } from './program.ts'

/**
 * A shell whose commands come a line at a time: each is run when it is whole. On a terminal it prompts, and ctrl-C ends the command and
 * not the shell. Source: busybox shell/ash.c, cmdloop; bash(1), INVOCATION.
 */
export function* interact(shell: Shell, streams: Streams, input: LiveInput): Steps<number> {
  const held = (length: number): void => shell.budget.hold(length)
  const prompt = (text: string): void => {
    if (input.isTerminal) streams.err.write(text)
  }
  let pending = ''
  for (;;) {
    prompt(pending === '' ? promptOf(shell) : '> ')
    const line = yield* lineOf(shell, streams, input, held)
    if (line === interrupted) {
      pending = ''
      streams.err.write('\n')
      continue
    }
    if (line === undefined) break
    pending += line
    const { script, error } = parseShell(pending, shell.dialect.grammar)
    if (error !== undefined && isOpen(error)) continue
    pending = ''
    if (error !== undefined) {
      for (const told of shell.dialect.syntax(error, shell, shell.name)) streams.err.write(`${told}\n`)
      shell.status = shell.dialect.syntaxCode(error)
      continue
    }
    const outcome = yield* interruptible(shell, streams, input, () => engine.runScript(script, shell, streams))
    shell.status = outcome === undefined ? interruptedCode : codeOf(outcome)
    if (outcome === undefined) streams.err.write('\n')
    else if (typeof outcome !== 'number' && outcome.kind === 'exit') return yield* engine.leave(shell, streams)
  }
  return yield* engine.leave(shell, streams)
}

/** What a command ends with that SIGINT ended. */
const interruptedCode = 130

/** Source: busybox shell/ash.c and libbb/lineedit.c, `\\w \\$ `. */
function promptOf({ dialect, directory, world }: Shell): string {
  const mark = world.user.uid === 0 ? '#' : '$'
  return dialect.name === 'bash' ? `root@${world.hostname}:${directory}${mark} ` : `${directory} ${mark} `
}

function* lineOf(
  { world }: Shell,
  { stdin }: Streams,
  input: LiveInput,
  held: (length: number) => void,
): Steps<string | typeof interrupted | undefined> {
  if (!input.isTerminal) return yield* stdin.line(held)
  // A terminal keeps lines short.
  const line = process(world.kernel, () => stdin.line(() => {}))
  return yield* wait(firstOf<string | typeof interrupted | undefined>(line, interruption(input)))
}

/** Runs a command; undefined if ctrl-C ended it. */
function* interruptible(
  shell: Shell,
  streams: Streams,
  input: LiveInput,
  body: () => Steps<Outcome>,
): Steps<Outcome | undefined> {
  if (!input.isTerminal) return yield* body()
  const ran: Ran = { outcome: 0 }
  const command = process(shell.world.kernel, () => guarded(shell, streams, kept(ran, body)))
  const ended = yield* wait(firstOf<number | typeof interrupted>(command, interruption(input)))
  if (ended === interrupted || ended === undefined) return undefined
  return typeof ran.outcome === 'number' ? ended : ran.outcome
}

interface Ran {
  outcome: Outcome
}

function* kept(ran: Ran, body: () => Steps<Outcome>): Steps<number> {
  ran.outcome = yield* body()
  return codeOf(ran.outcome)
}

const interrupted = Symbol('interrupted')

function interruption(input: LiveInput): Once<typeof interrupted> {
  return mapped(input.interrupted(), () => interrupted)
}

/** A text is whole but for what would close it: more of it may come. */
function isOpen({ problem }: ShellSyntaxError): boolean {
  return problem.kind === 'unterminated' || (problem.kind === 'unexpected' && problem.token === undefined)
}
