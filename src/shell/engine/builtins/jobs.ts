/** wait, kill, trap, jobs. Source: POSIX XCU; bash jobs.c; busybox shell/ash.c. */

import type { Unsubscribable } from 'rxjs'
import { firstOf } from '../../../kernel/first-of.ts'
import { Once, type Receiver } from '../../../kernel/once.ts'
import { forever, type Steps, wait as waitFor } from '../../../kernel/steps.ts'
import { singleQuoted } from '../grammar/single-quoted.ts'
import { deathText, type Job, signalName, signalNumber, signalNumbers } from '../process-table.ts'
import type { Outcome, Shell } from '../shell.ts'
import { ashOptions, type Builtin, type BuiltinCall, complain, raise } from './builtin.ts'

/** Waits for one job or for all; a signal that is trapped ends the wait at once. */
export function* wait(call: BuiltinCall): Steps<Outcome> {
  const { args, shell } = call
  const isAsh = shell.dialect.name === 'ash'
  const found = ashOptions(args, isAsh ? 'n' : 'nfp:')
  if (typeof found === 'string')
    return isAsh
      ? raise(call, found)
      : complain(call, `${args[0]}: invalid option\nwait: usage: wait [-fn] [-p var] [id ...]`, 2)
  const { given, operands } = found
  if (given.has('n')) return yield* waitForNext(call, operands, given.get('p'))
  if (operands.length === 0) return yield* waitForAll(shell)
  let code: Outcome = 0
  for (const operand of operands) {
    const job = jobOf(operand, call)
    if (typeof job === 'string') {
      if (job !== '' && isAsh) return raise(call, job)
      code = job === '' ? 127 : complain(call, job, /not a pid/.test(job) ? 1 : 127)
      continue
    }
    const ended = yield* waitFor(new JobOrSignal(job, shell))
    if (ended === undefined) return interruptedCode(shell)
    if (!shell.told.has(job.pid)) tellDeath(call, job)
    code = ended
  }
  return code
}

function* waitForAll(shell: Shell): Steps<Outcome> {
  for (const job of [...shell.jobs.values()]) {
    const code = yield* waitFor(new JobOrSignal(job, shell))
    if (code === undefined) return interruptedCode(shell)
    shell.jobs.delete(job.pid)
  }
  return 0
}

/** The first job that ends; 127 where there is none. Source: bash(1), wait -n. */
function* waitForNext(call: BuiltinCall, operands: readonly string[], name: string | undefined): Steps<Outcome> {
  const { shell } = call
  const asked = operands.map((operand) => jobOf(operand, call))
  const among = operands.length === 0 ? [...shell.jobs.values()] : asked.filter((job) => typeof job !== 'string')
  if (among.length === 0) return 127
  const ended = among.find(({ code }) => code !== undefined)
  const code = ended?.code ?? (yield* waitFor(firstOf(...among.map((job) => new JobOrSignal(job, shell)))))
  if (code === undefined) return interruptedCode(shell)
  const job = ended ?? among.find((each) => each.code !== undefined)
  if (job !== undefined) shell.jobs.delete(job.pid)
  if (name !== undefined && job !== undefined) shell.set(name, String(job.pid))
  return code
}

/** A job by its number or process; a text is what is wrong with it, an empty one that there is nothing to say. */
function jobOf(operand: string, { shell }: BuiltinCall): Job | string {
  const isAsh = shell.dialect.name === 'ash'
  if (operand.startsWith('%')) {
    const jobs = [...shell.jobs.values()]
    const job = /^%[%+]?$/.test(operand) ? jobs.at(-1) : jobs[Number(operand.slice(1)) - 1]
    return job ?? (isAsh ? `${operand}: no such job` : `${operand}: no such job`)
  }
  if (!/^\d+$/.test(operand)) return isAsh ? `Illegal number: ${operand}` : `\`${operand}': not a pid or valid job spec`
  return shell.jobs.get(Number(operand)) ?? (isAsh ? '' : `pid ${operand} is not a child of this shell`)
}

