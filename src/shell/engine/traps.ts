/** Traps of signals. Source: POSIX XCU 2.11, trap; busybox shell/ash.c, dotrap. */
import type { Steps } from '../../kernel/steps.ts'
import type { Engine } from './engine.ts'
import type { Jump, Shell } from './shell.ts'
import type { Streams } from './streams.ts'

/** Runs what the signals that came meanwhile ask for, in the order in which they came; a jump when that ends the shell. */
export function* runPendingTraps(shell: Shell, streams: Streams, engine: Engine): Steps<Jump | undefined> {
  for (let name = shell.pending.shift(); name !== undefined; name = shell.pending.shift()) {
    const action = shell.traps.get(name)
    if (action === undefined || action === '') continue
    // The command that was interrupted keeps its code.
    const { status } = shell
    const outcome = yield* engine.runText(action, shell, streams, 'trap')
    if (typeof outcome !== 'number') return outcome
    shell.status = status
  }
  return undefined
}

/** Runs what is to be done at something that is no signal, unless such a thing runs already; a jump when that ends the shell. */
export function* runTrapOf(
  name: 'DEBUG' | 'RETURN' | 'ERR',
  shell: Shell,
  streams: Streams,
  engine: Engine,
): Steps<Jump | undefined> {
  const action = shell.traps.get(name)
  if (action === undefined || action === '' || shell.isTrapping) return undefined
  const { status, line } = shell
  shell.isTrapping = true
  const outcome = yield* engine.runText(action, shell, streams, 'trap')
  shell.isTrapping = false
  shell.line = line
  if (typeof outcome !== 'number') return outcome
  shell.status = status
  return undefined
}
