import { sleep } from '../../kernel/steps.ts'
import { act } from '../../scenario/act.ts'
import type { ScenarioResult } from '../../scenario/result.ts'
import { type RunOptions, runInSlices } from '../../scenario/run.ts'
import { drained, endless, type SliceEnd, type Slices, StoppedError } from '../../scenario/slices.ts'
import type { Sim } from '../../sim/sim.ts'
import { SimUsageError } from '../../sim/usage-error.ts'
import type { Doing } from './doing.ts'
import { type Recipe, scenarioOf } from './recipe.ts'
import { createRecorder, type Recorder, type Recording } from './recording.ts'

/** What a world is run with: see `RunOptions`. */
export type WorldOptions = Pick<RunOptions, 'createSim' | 'reveal' | 'maxEvents'> & {
  /** Told of the simulation once it is there: whoever shows how far it is asks it for the time. */
  readonly started?: (sim: Sim) => void
  /** Records it; one of its own unless given. */
  readonly recorder?: Recorder
  /** The run ends there, with nothing after it done; undefined: it goes to its end. */
  readonly stopAt?: Pick<Doing, 'at' | 'moments'>
}

/** How a world's run ended. */
export interface Ran {
  readonly result: ScenarioResult
  /** Undefined where there is nothing to play: the simulation did not begin. */
  readonly recording: Recording | undefined
}

/**
 * Runs a recipe in slices. What happens up to a doing is what happens without it: the doings come between two events, from
 * outside, as the scenario's own steps do.
 */
export function* runWorld(recipe: Recipe, options: WorldOptions, isOver: SliceEnd): Slices<Ran> {
  const { recorder = createRecorder() } = options
  const { stopAt } = options
  const doer = createDoer(
    stopAt === undefined ? recipe.doings : [...recipe.doings, { ...stopAt, action: 'stop' }],
    recorder,
  )
  const { createSim, reveal, maxEvents } = options
  const slices = runInSlices(
    scenarioOf(recipe),
    {
      createSim,
      seed: recipe.seed,
      // `podsim run` looks at them; whoever plays waits for forks.
      invariants: false,
      ...(reveal === undefined ? {} : { reveal }),
      ...(maxEvents === undefined ? {} : { maxEvents }),
      ...recorder.listener,
      started(sim, redaction) {
        recorder.listener.started?.(sim, redaction)
        doer.started(sim)
        options.started?.(sim)
      },
      stepping(step, sim) {
        stopIf(doer.doDue())
        recorder.stepping(step, sim, () => stopIf(doer.doDue()))
      },
      acted(step, told, sim) {
        recorder.listener.acted?.(step, told, sim)
        stopIf(doer.doDue())
      },
    },
    () => doer.wantsTurn() || isOver(),
  )
  let order: 'go' | 'stop' = 'go'
  for (;;) {
    const next: IteratorResult<undefined, ScenarioResult> = slices.next(order)
    if (next.done === true) return { result: next.value, recording: recorder.recorded(next.value) }
    if (doer.doDue() === 'stop') order = 'stop'
    else order = yield
  }
}

/** `runWorld` in one: for tests and for whoever has nothing else to do meanwhile. */
export function ranWorld(recipe: Recipe, options: WorldOptions): Ran {
  return drained(runWorld(recipe, options, () => false))
}

/** Within a step nobody asks whether to go on. */
function stopIf(due: 'stop' | undefined): void {
  if (due === 'stop') throw new StoppedError('stopped')
}

/** A doing, or that the run ends where one would be done. */
type Due = Omit<Doing, 'action'> & { readonly action: Doing['action'] | 'stop' }

/** Does what is due, between the slices of a run. */
interface Doer {
  started(sim: Sim): void
  /** Whether the slice is to end, because a doing is due or has to be waited for. Asked after every event. */
  wantsTurn(): boolean
  /** Does all that is due; says if the run is to stop there. Only where nothing in the simulation runs. */
  doDue(): 'stop' | undefined
}

function createDoer(doings: readonly Due[], recorder: Recorder): Doer {
  let sim: Sim | undefined
  let next = 0
  /** The doing for whose instant an alarm was set: an instant at which nothing happens has no event of its own. */
  let alarmed = -1
  const hasCome = (doing: Due): boolean => recorder.moments >= doing.moments
  const isDue = (doing: Due): boolean => sim !== undefined && hasCome(doing) && sim.now() >= doing.at
  return {
    started(made) {
      sim = made
    },
    wantsTurn() {
      const doing = doings[next]
      return doing !== undefined && (isDue(doing) || (alarmed !== next && hasCome(doing)))
    },
    doDue() {
      if (sim === undefined) return undefined
      for (let doing = doings[next]; doing !== undefined; doing = doings[next]) {
        if (!isDue(doing)) {
          if (hasCome(doing) && alarmed !== next) setAlarm(sim, doing)
          return undefined
        }
        if (doing.action === 'stop') return 'stop'
        next++
        carryOut(sim, doing.action, recorder)
      }
      return undefined
    },
  }

  function setAlarm(on: Sim, { at }: Due): void {
    alarmed = next
    on.process(function* alarm() {
      yield* sleep(Math.max(0, at - on.now()))
    }).subscribe()
  }
}

/** Does something in a simulation, and records it as the player's doing. */
export function carryOut(sim: Sim, asked: Doing['action'], recorder: Recorder): void {
  const action = atOnce(asked)
  recorder.doing(action, sim)
  try {
    const { output } = drained(act(sim, action, endless))
    recorder.did(output, undefined, sim)
  } catch (error) {
    // The person's mistake, such as a node that there is not; podsim's own ends the run.
    if (!(error instanceof SimUsageError)) throw error
    recorder.did(undefined, error.message, sim)
  }
}

/** A line that is typed at a moment is done at that moment. */
function atOnce(action: Doing['action']): Doing['action'] {
  const { kind } = action
  return kind === 'kubectl' || kind === 'run' || kind === 'apply' ? { ...action, commandTime: 0 } : action
}
