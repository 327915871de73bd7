/** Commands by name: assignments, words, redirections; then a function, a builtin, a tool or a file. */

import type { FsErrorCode } from '../../fs/node-fs.ts'
import type { Steps } from '../../kernel/steps.ts'
import { type ByteText, bytesToByteText, fromByteText } from '../byte-text.ts'
import { RegexError } from '../tools/regex-syntax.ts'
import type { Tool, ToolContext } from '../tools/tool.ts'
import { findTool } from '../tools/tools.ts'
import { assignAll, isPlainWord as isPlain, tracedWord, tracePrompt } from './assignments.ts'
import { isSpecial } from './builtins/builtin.ts'
import { scriptAlongPath } from './builtins/known-names.ts'
import { findBuiltin } from './builtins/table.ts'
import { cannotExecute } from './caller-words.ts'
import type { Engine } from './engine.ts'
import type { SimpleCommand, Word } from './grammar/syntax.ts'
import { inProcess } from './own-process.ts'
import { isRefused, redirect } from './redirect.ts'
import { codeOf, exitWith, type KeptVariable, type Outcome, Shell, type WorldProgram } from './shell.ts'
import { isInherited } from './shell-options.ts'
import type { Streams } from './streams.ts'
import { toolContext } from './tool-context.ts'
import { runTrapOf } from './traps.ts'
import { assignElements } from './words/array-assignments.ts'
import { expandCommand, expandText } from './words/expand.ts'
import type { Expansion } from './words/expansion.ts'
import { toldBuiltinWriteError, toldWriteError } from './write-errors.ts'

/** Exit code of a program that writes where nobody reads: 128 and SIGPIPE. */
const brokenPipeCode = 141

/** Source: POSIX XCU 2.9.1; bash(1), Process Substitution. */
export function* runSimple(
  command: SimpleCommand,
  shell: Shell,
  streams: Streams,
  isTested: boolean,
  engine: Engine,
): Steps<Outcome> {
  const before = shell.readers.length
  const newNames = command.arrays.filter(({ name }) => !shell.readOnly.has(name))
  const outcome = yield* runExpanded(command, shell, streams, isTested, engine)
  const at = engine.expansion(shell, streams)
  for (const array of command.arrays) {
    // What `readonly` names holds its elements first.
    const isReadOnly = newNames.includes(array) && shell.readOnly.delete(array.name)
    yield* assignElements(array, at)
    if (isReadOnly) shell.readOnly.add(array.name)
  }
  // What was written into `>(...)` is read when the command has ended; behind `exec`, when the shell has.
  if (command.words.length > 1 || !isPlain(command.words[0], 'exec')) yield* engine.readWritten(shell, before)
  return outcome
}

function* runExpanded(
  command: SimpleCommand,
  shell: Shell,
  streams: Streams,
  isTested: boolean,
  engine: Engine,
): Steps<Outcome> {
  shell.line = command.line
  shell.substituted = undefined
  const at = engine.expansion(shell, streams)
  const isCondition = shell.dialect.grammar.bash && isPlain(command.words[0], '[[')
  const argv = isCondition ? yield* conditionWords(command.words, at) : yield* expandCommand(command.words, at)
  const [name] = argv
  if (name === undefined) return yield* assignOnly(command, at)
  const opened = yield* redirect(command.redirections, at)
  if (isRefused(opened)) {
    opened.err.write(`${shell.dialect.prefix(shell)}${opened.message}\n`)
    // Source: POSIX XCU 2.8.1: an error of redirection ends the shell where the builtin is a special one.
    return isSpecial(name, shell) && shell.dialect.name === 'ash' ? exitWith(1) : 1
  }
  if (name === 'exec' && argv.length === 1) streams.become(opened)
  const run = { ...at, streams: opened }
  if (command.assignments.length === 0) return yield* traced(argv, [], run, isTested, engine)
  if (isSpecial(name, shell) && shell.dialect.name === 'ash')
    return yield* traced(argv, yield* assignAll(command, at, false), run, isTested, engine)
  const before = command.assignments.map(
    (each) => [each.name, shell.kept(each.name), shell.exported.has(each.name)] as const,
  )
  const assigned = yield* assignAll(command, at, true)
  try {
    return yield* traced(argv, assigned, run, isTested, engine)
  } finally {
    for (const [variable, kept, wasExported] of before) {
      shell.restore(variable, kept)
      if (!wasExported) shell.exported.delete(variable)
    }
  }
}

