/** The processes of a container or of a person's terminal: their numbers, and signals between them. */
import type { Unsubscribable } from 'rxjs'
import type { Kernel } from '../../kernel/kernel.ts'
import { Once, type Receiver } from '../../kernel/once.ts'
import { process } from '../../kernel/process.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { ByteText } from '../byte-text.ts'

/** Numbers of the signals that shells and tools know. Source: Linux asm-generic/signal.h. */
export const signalNumbers: Readonly<Record<string, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ILL: 4,
  TRAP: 5,
  ABRT: 6,
  BUS: 7,
  FPE: 8,
  KILL: 9,
  USR1: 10,
  SEGV: 11,
  USR2: 12,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
  STKFLT: 16,
  CHLD: 17,
  CONT: 18,
  STOP: 19,
  TSTP: 20,
  TTIN: 21,
  TTOU: 22,
  URG: 23,
  XCPU: 24,
  XFSZ: 25,
  VTALRM: 26,
  PROF: 27,
  WINCH: 28,
  IO: 29,
  PWR: 30,
  SYS: 31,
}

/** Number of a signal by `15`, `TERM` or `SIGTERM`; undefined: there is none. */
export function signalNumber(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text) <= 64 ? Number(text) : undefined
  const name = text.toUpperCase().replace(/^SIG/, '')
  return Object.hasOwn(signalNumbers, name) ? signalNumbers[name] : undefined
}

/** `TERM` of 15; the number itself where it has no name. */
export function signalName(number: number): string {
  return Object.entries(signalNumbers).find(([, each]) => each === number)?.[0] ?? String(number)
}

/** How shells tell of a command that a signal ended; of some they say nothing. Source: busybox shell/ash.c, showjob; strsignal(3). */
export function deathText(number: number): string | undefined {
  return deathTexts[number]
}

const deathTexts: Readonly<Record<number, string>> = {
  ...{ 1: 'Hangup', 3: 'Quit', 6: 'Aborted', 9: 'Killed', 10: 'User defined signal 1', 11: 'Segmentation fault' },
  ...{ 12: 'User defined signal 2', 14: 'Alarm clock', 15: 'Terminated' },
}

/** 128 and SIGKILL. */
const killedCode = 137

/** CHLD, CONT, URG and WINCH end nobody; to be stopped is not simulated. Source: signal(7). */
const harmless: ReadonlySet<number> = new Set([17, 18, 19, 20, 21, 22, 23, 28])

/** One process that was started beside another one. */
export interface Job {
  readonly pid: number
  readonly command: string
  /** Undefined while it runs. */
  readonly code: number | undefined
  /** Answers with its exit code when it ends, at once if it has. */
  readonly ended: Once<number>
  /** The signal that ended it. */
  readonly killedBy: number | undefined
  /** Delivers a signal: a process that does not handle it ends with 128 and the number. */
  signal(number: number): void
  /** Ends it with this exit code, whatever it does. */
  kill(exitCode: number): void
  /** What it does with signals itself; true: it took it. */
  handler: ((number: number) => boolean) | undefined
}

/** A process that somebody else runs. */
export interface OtherProcess {
  readonly command: ByteText
  readonly environment: ReadonlyMap<string, ByteText>
}

/** Of a process table that is made for one that runs already. */
export const firstPid = 1

/** Starts and ends processes; the first is the one that the table is made for. */
export class ProcessTable {
  readonly #kernel: Kernel
  /** Most containers have but one process, which starts no other. */
  #jobs: Map<number, RunningJob> | undefined
  #first: OtherProcess | undefined
  #others: Map<number, OtherProcess> | undefined
  readonly #outer: (pid: number, number: number) => boolean
  #nextPid: number

  /** `outer`: gives a signal to a process that somebody else runs; false: there is none of that number. */
  constructor(kernel: Kernel, nextPid: number, outer: (pid: number, number: number) => boolean = () => false) {
    this.#kernel = kernel
    this.#nextPid = nextPid
    this.#outer = outer
  }

  /** Sends a signal; false: there is no such process. */
  signal(pid: number, number: number): boolean {
    const job = this.#jobs?.get(pid)
    if (job === undefined) return this.#outer(pid, number)
    job.signal(number)
    return true
  }

  /** Whether it started a process of this number that still runs. */
  isRunning(pid: number): boolean {
    return this.#jobs?.has(pid) === true
  }

