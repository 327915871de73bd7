import { type Steps, sleep } from '../../kernel/steps.ts'
import type { Dialled } from '../net/dial.ts'
import type { ContainerNetwork } from '../net/network.ts'
import type { ToolContext } from './tool.ts'

/** How long something takes that nobody simulates. */
const workMs = 1000

/** What a tool has to do with the network: the one of its container. Undefined: it runs where there is none, and is refused by name. */
export function networkOf({ shell }: ToolContext): ContainerNetwork | undefined {
  return shell.world.network?.()
}

/**
 * The world outside of a cluster is not simulated. Where a Pod runs the tool, and programs that nobody knows are taken to do their duty,
 * so is what it asks of that world; undefined: nothing is taken for granted.
 */
export function* assumedOutside({ shell, streams }: ToolContext): Steps<0 | undefined> {
  if (shell.world.trustsOutside === undefined) return undefined
  shell.world.trustsOutside(streams.out.isRead === true)
  yield* sleep(workMs)
  return 0
}

/** What a program says that nobody knows is no ground for a script to fail, where such programs are taken to do their duty. */
export function hears({ shell, streams }: ToolContext, route: Dialled): void {
  if (route.kind === 'open' && route.isAssumed === true) shell.world.trustsOutside?.(streams.out.isRead === true)
}
