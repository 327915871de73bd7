/** Runs what the parser read. Source: POSIX XCU 2.7 to 2.9; bash(1); busybox shell/ash.c, evaltree. */
import { type Steps, wait } from '../../kernel/steps.ts'
import type { ByteText } from '../byte-text.ts'
import { tracedWord, traceText } from './assignments.ts'
import { runNamed, runProgram, runSimple } from './commands.ts'
import type { Engine } from './engine.ts'
import type { Command, CompoundCommand, ListItem, Pipeline, Script, SimpleCommand, Word } from './grammar/syntax.ts'
import { startBeside, startChild } from './jobs.ts'
import { signalNumbers } from './process-table.ts'
import { isRefused, redirect } from './redirect.ts'
import { runText } from './run-text.ts'
import { codeOf, exitWith, type Outcome, type Shell } from './shell.ts'
import { BufferSink, earlyBytes, Input, Pipe, type Streams } from './streams.ts'
import { runPendingTraps, runTrapOf } from './traps.ts'
import { expandPattern, expandText, expandWords } from './words/expand.ts'
import { arithmetic, type Expansion, ExpansionError } from './words/expansion.ts'
import { matchesPattern } from './words/pattern.ts'

/**
 * Runs commands one after the other, until one of them ends the script or a loop. `isTested`: the code is looked at by an
 * `if`, `&&` or `!`, so that `set -e` does not end the shell.
 */
function* runScript(script: Script, shell: Shell, streams: Streams, isTested = false): Steps<Outcome> {
  let outcome: Outcome = 0
  for (let i = 0; i < script.length && !shell.options.parsesOnly; ) {
    const end = endOfList(script, i)
    if (script[end - 1]?.background === true) {
      startInBackground(script.slice(i, end), shell, streams)
      outcome = 0
    } else outcome = yield* runList(script, i, end, shell, streams, isTested)
    shell.status = codeOf(outcome)
    i = end
    if (typeof outcome !== 'number') return outcome
    if (shell.pending.length > 0) {
      const jump = yield* runPendingTraps(shell, streams, engine)
      if (jump !== undefined) return jump
    }
  }
  return outcome
}

/** Where the list of `&&` and `||` that begins at an item ends. */
function endOfList(script: Script, start: number): number {
  let end = start + 1
  while (end < script.length && script[end]?.joint !== ';') end++
  return end
}

function* runList(
  script: Script,
  start: number,
  end: number,
  shell: Shell,
  streams: Streams,
  isTested: boolean,
): Steps<Outcome> {
  let outcome: Outcome = 0
  for (let i = start; i < end; i++) {
    const item = script[i] as ListItem // below the script's length
    if (item.joint !== ';' && (item.joint === '&&') !== (codeOf(outcome) === 0)) continue
    outcome = yield* runPipeline(item.pipeline, shell, streams, isTested || i < end - 1)
    shell.status = codeOf(outcome)
    if (typeof outcome !== 'number') return outcome
  }
  return outcome
}

function startInBackground(list: Script, shell: Shell, streams: Streams): void {
  const items = list.map((item) => ({ ...item, background: false }))
  const text = list.map(({ pipeline, joint }, i) => (i === 0 ? pipeline.text : `${joint} ${pipeline.text}`)).join(' ')
  // Without job control, what runs in the background reads nothing. Source: POSIX XCU 2.9.3.1.
  const job = startBeside(
    shell,
    streams.with({ stdin: new Input('') }),
    text,
    (child, io) => runScript(items, child, io),
    engine,
  )
  shell.lastJob = job.pid
  shell.jobs.set(job.pid, job)
}

function* runPipeline(pipeline: Pipeline, shell: Shell, streams: Streams, isTested: boolean): Steps<Outcome> {
  const { negated, commands } = pipeline
  const [only] = commands
  let outcome: Outcome
  if (commands.length === 1 && only !== undefined) {
    if (shell.traps.has('DEBUG') && !shell.isTrapping) shell.set('BASH_COMMAND', pipeline.text)
    outcome = yield* runCommand(only, shell, streams, isTested || negated)
    shell.pipeCodes = [codeOf(outcome)]
  } else outcome = yield* runPiped(pipeline, shell, streams, isTested)
  return negated && typeof outcome === 'number' ? (outcome === 0 ? 1 : 0) : outcome
}