/** Nothing is split or globbed between double brackets; patterns keep what was quoted in them. */
function* conditionWords(words: readonly Word[], at: Expansion): Steps<ByteText[]> {
  const texts: ByteText[] = []
  for (const [i, word] of words.entries()) {
    const before = words[i - 1]
    const isPattern = ['=', '==', '!=', '=~'].some((operator) => isPlain(before, operator))
    if (!isPattern) texts.push(yield* expandText(word, at))
    else {
      const mark = isPlain(before, '=~') ? /[\\^$.*+?()[\]{}|]/g : /[\\*?[\]]/g
      const parts: ByteText[] = []
      for (const part of word) {
        const text = yield* expandText([part], at)
        parts.push(part.quoted ? text.replace(mark, '\\$&') : text)
      }
      texts.push(parts.join(''))
    }
  }
  return texts
}

/** Without a command, the code is that of the last substitution. */
function* assignOnly(command: SimpleCommand, at: Expansion): Steps<Outcome> {
  const { shell, streams } = at
  const assigned = yield* assignAll(command, at, false)
  if (assigned.length > 0) streams.err.write(`${yield* tracePrompt(at)}${assigned.join(' ')}\n`)
  const opened = yield* redirect(command.redirections, at)
  if (!isRefused(opened)) return shell.substituted ?? 0
  opened.err.write(`${shell.dialect.prefix(shell)}${opened.message}\n`)
  return 1
}

/** What `set -x` shows, then the command. */
function* traced(
  argv: readonly ByteText[],
  assigned: readonly ByteText[],
  at: Expansion,
  isTested: boolean,
  engine: Engine,
): Steps<Outcome> {
  const { shell, streams } = at
  if (shell.options.traces) {
    const words = argv.map((arg) => tracedWord(arg, shell))
    streams.err.write(`${yield* tracePrompt(at)}${[...assigned, ...words].join(' ')}\n`)
  }
  return yield* runNamed(argv, shell, streams, engine, isTested)
}

/** Runs a command line that is expanded: function, builtin, tool or file. */
export function* runNamed(
  argv: readonly ByteText[],
  shell: Shell,
  streams: Streams,
  engine: Engine,
  isTested = false,
): Steps<Outcome> {
  const [name = '', ...args] = argv
  if (shell.functions.has(name)) return yield* callFunction(name, args, shell, streams, engine, isTested)
  const builtin = findBuiltin(name, shell)
  if (builtin === undefined) return yield* runProgram(argv, shell, streams, engine)
  const { commandName } = shell
  // Messages of what it runs tell its name, but for what only finds others. Source: busybox shell/ash.c, evalbltin.
  if (name !== 'command' && shell.dialect.name === 'ash') shell.commandName = name
  const ran = builtin({ name, args, shell, streams, engine })
  const ended = typeof ran === 'number' || 'kind' in ran ? ran : yield* ran
  shell.commandName = commandName
  const outcome = typeof ended === 'number' ? toldBuiltinWriteError(name, ended, shell, streams) : ended
  if (outcome !== 0 || !writers.has(name) || streams.out.ready === undefined) return outcome
  // A shell that writes where nobody reads is ended as any program is.
  return (yield* streams.out.ready()) ? outcome : exitWith(brokenPipeCode)
}

const writers = new Set(['echo', 'printf', 'pwd', 'export', 'set', 'type', 'command'])

/** Traps that a function has not of who calls it, unless it is told to. */
const callersTraps = new Set(['ERR', 'DEBUG', 'RETURN'])

