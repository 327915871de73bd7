/** wait, kill, trap, jobs. Source: POSIX XCU; bash jobs.c; busybox shell/ash.c. */

import type { Unsubscribable } from 'rxjs'
import { Once, type Receiver } from '../../kernel/once.ts'
import { forever, type Steps, wait as waitFor } from '../../kernel/steps.ts'
import { type Builtin, type BuiltinCall, complain } from './builtin.ts'
import { type Job, signalName, signalNumber, signalNumbers } from './process-table.ts'
import type { Outcome, Shell } from './shell.ts'

/** Waits for one job or for all; a signal that is trapped ends the wait at once. */
export function* wait(call: BuiltinCall): Steps<Outcome> {
  const { args, shell } = call
  const own = shell.jobs
  const operands = args.filter((arg) => !arg.startsWith('-'))
  if (operands.length === 0) {
    for (const job of [...own.values()]) {
      const code = yield* waitFor(new JobOrSignal(job, shell))
      if (code === undefined) return interruptedCode(shell)
      own.delete(job.pid)
    }
    return 0
  }
  let code = 0
  for (const operand of operands) {
    const pid = Number(operand.startsWith('%') ? [...own.keys()][Number(operand.slice(1)) - 1] : operand)
    const job = own.get(pid)
    if (job === undefined) {
      code = 127
      if (shell.dialect.name === 'bash')
        complain(
          call,
          Number.isNaN(pid)
            ? `\`${operand}': not a pid or valid job spec`
            : `pid ${operand} is not a child of this shell`,
          127,
        )
      continue
    }
    const ended = yield* waitFor(new JobOrSignal(job, shell))
    if (ended === undefined) return interruptedCode(shell)
    code = ended
  }
  return code
}

/** 128 and the signal that came. */
function interruptedCode({ pending }: Shell): number {
  return 128 + (signalNumbers[pending[0] ?? ''] ?? 0)
}

/** Answers with the code of a job, or with nothing when a trapped signal comes first. */
class JobOrSignal extends Once<number | undefined> {
  readonly #job: Job
  readonly #shell: Shell
  constructor(job: Job, shell: Shell) {
    super()
    this.#job = job
    this.#shell = shell
  }
  begin(receiver: Receiver<number | undefined>): Unsubscribable | undefined {
    const shell = this.#shell
    const answer = (code: number | undefined): void => {
      shell.interrupt = undefined
      receiver.answered(code)
    }
    const heard = this.#job.ended.begin({ answered: answer, failed: (error) => receiver.failed(error) })
    if (this.#job.code !== undefined) return heard
    const interrupted = (): void => {
      heard?.unsubscribe()
      answer(undefined)
    }
    shell.interrupt = interrupted
    return {
      unsubscribe() {
        shell.interrupt = undefined
        heard?.unsubscribe()
      },
    }
  }
}

/** ash's kill is the tool and speaks as one. */
function tell({ name, shell, streams }: BuiltinCall, message: string, code: number): number {
  streams.err.write(`${shell.dialect.toolPrefix(shell, name)}${message}\n`)
  return code
}

/** `kill [-SIGNAL] PID...`, `kill -l`. */
export const killBuiltin: Builtin = function* killBuiltin(call): Steps<Outcome> {
  const { shell, streams } = call
  const args = [...call.args]
  const isBash = shell.dialect.name === 'bash'
  if (args[0] === '-l' || args[0] === '-L') {
    if (args[1] !== undefined) streams.out.write(`${signalName(Number(args[1]) & 127)}\n`)
    else
      for (const [name, number] of Object.entries(signalNumbers))
        streams.out.write(`${String(number).padStart(2)}) ${isBash ? 'SIG' : ''}${name}\n`)
    return 0
  }
  let number: number | undefined = signalNumbers.TERM
  if (/^-./.test(args[0] ?? '') && args[0] !== '--') {
    const flag = args.shift()?.slice(1) ?? ''
    const name = flag === 's' || flag === 'n' ? (args.shift() ?? '') : flag
    number = signalNumber(name)
    if (number === undefined)
      return tell(call, isBash ? `${name}: invalid signal specification` : `bad signal name '${name}'`, 1)
  } else if (args[0] === '--') args.shift()
  if (args.length === 0)
    return tell(
      call,
      isBash
        ? 'usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]'
        : 'you need to specify whom to kill',
      isBash ? 2 : 1,
    )
  let code = 0
  for (const target of args) {
    const pid = Number(target.startsWith('%') ? [...shell.jobs.keys()][Number(target.slice(1)) - 1] : target)
    const wasRunning = shell.world.processes.isRunning(pid)
    if (Number.isNaN(pid))
      code = tell(call, isBash ? `${target}: arguments must be process or job IDs` : `invalid number '${target}'`, 1)
    else if (!shell.world.processes.signal(pid, number ?? 15))
      code = tell(call, isBash ? `(${target}) - No such process` : `can't kill pid ${target}: No such process`, 1)
    // Who ended itself does nothing more.
    else if (pid === shell.pid && wasRunning && !shell.world.processes.isRunning(pid)) yield* forever()
  }
  return code
}

/** Source: POSIX trap. */
export const trap: Builtin = (call) => {
  const { args, shell, streams } = call
  const words = args[0] === '--' ? args.slice(1) : args
  if (words.length === 0 || words[0] === '-p') {
    for (const [name, action] of [...shell.traps].sort(([a], [b]) => orderOf(a) - orderOf(b)))
      streams.out.write(
        `trap -- '${action.replaceAll("'", "'\\''")}' ${shell.dialect.name === 'bash' && name !== 'EXIT' ? 'SIG' : ''}${name}\n`,
      )
    return 0
  }
  if (words[0] === '-l') return killBuiltin({ ...call, args: ['-l'] })
  const [action = '', ...names] = words.length === 1 || /^\d+$/.test(words[0] ?? '') ? ['-', ...words] : words
  let code = 0
  for (const word of names) {
    const name = trapName(word)
    if (name === undefined)
      code = complain(
        call,
        shell.dialect.name === 'bash'
          ? `${word}: invalid signal specification`
          : `${word}: invalid signal specification`,
        1,
      )
    else if (action === '-') shell.traps.delete(name)
    else shell.traps.set(name, action)
  }
  return code
}

/** `EXIT` of `0`, `TERM` of `15` and `SIGTERM`; undefined: no signal. */
function trapName(word: string): string | undefined {
  if (word === '0' || word.toUpperCase() === 'EXIT') return 'EXIT'
  if (/^(?:ERR|DEBUG|RETURN)$/.test(word)) return word
  const number = signalNumber(word)
  return number === undefined ? undefined : signalName(number)
}

function orderOf(name: string): number {
  return name === 'EXIT' ? 0 : (signalNumbers[name] ?? 99)
}

/** The jobs that run. */
export const jobs: Builtin = ({ args, shell, streams }) => {
  let number = 0
  for (const job of shell.jobs.values()) {
    number++
    if (job.code !== undefined) continue
    streams.out.write(
      args.includes('-p')
        ? `${job.pid}\n`
        : `[${number}]${shell.lastJob === job.pid ? '+' : ' '}  Running                 ${job.command}${shell.dialect.name === 'bash' ? ' &' : ''}\n`,
    )
  }
  return 0
}