/** All commands at once, each reading what the one before writes. */
function* runPiped({ commands, text }: Pipeline, shell: Shell, streams: Streams, isTested: boolean): Steps<Outcome> {
  const pipes = commands.slice(1).map(() => new Pipe(earlyBytes))
  const children = commands.map((command, i) => {
    const [before, after] = [pipes[i - 1], pipes[i]]
    const stdin = before === undefined ? streams.stdin : new Input('', before.reader)
    const io = streams.with({ stdin, ...(after !== undefined && { out: after }) })
    const ends = () => {
      after?.close()
      before?.reader.close?.()
    }
    return startChild(shell, io, text, (child, childIo) => runCommand(command, child, childIo, true), engine, ends)
  })
  for (const pipe of pipes) pipe.opened()
  let code = 0
  let failed = 0
  const codes: number[] = []
  try {
    for (const child of children) {
      code = yield* wait(child.ended)
      codes.push(code)
      if (code !== 0) failed = code
    }
  } finally {
    for (const child of children) if (child.code === undefined) child.signal(signalNumbers.KILL ?? 9)
  }
  shell.pipeCodes = codes
  const result = shell.options.failsPipes ? failed : code
  return result !== 0 && !isTested ? yield* runFailed(result, shell, streams) : result
}

/** Commands before which the trap of DEBUG runs; of loops, before each time round. Source: bash(1), trap. */
const debugged: ReadonlySet<Command['kind']> = new Set(['simple', 'case', 'arithmetic'])

/** One command, with what `set -e` and failed expansions make of it. */
function* runCommand(command: Command, shell: Shell, streams: Streams, isTested: boolean): Steps<Outcome> {
  shell.budget.spendCommands()
  let outcome: Outcome
  if (debugged.has(command.kind)) {
    const jump = yield* runTrapOf('DEBUG', shell, streams, engine)
    if (jump !== undefined) return jump
  }
  try {
    if (command.kind === 'simple') outcome = yield* runSimple(command, shell, streams, isTested, engine)
    else outcome = yield* runOther(command, shell, streams, isTested)
  } catch (error) {
    if (!(error instanceof ExpansionError)) throw error
    streams.err.write(`${shell.dialect.prefix(shell)}${error.message}\n`)
    return exitWith(error.code)
  }
  const fails = command.kind === 'simple' || command.kind === 'subshell' || command.kind === 'arithmetic'
  return typeof outcome === 'number' && outcome !== 0 && !isTested && fails
    ? yield* runFailed(outcome, shell, streams)
    : outcome
}

/** What the trap of ERR and `set -e` make of a command that failed. Source: busybox 1.35 shell/ash.c, evaltree; bash(1), trap. */
function* runFailed(code: number, shell: Shell, streams: Streams): Steps<Outcome> {
  shell.status = code
  const jump = yield* runTrapOf('ERR', shell, streams, engine)
  if (jump !== undefined) return jump
  return shell.options.exitsOnError ? exitWith(code) : code
}

function* runOther(
  command: Exclude<Command, SimpleCommand>,
  shell: Shell,
  streams: Streams,
  isTested: boolean,
): Steps<Outcome> {
  if (command.kind === 'function') {
    shell.functions.set(command.name, { body: command.body, source: shell.commandName ?? 'environment' })
    return 0
  }
  if (command.redirections.length === 0) return yield* runCompound(command, shell, streams, isTested)
  const before = shell.readers.length
  const opened = yield* redirect(command.redirections, expansion(shell, streams))
  if (isRefused(opened)) {
    opened.err.write(`${shell.dialect.prefix(shell)}${opened.message}\n`)
    return 1
  }
  const outcome = yield* runCompound(command, shell, opened, isTested)
  yield* readWritten(shell, before)
  return outcome
}