function* callFunction(
  name: string,
  args: readonly ByteText[],
  shell: Shell,
  streams: Streams,
  engine: Engine,
  isTested: boolean,
): Steps<Outcome> {
  const called = shell.functions.get(name)
  if (called === undefined) return 0
  shell.goDeeper()
  const before = shell.positional
  const own = new Map<string, KeptVariable>()
  shell.positional = args
  shell.locals.push(own)
  shell.depth++
  const { commandName } = shell
  if (shell.dialect.name === 'bash') shell.commandName = called.source
  const { loops, optionIndex, optionPlace } = shell
  shell.loops = 0
  const isAsh = shell.dialect.name === 'ash'
  if (isAsh) {
    shell.optionIndex = 1
    shell.optionPlace = 0
  }
  const kept = [...shell.traps].filter(([trap]) => callersTraps.has(trap) && !isInherited(trap, shell.options))
  for (const [trap] of kept) shell.traps.delete(trap)
  try {
    const begun = yield* runTrapOf('DEBUG', shell, streams, engine)
    if (begun !== undefined) return begun
    const outcome = yield* engine.runCommand(called.body, shell, streams, isTested)
    shell.status = codeOf(outcome)
    const ended = yield* runTrapOf('RETURN', shell, streams, engine)
    if (ended !== undefined) return ended
    return typeof outcome !== 'number' && outcome.kind === 'return' ? outcome.code : outcome
  } finally {
    shell.depth--
    shell.commandName = commandName
    for (const [trap, action] of kept) if (!shell.traps.has(trap)) shell.traps.set(trap, action)
    shell.loops = loops
    shell.locals.pop()
    shell.positional = before
    for (const [variable, kept] of own) shell.restore(variable, kept)
    if (isAsh) {
      shell.optionIndex = optionIndex
      shell.optionPlace = optionPlace
    }
  }
}

/** Runs a program that is no part of the shell; `caller`: the tool that is to run it, if it is not the shell. */
export function* runProgram(
  argv: readonly ByteText[],
  shell: Shell,
  streams: Streams,
  engine: Engine,
  caller?: string,
): Steps<number> {
  const [name = '', ...args] = argv
  const refuse = (text: string, error: FsErrorCode): number => {
    const own = `${shell.dialect.prefix(shell)}${text}`
    const isGnu = shell.dialect.name === 'bash'
    streams.err.write(`${caller === undefined ? own : cannotExecute(caller, isGnu, name, error)}\n`)
    return error === 'ENOENT' ? 127 : 126
  }
  if (name === '') {
    const isAsh = shell.dialect.name === 'ash'
    return refuse(isAsh ? ': Permission denied' : shell.dialect.notFound(name), 'ENOENT')
  }
  const assumed = shell.world.assumed?.(name, args)
  if (assumed !== undefined) return yield* runWorldProgram(assumed, args, shell, streams)
  const found = name.includes('/') ? programOfPath(name, shell) : name
  if (typeof found !== 'string') return refuse(shell.dialect.cannotRun(name, found.code), found.code)
  if (found.startsWith('/')) return yield* runFile(found, argv, shell, streams, engine)
  const program = shell.world.program(found)
  if (program !== undefined) return yield* runWorldProgram(program, args, shell, streams)
  const tool = findTool(found, shell)
  if (tool === undefined) {
    const path = scriptAlongPath(name, shell)
    if (path !== undefined) return yield* runFile(path, argv, shell, streams, engine)
    return refuse(shell.dialect.notFound(name), 'ENOENT')
  }
  shell.world.prepares?.(name, args)
  const ended = yield* runTool(tool, toolContext(found, args, shell, streams, engine))
  const code = toldWriteError(found, ended, shell, streams)
  return streams.out.isBroken === true && code === 0 ? brokenPipeCode : code & 255
}

function runWorldProgram(
  program: WorldProgram,
  args: readonly ByteText[],
  shell: Shell,
  streams: Streams,
): Steps<number> {
  const { stdin, out, err } = streams
  return program({
    args,
    environment: shell.environment(),
    directory: shell.directory,
    stdin,
    isRead: out.isRead === true,
    out: (bytes) => out.write(bytes),
    err: (bytes) => err.write(bytes),
  })
}

