/** Which process a shell runs in that another one starts. Sources: execve(2); POSIX XCU 2.11; busybox shell/ash.c, evalstring. */
import { type Steps, wait } from '../../kernel/steps.ts'
import type { Script } from './grammar/syntax.ts'
import { guarded, handlerOf } from './jobs.ts'
import { deathText } from './process-table.ts'
import type { Shell } from './shell.ts'
import type { Streams } from './streams.ts'

/** Makes and runs the shell; told its number, and to say when it is there. */
export type InnerShell = (pid: number, isThere: (inner: Shell) => void) => Steps<number>

/** Measured: to begin a shell takes as long as so many commands. */
const commandsOfShell = 4

/** 128 and SIGKILL. */
const killedCode = 137

/**
 * Runs a shell where the one around it gives its process up, in that process, whose signals it gets; else in one of its own.
 * What is a child of its own already does nothing but run it.
 */
export function* inProcess(around: Shell, streams: Streams, text: string, body: InnerShell): Steps<number> {
  around.budget.spendCommands(commandsOfShell)
  if (!isGivenUp(around)) {
    const job = around.world.processes.start(text, (own) =>
      guarded(
        around,
        streams,
        body(own.pid, (inner) => {
          own.handler = handlerOf(inner)
        }),
      ),
    )
    try {
      const code = yield* wait(job.ended)
      const told = job.killedBy === undefined ? undefined : deathText(job.killedBy)
      // Bash tells number and text of the command, too.
      if (told !== undefined && around.dialect.name === 'ash') streams.err.write(`${told}\n`)
      return code
    } finally {
      job.kill(killedCode)
    }
  }
  const given = [...sameProcess(around)]
  try {
    return yield* body(around.pid, (inner) => {
      for (const shell of given) shell.successor = inner
    })
  } finally {
    for (const shell of given) shell.successor = undefined
  }
}

/** Whether the process of a shell is there for nothing but what it runs. */
function isGivenUp(shell: Shell): boolean {
  for (let each = shell; ; each = each.parent) {
    if (each.isReplaced || each.parent === undefined) return each.isReplaced
    if (each.parent.pid !== each.pid) return true
  }
}

/** The shell and those around it whose process it is in. */
function* sameProcess(shell: Shell): Iterable<Shell> {
  for (let each: Shell | undefined = shell; each?.pid === shell.pid; each = each.parent) yield each
}

/** Whether a script's end is one command by name, which a shell without traps becomes instead of starting it. */
export function endsInCommand(script: Script): boolean {
  const last = script.at(-1)
  if (last === undefined || last.background || last.pipeline.negated) return false
  const [only, ...more] = last.pipeline.commands
  return more.length === 0 && only?.kind === 'simple'
}
