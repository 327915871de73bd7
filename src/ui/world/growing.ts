import type { VirtualMs } from '../../kernel/time.ts'
import type { Redaction } from '../../looks/redaction.ts'
import type { Scenario, StepAction } from '../../scenario/model.ts'
import type { ScenarioResult } from '../../scenario/result.ts'
import type { Sim } from '../../sim/sim.ts'
import { createRecorder, type LiveCluster, type Recorder, type Recording } from './recording.ts'
import { carryOut } from './run-world.ts'

/** What lets a cluster go on while it is watched: whoever offers it to clients. */
export interface Driver {
  readonly isOver: boolean
  /** How clients come to it, in words for people. */
  readonly told: string
  /** Why nothing can be done in it from here; undefined: it can. */
  readonly off: string | undefined
  /** Brings the cluster to the present, before something is done in it. */
  catchUp(): void
  /** Something was done in it. */
  changed(): void
  advance(ms: VirtualMs): void
}

/** A cluster of which nothing has happened yet, as a recording that grows with it. */
export function growingFrom(
  sim: Sim,
  { scenario, redaction }: { readonly scenario: Scenario; readonly redaction: Redaction },
  driver: Driver,
): Recording {
  const recorder = createRecorder()
  recorder.listener.started?.(sim, redaction)
  const { file, title, description, covers, tags, settings, seed } = scenario
  const result: ScenarioResult = {
    scenario: { file, title, description, covers, tags, settings },
    ...{ seed, digest: '', outcome: 'interrupted', reason: undefined, steps: [], measured: [], endedAt: 0, records: 0 },
  }
  const recording = recorder.recorded(result)
  if (recording === undefined) throw new Error('a recorder that was told of a simulation has a recording')
  return growing(recording, { sim, recorder, driver })
}

/** A recording whose cluster goes on. */
export function growing(
  recording: Recording,
  { sim, recorder, driver }: { readonly sim: Sim; readonly recorder: Recorder; readonly driver: Driver },
): Recording {
  const live: LiveCluster = {
    get isOver() {
      return driver.isOver
    },
    told: driver.told,
    off: driver.off,
    act(action: StepAction) {
      driver.catchUp()
      carryOut(sim, action, recorder)
      driver.changed()
    },
    advance: (ms) => driver.advance(ms),
  }
  return { ...recording, result: new GrowingResult(recording.result, sim), live }
}

/** A run that is never over: its end is now. */
class GrowingResult implements ScenarioResult {
  declare readonly scenario: ScenarioResult['scenario']
  declare readonly seed: string
  declare readonly digest: string
  declare readonly outcome: ScenarioResult['outcome']
  declare readonly reason: string | undefined
  declare readonly steps: ScenarioResult['steps']
  declare readonly measured: ScenarioResult['measured']
  declare readonly records: number
  readonly #sim: Sim

  constructor(result: ScenarioResult, sim: Sim) {
    const { endedAt: _past, ...rest } = result
    Object.assign(this, rest)
    this.#sim = sim
  }

  get endedAt(): VirtualMs {
    return this.#sim.now()
  }
}