  /** Takes in a process that somebody else runs, so that others see it; `pid`: its number where it has one. */
  enter(process: OtherProcess, pid = this.#nextPid++): number {
    if (pid === firstPid) this.#first = process
    else this.#others = (this.#others ?? new Map()).set(pid, process)
    return pid
  }

  /** It is gone. */
  leave(pid: number): void {
    if (pid === firstPid) this.#first = undefined
    else this.#others?.delete(pid)
  }

  /** What a process was started with; undefined: there is none of that number. */
  environmentOf(pid: number): ReadonlyMap<string, ByteText> | undefined {
    return this.#other(pid)?.environment
  }

  commandOf(pid: number): string | undefined {
    return this.#other(pid)?.command ?? this.#jobs?.get(pid)?.command
  }

  /** Processes by number, as a process list shows them. */
  rows(): readonly { readonly pid: number; readonly command: string }[] {
    const first = this.#first === undefined ? [] : [{ pid: firstPid, command: this.#first.command }]
    const others = [...(this.#others ?? [])].map(([pid, { command }]) => ({ pid, command }))
    const jobs = [...(this.#jobs?.values() ?? [])].filter(({ command }) => command !== '')
    return [...first, ...others, ...jobs.map(({ pid, command }) => ({ pid, command }))].sort((a, b) => a.pid - b.pid)
  }

  #other(pid: number): OtherProcess | undefined {
    return pid === firstPid ? this.#first : this.#others?.get(pid)
  }

  /** Runs a body beside whoever asks. It may end before this returns. */
  start(command: string, body: (job: Job) => Steps<number>): Job {
    const job = new RunningJob(this.#kernel, this.#nextPid++, command, () => this.#jobs?.delete(job.pid))
    this.#jobs = (this.#jobs ?? new Map()).set(job.pid, job)
    job.begin(body)
    return job
  }

  /** Ends all of them, as the end of a container does. */
  endAll(): void {
    for (const job of [...(this.#jobs?.values() ?? [])]) job.kill(killedCode)
  }
}

class RunningJob implements Job, Receiver<number, never> {
  readonly pid: number
  readonly command: string
  code: number | undefined
  killedBy: number | undefined
  handler: ((number: number) => boolean) | undefined
  readonly #kernel: Kernel
  readonly #over: () => void
  #waiting: Receiver<number>[] = []
  #run: Unsubscribable | undefined

  constructor(kernel: Kernel, pid: number, command: string, over: () => void) {
    this.#kernel = kernel
    this.pid = pid
    this.command = command
    this.#over = over
  }

  begin(body: (job: Job) => Steps<number>): void {
    process(this.#kernel, () => body(this)).begin(this)
  }

  begun(run: Unsubscribable): void {
    // It may have ended itself before.
    if (this.code === undefined) this.#run = run
    else run.unsubscribe()
  }

  answered(code: number): void {
    this.#end(code)
  }

  failed(refusal: never): void {
    throw refusal
  }

  get ended(): Once<number> {
    return new JobEnd(this)
  }

  signal(number: number): void {
    if (number === 0 || this.code !== undefined) return
    if (number !== signalNumbers.KILL && this.handler?.(number) === true) return
    if (harmless.has(number)) return
    this.killedBy = number
    this.kill(128 + number)
  }

  kill(exitCode: number): void {
    if (this.code !== undefined) return
    this.#run?.unsubscribe()
    this.#end(exitCode)
  }

  hear(receiver: Receiver<number>): Unsubscribable | undefined {
    if (this.code !== undefined) {
      receiver.answered(this.code)
      return undefined
    }
    this.#waiting.push(receiver)
    return { unsubscribe: () => (this.#waiting = this.#waiting.filter((each) => each !== receiver)) }
  }

  #end(code: number): void {
    if (this.code !== undefined) return
    this.code = code
    this.#over()
    const waiting = this.#waiting
    this.#waiting = []
    for (const receiver of waiting) receiver.answered(code)
  }
}

class JobEnd extends Once<number> {
  readonly #job: RunningJob
  constructor(job: RunningJob) {
    super()
    this.#job = job
  }

  override begin(receiver: Receiver<number>): Unsubscribable | undefined {
    return this.#job.hear(receiver)
  }
}