/** A pattern that would take too long ends the tool that works with it. */
function* runTool(tool: Tool, context: ToolContext): Steps<number> {
  try {
    const run = tool(context)
    return typeof run === 'number' ? run : yield* run
  } catch (error) {
    if (!(error instanceof RegexError)) throw error
    context.err(`${context.prefix}${error.message}\n`)
    return 2
  }
}

/** `/bin/cat` is cat where there is no other file; else the path itself, or why it cannot be run. */
function programOfPath(name: ByteText, shell: Shell): string | { readonly code: FsErrorCode } {
  const { files } = shell.world
  const path = shell.path(name)
  const base = fromByteText(name.slice(name.lastIndexOf('/') + 1))
  const stat = files.stat(path)
  const isProgram = /^\/(?:usr\/)?(?:local\/)?s?bin\/[^/]+$/.test(shell.logicalPath(name))
  if (
    isProgram &&
    (!stat.ok || stat.value.size === 0) &&
    (shell.world.program(base) ?? findTool(base, shell)) !== undefined
  )
    return base
  if (!stat.ok) return { code: stat.code }
  if (stat.value.type === 'directory') return { code: shell.dialect.name === 'bash' ? 'EISDIR' : 'EACCES' }
  const mayRun = (stat.value.mode & 0o111) !== 0 && files.access(path, 1).ok
  return mayRun ? path : { code: 'EACCES' }
}

/** A script is run by the interpreter that its first line names, or by this shell. */
function* runFile(
  path: string,
  argv: readonly ByteText[],
  shell: Shell,
  streams: Streams,
  engine: Engine,
): Steps<number> {
  const content = shell.world.files.readFile(path)
  const [name = '', ...args] = argv
  if (!content.ok) {
    streams.err.write(`${shell.dialect.prefix(shell)}${shell.dialect.cannotRun(name, content.code)}\n`)
    return 126
  }
  const text = bytesToByteText(content.value)
  const interpreter = /^#![ \t]*(\S+)(?:[ \t]+(\S.*?))?[ \t]*\n/.exec(text)
  if (interpreter !== null && !/\/(?:ba|a|da)?sh$/.test(interpreter[1] ?? '')) {
    const [program = '', ...first] = [interpreter[1] ?? '', ...(interpreter[2] === undefined ? [] : [interpreter[2]])]
    const isEnv = program.endsWith('/env')
    const called = isEnv ? (first[0] ?? '').split(' ') : [program, ...first]
    if (!/^(?:ba|a|da)?sh$/.test(called[0] ?? '')) {
      const code = programOfPath(program, shell)
      if (typeof code === 'string' || isEnv)
        return yield* runProgram([...called, name, ...args], shell, streams, engine)
      const isBash = shell.dialect.name === 'bash'
      const words = isBash
        ? `${name}: cannot execute: required file not found`
        : shell.dialect.cannotRun(name, 'ENOENT')
      streams.err.write(`${shell.dialect.prefix(shell)}${words}\n`)
      return 127
    }
  }
  return yield* runScriptFile(text, name, args, shell, streams, engine)
}

/** A shell of its own for a script in a file: what it sets stays in it. */
function* runScriptFile(
  text: ByteText,
  name: ByteText,
  args: readonly ByteText[],
  shell: Shell,
  streams: Streams,
  engine: Engine,
): Steps<number> {
  shell.goDeeper()
  const { world, dialect, budget, directory } = shell
  const environment = shell.environment()
  return yield* inProcess(shell, streams, [name, ...args].join(' '), function* runsScript(pid, isThere) {
    const setup = {
      world,
      dialect,
      budget,
      name,
      commandName: name,
      pid,
      parentPid: shell.pid,
      directory,
      environment,
      positional: args,
    }
    const child = new Shell(setup)
    child.depth = shell.depth + 1
    isThere(child)
    child.status = codeOf(yield* engine.runText(text, child, streams, name))
    return yield* engine.leave(child, streams)
  })
}
