import { setImmediate as later } from 'node:timers'
import { type WrittenKubeconfig, writeKubeconfig } from '../serve/kubeconfig.ts'
import { type RunningServer, startServer } from '../serve/server.ts'
import { createServedSim, type ServedSim } from '../sim/served-sim.ts'
import type { PlayerHost } from '../ui/model/player.ts'
import { type Driver, growing } from '../ui/world/growing.ts'
import { createRecorder } from '../ui/world/recording.ts'
import { runSliced } from '../ui/world/sliced-run.ts'

/** Offers the clusters of a player's moments to clients on this machine: one at a time, all by the same kubeconfig. */
export interface Offering {
  readonly offer: NonNullable<PlayerHost['offer']>
  /** Ends what is offered, and takes the kubeconfig away. */
  close(): Promise<void>
}

/** `complain`: hears of what podsim did wrong. */
export function createOffering(complain: (what: string, error: unknown) => void): Offering {
  let kubeconfig: WrittenKubeconfig | undefined
  let ended: (() => Promise<void>) | undefined

  const begin = async (served: ServedSim): Promise<Driver> => {
    await ended?.()
    const server = await startServer(served, { port: 0, clock: 'wall', speed: 1, complain })
    const written = writeKubeconfig(server, kubeconfig?.path)
    kubeconfig ??= written
    const driver = drivenBy(server, { told: howText(server, written.path), off: undefined })
    ended = async () => {
      ended = undefined
      driver.end()
      await server.close()
    }
    return driver
  }

  return {
    offer(recipe, moment, { progress, done }) {
      let served: ServedSim | undefined
      const recorder = createRecorder()
      const host = {
        createSim(options: Parameters<typeof createServedSim>[0]) {
          served = createServedSim({ ...options, invariants: false, journal: 'full' })
          // The run is over before the cluster is.
          return { ...served.sim, dispose: () => {} }
        },
        later,
        clock: () => performance.now(),
      }
      return runSliced(
        recipe,
        host,
        {
          progress,
          done({ result, recording }) {
            if (served === undefined || recording === undefined) {
              done({ result, recording })
              return
            }
            const { sim } = served
            begin(served).then(
              (driver) => done({ result, recording: growing(recording, { sim, recorder, driver }) }),
              (error: unknown) =>
                done({ result: { ...result, reason: `it cannot be offered: ${String(error)}` }, recording: undefined }),
            )
          },
        },
        { recorder, stopAt: moment },
      )
    },
    async close() {
      await ended?.()
      kubeconfig?.remove()
    },
  }
}

/** What a person does with a server from another window. */
export function howText({ url }: RunningServer, path: string): string {
  return `In another window:\n\n  export KUBECONFIG=${path}\n  kubectl get pods\n\nThis cluster is at ${url}. What is done to it is seen here.`
}

/** A served cluster as somebody who watches it drives it. */
export function drivenBy(
  { clock }: RunningServer,
  { told, off }: Pick<Driver, 'told' | 'off'>,
): Driver & { end(): void } {
  let isOver = false
  return {
    get isOver() {
      return isOver
    },
    ...{ told, off },
    catchUp: () => clock.catchUp(),
    changed: () => clock.changed(),
    advance: (ms) => clock.advance(ms),
    end() {
      isOver = true
    },
  }
}