/** What a shell says of a job that a signal ended. Source: busybox shell/ash.c, waitone; bash jobs.c, notify_of_job_status. */
function tellDeath({ shell, streams }: BuiltinCall, job: Job): void {
  const text = job.killedBy === undefined ? undefined : deathText(job.killedBy)
  if (text === undefined) return
  shell.told.add(job.pid)
  if (shell.dialect.name === 'ash') streams.err.write(`${text}\n`)
  // Of one that was asked to go bash says nothing in a script.
  else if (job.killedBy !== signalNumbers.TERM)
    streams.err.write(
      `${shell.name}: line ${shell.line}: ${String(job.pid).padStart(5)} ${text.padEnd(23)} ${job.command}\n`,
    )
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
  const { shell } = call
  const args = [...call.args]
  const isBash = shell.dialect.name === 'bash'
  if (args[0] === '-l' || args[0] === '-L') return listSignals(call, args.slice(1))
  let number: number | undefined = signalNumbers.TERM
  if (/^-./.test(args[0] ?? '') && args[0] !== '--') {
    const flag = args.shift()?.slice(1) ?? ''
    const name = flag === 's' || flag === 'n' ? (args.shift() ?? '') : flag
    number = signalNumber(name)
    if (number === undefined)
      return tell(call, isBash ? `${name}: invalid signal specification` : `bad signal name '${name}'`, 1)
  } else if (args[0] === '--') args.shift()
  if (args.length === 0 && isBash) {
    call.streams.err.write(killUsage)
    return 2
  }
  if (args.length === 0) return tell(call, 'you need to specify whom to kill', 1)
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

const killUsage = 'kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n'

/** `kill -l`: names of numbers, numbers of names, or all. Source: busybox procps/kill.c; bash builtins/common.c, display_signal_list. */
function listSignals(call: BuiltinCall, asked: readonly string[]): number {
  const { shell, streams } = call
  const isBash = shell.dialect.name === 'bash'
  const all = Object.entries(signalNumbers)
  let code = 0
  for (const each of asked) {
    const number = /^\d+$/.test(each) ? Number(each) : undefined
    const known = number === undefined ? signalNumber(each) : number > 128 ? number - 128 : number
    if (known === undefined || known > 64)
      code = tell(call, isBash ? `${each}: invalid signal specification` : `unknown signal '${each}'`, 1)
    else streams.out.write(number === undefined ? `${known}\n` : `${signalName(known)}\n`)
  }
  if (asked.length > 0) return code
  if (!isBash) for (const [name, number] of all) streams.out.write(`${String(number).padStart(2)}) ${name}\n`)
  else
    all.forEach(([name, number], i) => {
      const isLast = i % 5 === 4 || i === all.length - 1
      streams.out.write(`${String(number).padStart(2)}) SIG${name}${isLast ? '\n' : '\t'}`)
    })
  return 0
}

/** Source: POSIX trap; busybox 1.35 shell/ash.c, trapcmd; bash builtins/trap.def. */
export const trap: Builtin = (call) => {
  const { args, shell } = call
  const isBash = shell.dialect.name === 'bash'
  const found = ashOptions(args[0] === '-' ? ['--', ...args] : args, isBash ? 'lp' : '')
  if (typeof found === 'string')
    return isBash
      ? complain(call, `${args[0]}: invalid option\ntrap: usage: trap [-lp] [[arg] signal_spec ...]`, 2)
      : raise(call, found)
  const { given, operands: words } = found
  if (given.has('l')) return listSignals(call, [])
  if (words.length === 0 || given.has('p')) return listTraps(call, words)
  const isName =
    words.length === 1 || (/^\d+$/.test(words[0] ?? '') && !(isBash && words[0] === '0' && words.length > 1))
  const [action = '', ...names] = isName ? ['-', ...words] : words
  let code = 0
  for (const word of names) {
    const name = trapName(word, isBash)
    if (name === undefined) code = complain(call, `${word}: invalid signal specification`, 1)
    else if (action === '-') shell.traps.delete(name)
    else shell.traps.set(name, action)
  }
  return code
}

function listTraps({ shell, streams }: BuiltinCall, asked: readonly string[]): number {
  const isBash = shell.dialect.name === 'bash'
  const wanted = asked.map((word) => trapName(word, isBash))
  for (const [name, action] of [...shell.traps].sort(([a], [b]) => orderOf(a) - orderOf(b))) {
    if (wanted.length > 0 && !wanted.includes(name)) continue
    const shown = isBash ? `'${action.replaceAll("'", "'\\''")}'` : singleQuoted(action)
    const isSignal = isBash && signalNumbers[name] !== undefined
    streams.out.write(`trap -- ${shown} ${isSignal ? 'SIG' : ''}${name}\n`)
  }
  return 0
}

/** `EXIT` of `0`, `TERM` of `15` and `SIGTERM`; undefined: no signal. */
function trapName(word: string, isBash: boolean): string | undefined {
  if (word === '0' || word.toUpperCase() === 'EXIT') return 'EXIT'
  if (word === 'ERR' || (isBash && (word === 'DEBUG' || word === 'RETURN'))) return word
  const number = signalNumber(word)
  return number === undefined ? undefined : signalName(number)
}

function orderOf(name: string): number {
  return name === 'EXIT' ? 0 : (signalNumbers[name] ?? { DEBUG: 97, ERR: 98 }[name] ?? 99)
}

/** The jobs that run; ash tells of those that ended once. */
export const jobs: Builtin = ({ args, shell, streams }) => {
  const isAsh = shell.dialect.name === 'ash'
  const all = [...shell.jobs.values()]
  all.forEach((job, i) => {
    if (job.code !== undefined && !isAsh) return
    if (args.includes('-p')) {
      streams.out.write(`${job.pid}\n`)
      return
    }
    const current = i === all.length - 1 ? '+' : i === all.length - 2 ? '-' : ' '
    const pid = args.includes('-l') ? `${isAsh ? '' : ' '}${job.pid} ` : ''
    // Without job control ash remembers no texts. Source: busybox shell/ash.c, showjob, commandtext.
    const state = (job.code === undefined ? 'Running' : job.code === 0 ? 'Done' : `Done(${job.code})`).padEnd(
      isAsh ? 27 : 24,
    )
    const lead = `[${i + 1}]${current} ${isAsh || pid === '' ? ' ' : ''}${pid.trimStart()}`
    streams.out.write(`${lead}${state}${isAsh ? '' : `${job.command} &`}\n`)
    if (job.code !== undefined) shell.jobs.delete(job.pid)
  })
  return 0
}
