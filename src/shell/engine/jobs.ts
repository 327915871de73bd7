/** Shells that run beside the one that started them: parts of a pipeline, jobs of `&`. */
import { forever, type Steps } from '../../kernel/steps.ts'
import { BudgetError } from './budget.ts'
import type { Engine } from './engine.ts'
import { type Job, signalName } from './process-table.ts'
import { codeOf, type Outcome, type Shell } from './shell.ts'
import type { Streams } from './streams.ts'

/** What a child does, with a shell of its own. */
export type ChildBody = (child: Shell, streams: Streams) => Steps<Outcome>

/** Exit code of a shell that ran out of memory. Source: bash error.h, fatal_error; busybox shell/ash.c, EXERROR. */
const exhaustedCode = 2

/** Runs a body in a subshell as a process of its own. `ended` is called when it is over, however it ends. */
export function startChild(
  shell: Shell,
  streams: Streams,
  text: string,
  body: ChildBody,
  engine: Engine,
  ended: () => void = () => {},
): Job {
  shell.goDeeper()
  return shell.world.processes.start(text, (job) => runChild(job, shell, streams, body, engine, ended))
}

/** The same for a job of `&`, which holds the streams open that it was started with. */
export function startBeside(shell: Shell, streams: Streams, text: string, body: ChildBody, engine: Engine): Job {
  streams.share()
  return startChild(shell, streams, text, body, engine, () => streams.close())
}

function* runChild(
  job: Job,
  shell: Shell,
  streams: Streams,
  body: ChildBody,
  engine: Engine,
  ended: () => void,
): Steps<number> {
  const child = shell.subshell(job.pid)
  job.handler = handlerOf(child)
  try {
    return yield* guarded(child, streams, runToItsEnd(child, streams, body, engine))
  } finally {
    ended()
  }
}

function* runToItsEnd(child: Shell, streams: Streams, body: ChildBody, engine: Engine): Steps<number> {
  child.status = codeOf(yield* body(child, streams))
  return yield* engine.leave(child, streams)
}

/** Tells what was used up: a shell out of memory ends, one that loops without end is left to loop. */
export function* guarded(shell: Shell, streams: Streams, body: Steps<number>): Steps<number> {
  try {
    return yield* body
  } catch (error) {
    if (!(error instanceof BudgetError)) throw error
    if (error.spent === 'killed') return yield* forever()
    if (shell.budget.excuse(error.spent))
      streams.err.write(`${shell.dialect.prefix(shell)}${shell.dialect.exhausted(error.spent)}\n`)
    const isEndless = error.spent === 'commands' || error.spent === 'output'
    if (isEndless && shell.budget.limits.commands === Number.POSITIVE_INFINITY) yield* forever()
    return exhaustedCode
  }
}

/** What a shell does about signals. As a function of its own: closures that are assigned to members are made in old space. */
export function handlerOf(shell: Shell): (number: number) => boolean {
  return (number) => deliver(shell, number)
}

/** Gives a signal to a shell; false: it does nothing about it, and is ended. */
export function deliver(shell: Shell, number: number): boolean {
  if (shell.successor !== undefined) return deliver(shell.successor, number)
  const name = signalName(number)
  const action = shell.traps.get(name)
  if (action === undefined) return false
  if (action === '') return true
  // What took its process has no traps of the shell's.
  if (shell.isReplaced) return false
  shell.pending.push(name)
  shell.interrupt?.(name)
  return true
}