/** Runs the scripts of `>(...)`, from a place in the list on, with what was written for them. Source: bash(1), Process Substitution. */
function* readWritten(shell: Shell, from: number): Steps<void> {
  const { status } = shell
  for (const { script, written, io } of shell.readers.splice(from))
    yield* runSubshell(script, shell, io.with({ stdin: new Input(written) }))
  shell.status = status
}

function* runCompound(command: CompoundCommand, shell: Shell, streams: Streams, isTested: boolean): Steps<Outcome> {
  switch (command.kind) {
    case 'group':
      return yield* runScript(command.body, shell, streams, isTested)
    case 'subshell':
      return yield* runSubshell(command.body, shell, streams)
    case 'if': {
      for (const { condition, body } of command.branches) {
        const tested = yield* runScript(condition, shell, streams, true)
        if (typeof tested !== 'number') return tested
        if (tested === 0) return yield* runScript(body, shell, streams, isTested)
      }
      return command.otherwise === undefined ? 0 : yield* runScript(command.otherwise, shell, streams, isTested)
    }
    case 'loop':
      return yield* inLoop(runLoop(command, shell, streams, isTested), shell)
    case 'for':
      return yield* inLoop(runFor(command, shell, streams, isTested), shell)
    case 'count':
      return yield* inLoop(runCount(command, shell, streams, isTested), shell)
    case 'case':
      return yield* runCase(command, shell, streams, isTested)
    case 'arithmetic':
      return yield* runArithmetic(command.expression, shell, streams)
  }
}

/** `((expression))`: a mistake in it ends nothing but itself. Source: bash execute_cmd.c, execute_arith_command. */
function* runArithmetic(expression: Word, shell: Shell, streams: Streams): Steps<Outcome> {
  try {
    return (yield* arithmeticOf(expression, shell, streams)) === '0' ? 1 : 0
  } catch (error) {
    if (!(error instanceof ExpansionError)) throw error
    streams.err.write(`${shell.dialect.prefix(shell)}((: ${error.message}\n`)
    return 1
  }
}

function* arithmeticOf(expression: Word, shell: Shell, streams: Streams): Steps<ByteText> {
  const at = expansion(shell, streams)
  const text = yield* expandText(expression, at)
  yield* traceText(`(( ${text} ))`, at)
  return arithmetic(text, shell)
}

/** A subshell's `exit` ends only the subshell, and its EXIT trap runs. */
function* runSubshell(body: Script, shell: Shell, streams: Streams): Steps<number> {
  const child = deeper(shell)
  const outcome = yield* runScript(body, child, streams.with({}))
  child.status = codeOf(outcome)
  return yield* leave(child, streams)
}

/** Runs the trap of EXIT and gives the code that the shell ends with. */
function* leave(shell: Shell, streams: Streams): Steps<number> {
  const action = shell.traps.get('EXIT')
  const code = shell.status
  yield* readWritten(shell, 0)
  if (action === undefined || action === '') return code
  shell.traps.delete('EXIT')
  const outcome = yield* runText(action, shell, streams, 'trap', engine)
  return typeof outcome !== 'number' && outcome.kind === 'exit' ? outcome.code : code
}

function deeper(shell: Shell): Shell {
  shell.goDeeper()
  return shell.subshell()
}

/** What a loop makes of the end of its body: undefined, it goes on. */
function afterBody(outcome: Outcome): Outcome | undefined {
  if (typeof outcome === 'number') return undefined
  const { kind, levels } = outcome
  if (kind !== 'break' && kind !== 'continue') return outcome
  if (levels > 1) return { ...outcome, levels: levels - 1 }
  return kind === 'break' ? outcome.code : undefined
}

type CommandOf<K extends CompoundCommand['kind']> = Extract<CompoundCommand, { readonly kind: K }>

function* inLoop(loop: Steps<Outcome>, shell: Shell): Steps<Outcome> {
  shell.loops++
  try {
    return yield* loop
  } finally {
    shell.loops--
  }
}

