import type { VirtualMs } from '../kernel/time.ts'
import { delayRows } from './delay-rows.ts'
import type { DelayRow } from './flow.ts'
import type { FlowIndex } from './flow-index.ts'
import { type FlowFacts, sourcesOf } from './flow-query.ts'

/** A change of a Secret, and one place where a container has the Secret. */
export interface UpdateDelay
  extends Pick<
    DelayRow,
    | 'kind'
    | 'resourceVersion'
    | 'updatedAt'
    | 'node'
    | 'pod'
    | 'container'
    | 'way'
    | 'where'
    | 'visibleAt'
    | 'parts'
    | 'renewedAt'
    | 'endedAt'
    | 'boundMs'
  > {
  readonly namespace: string
  readonly secret: string
  /** Why the container will never see it as it is: subPath, env, immutable, a refused update. */
  readonly never: string | undefined
  /** Of what is never seen: until when that is so, and what would cure it. */
  readonly until: string | undefined
  readonly cure: string | undefined
}

/**
 * Every update of a Secret's data against every place of the Pods that ran then, and with what later Pods began (`kind: start`)
 * (U1, U3, U4). Pods that run without an optional Secret see its creation as an update.
 */
export function updateDelays(
  index: FlowIndex,
  facts: FlowFacts,
  { namespace, secret }: { readonly namespace: string; readonly secret: string },
): readonly UpdateDelay[] {
  const beginning: VirtualMs = Number.NEGATIVE_INFINITY
  return delayRows(sourcesOf(index, facts, { namespace, secret, from: beginning })).map(
    ({ never, letter: _letter, podUid: _podUid, lane: _lane, ...row }) => ({
      ...row,
      namespace,
      secret,
      never: never?.reason,
      until: never?.until,
      cure: never?.cure,
    }),
  )
}
