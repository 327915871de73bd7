import { createRedaction } from '../looks/redaction.ts'
import type { Scenario } from '../scenario/model.ts'
import type { RunningServer } from '../serve/server.ts'
import type { ServedSim } from '../sim/served-sim.ts'
import { watching } from '../ui/model/living.ts'
import { firstState } from '../ui/model/play-state.ts'
import { growingFrom } from '../ui/world/growing.ts'
import { exitCodes } from './exit-codes.ts'
import { drivenBy, howText } from './offering.ts'
import type { Output } from './output.ts'
import { playOpened, sandbox } from './play.ts'

/** A cluster that is being served, and how. */
export interface WatchedServer {
  readonly served: ServedSim
  readonly server: RunningServer
  /** Of the kubeconfig. */
  readonly path: string
  /** Whose cluster it is; undefined: nobody described it. */
  readonly scenario: Scenario | undefined
  readonly isRecorded: boolean
  readonly seed: string
}

/** `podsim serve --ui`: the player's view of the served cluster, until its user has enough. Gives the exit code. */
export async function watchServed(
  { served, server, path, scenario = plainScenario(), isRecorded, seed }: WatchedServer,
  output: Output,
): Promise<number> {
  const { sim } = served
  const { lesson: _asked, compare: _compared, ...source } = scenario.source
  const shown: Scenario = { ...scenario, source, seed }
  const redaction = createRedaction({
    ...{ seed, reveal: false, journal: sim.journal },
    secrets: () => sim.list('Secret'),
  })
  const driver = drivenBy(server, {
    told: `${howText(server, path)} q ends the server.`,
    off: isRecorded ? 'it is recorded: clients do what is to be repeated' : undefined,
  })
  const recording = growingFrom(sim, { scenario: shown, redaction }, driver)
  const recipe = { scenario: shown, seed, knobs: {}, doings: [], until: undefined }
  const state = watching(firstState({ id: 0, name: 'main', recipe, recording, origin: undefined }))
  const { ending } = await playOpened(state, output)
  driver.end()
  return ending === 'interrupted' ? exitCodes.interrupted : exitCodes.passed
}

function plainScenario(): Scenario {
  const { loaded } = sandbox()
  if (!loaded.ok) throw new Error('the sandbox is a scenario')
  const [scenario] = loaded.value
  return {
    ...scenario,
    title: 'A served cluster',
    description: 'kubectl and other clients work in this cluster; what they do is seen here.',
  }
}
