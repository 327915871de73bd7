/** awk: patterns, actions, fields, arrays and functions. Sources: POSIX XCU awk; mawk 1.3.4; busybox editors/awk.c. */
import type { Steps } from '../../kernel/steps.ts'
import type { ByteText } from '../byte-text.ts'
import { AwkError, unescaped } from './awk/lexer.ts'
import { AwkExit, type Jump, Machine } from './awk/machine.ts'
import { Parser } from './awk/parser.ts'
import type { Action, Program, Rule } from './awk/program.ts'
import { isTrue, Read } from './awk/values.ts'
import { cannotOpen, options, readAll, say, type Tool, type ToolContext } from './tool.ts'

/** Runs a program over the records of files or of standard input. */
export const awk: Tool = function* awk(context): Steps<number> {
  const given = options(context, 'F:v:f:', {}, { stopsEarly: true })
  if (typeof given === 'number') return given
  const operands = [...given.operands]
  const texts: ByteText[] = []
  for (const path of given.all('f')) {
    const text = yield* readAll(context, path)
    if (typeof text !== 'string') return cannotOpen(context, path, text.code) && say(context, 2, 1)
    texts.push(text)
  }
  const program = texts.length > 0 ? texts.join('\n') : operands.shift()
  if (program === undefined) {
    context.err('usage: awk [-F fs][-v var=value][prog | -f progfile][file ...]\n')
    return say(context, 0, 1)
  }
  const machine = new Machine(context, operands)
  const separator = given.value('F')
  // `-Ft` is a tab. Source: POSIX XCU awk, -F.
  if (separator !== undefined) machine.variables.set('FS', separator === 't' ? '\t' : unescaped(separator))
  for (const assigned of given.all('v')) {
    const at = assigned.indexOf('=')
    machine.set(assigned.slice(0, Math.max(at, 0)), new Read(unescaped(assigned.slice(at + 1))))
  }
  return yield* guarded(context, machine, () => runProgram(new Parser(program).parse(), machine))
}

function* guarded(context: ToolContext, machine: Machine, body: () => Steps<number>): Steps<number> {
  try {
    return yield* body()
  } catch (error) {
    if (error instanceof AwkExit) return error.code
    if (!(error instanceof AwkError)) throw error
    yield* machine.closeAll()
    const { line, message, near } = error
    const gnu = near === '' ? message.toLowerCase() : syntaxError(line, near, message)
    context.err(`${context.prefix}${say(context, gnu, `cmd. line:${line}: ${message}`)}\n`)
    return say(context, 2, 1)
  }
}

/** In mawk's words. */
function syntaxError(line: number, near: string, message: string): string {
  if (near.startsWith('runaway ')) return `line ${line}: ${near}`
  if (message.startsWith('Call to')) return `line ${line + 1}: function ${near} never defined`
  if (near === 'end of file') return `line ${line + 1}: missing } near end of file`
  return `line ${line}: syntax error at or near ${near}`
}

function* runProgram({ begin, rules, end }: Program, machine: Machine): Steps<number> {
  const isOver = (yield* inTurn(begin, machine)) === 'exit'
  if (!isOver && rules.length + end.length > 0) yield* readRecords(rules, machine)
  yield* inTurn(end, machine)
  yield* machine.closeAll()
  return machine.exitCode
}

function* readRecords(rules: readonly Rule[], machine: Machine): Steps<void> {
  for (let record = yield* machine.next(); record !== undefined; record = yield* machine.next()) {
    machine.record = record
    for (const rule of rules) {
      if (!(yield* fits(rule, machine))) continue
      const jumped = yield* rule.action(machine)
      if (jumped === 'exit') return
      if (jumped === 'next') break
    }
  }
}

function* fits(rule: Rule, machine: Machine): Steps<boolean> {
  if (rule.from === undefined) return true
  if (rule.to === undefined) return isTrue(yield* rule.from.run(machine))
  if (!rule.isOn && !isTrue(yield* rule.from.run(machine))) return false
  rule.isOn = !isTrue(yield* rule.to.run(machine))
  return true
}

function* inTurn(actions: readonly Action[], machine: Machine): Steps<Jump | undefined> {
  for (const action of actions) {
    const jumped = yield* action(machine)
    if (jumped !== undefined) return jumped
  }
  return undefined
}