function* runLoop(command: CommandOf<'loop'>, shell: Shell, streams: Streams, isTested: boolean): Steps<Outcome> {
  let code = 0
  for (;;) {
    const tested = yield* runScript(command.condition, shell, streams, true)
    if (typeof tested !== 'number') {
      const ended = afterBody(tested)
      if (ended !== undefined) return ended
      continue
    }
    if ((tested === 0) === command.until) return code
    const outcome = yield* runScript(command.body, shell, streams, isTested)
    code = codeOf(outcome)
    const ended = afterBody(outcome)
    if (ended !== undefined) return ended
  }
}

function* runFor(command: CommandOf<'for'>, shell: Shell, streams: Streams, isTested: boolean): Steps<Outcome> {
  const words =
    command.words === undefined ? shell.positional : yield* expandWords(command.words, expansion(shell, streams))
  let code = 0
  const said = command.words === undefined ? '"$@"' : words.map((word) => tracedWord(word, shell)).join(' ')
  const head = shell.get('BASH_COMMAND').replace(/\s*;?\s*do\b.*/s, '')
  for (const word of words) {
    if (shell.traps.has('DEBUG')) shell.set('BASH_COMMAND', head)
    const jump = yield* runTrapOf('DEBUG', shell, streams, engine)
    if (jump !== undefined) return jump
    yield* traceText(`for ${command.name} in ${said}`, expansion(shell, streams))
    if (!shell.set(command.name, word)) throw new ExpansionError(shell.dialect.readOnly(command.name), 1)
    const outcome = yield* runScript(command.body, shell, streams, isTested)
    code = codeOf(outcome)
    const ended = afterBody(outcome)
    if (ended !== undefined) return ended
  }
  return code
}

function* runCount(command: CommandOf<'count'>, shell: Shell, streams: Streams, isTested: boolean): Steps<Outcome> {
  let code = 0
  yield* arithmeticOf(command.first, shell, streams)
  while (command.condition.length === 0 || (yield* arithmeticOf(command.condition, shell, streams)) !== '0') {
    shell.budget.spendCommands()
    const outcome = yield* runScript(command.body, shell, streams, isTested)
    code = codeOf(outcome)
    const ended = afterBody(outcome)
    if (ended !== undefined) return ended
    yield* arithmeticOf(command.step, shell, streams)
  }
  return code
}

function* runCase(command: CommandOf<'case'>, shell: Shell, streams: Streams, isTested: boolean): Steps<Outcome> {
  const at = expansion(shell, streams)
  const subject = yield* expandText(command.subject, at)
  yield* traceText(`case ${tracedWord(subject, shell)} in`, at)
  let outcome: Outcome = 0
  let falls = false
  for (const { patterns, body, end } of command.branches) {
    let fits = falls
    for (const pattern of patterns) fits ||= matchesPattern(subject, yield* expandPattern(pattern, at))
    if (!fits) continue
    outcome = yield* runScript(body, shell, streams, isTested)
    if (typeof outcome !== 'number' || end === ';;') return outcome
    falls = end === ';&'
  }
  return outcome
}

/** Where words of a command are expanded. */
function expansion(shell: Shell, streams: Streams): Expansion {
  return { shell, streams, capture }
}

/** Command substitution: what a script writes in a subshell. */
function* capture(script: Script, shell: Shell, streams: Streams): Steps<ByteText> {
  const sink = new BufferSink((length) => shell.budget.hold(length))
  shell.traceLevel++
  const code = yield* runSubshell(script, shell, streams.with({ out: sink }))
  shell.traceLevel--
  shell.status = code
  shell.substituted = code
  return sink.text()
}

/** Everything that runs. */
export const engine: Engine = {
  expansion,
  leave,
  readWritten,
  runCommand,
  runScript,
  runText: (text, shell, streams, origin) => runText(text, shell, streams, origin, engine),
  runNamed: (argv, shell, streams) => runNamed(argv, shell, streams, engine),
  runProgram: (argv, shell, streams, caller) => runProgram(argv, shell, streams, engine, caller),
}
