import type { Event, Pod } from '../../api/types/core.ts'
import type { StepSource } from '../../scenario/actions.ts'
import type { ExpectationSource } from '../../scenario/expect/subjects.ts'
import type { ScenarioSource } from '../../scenario/schema.ts'
import { scenarioText, stepSource } from '../../scenario/write-scenario.ts'
import { formatDuration } from '../../sim/duration.ts'
import { millisecondsOf } from '../../sim/input/formats.ts'
import { scenarioOf } from '../world/recipe.ts'
import type { Moment, Recording } from '../world/recording.ts'
import type { World } from '../world/world.ts'
import { objectRows } from './objects.ts'
import { type Cursor, momentBy, seqAt } from './play-state.ts'

/** A world as a scenario file: what was done in it until the cursor, at its times, and what is then so. */
export function savedText(world: World, { clock }: Cursor): string {
  const { recipe, recording, name } = world
  const { source, files } = scenarioOf(recipe)
  const at = momentBy(recording, clock)
  return scenarioText({
    title: world.origin === undefined ? source.title : `${source.title}: ${name}`,
    description: `Saved from the player at ${formatDuration(clock)}.`,
    ...(source.cluster === undefined ? {} : { cluster: source.cluster }),
    ...(source.kubectl === undefined ? {} : { kubectl: source.kubectl }),
    faults: faultsUntil(source.faults ?? [], clock),
    ...{ seed: recipe.seed, files },
    steps: [...doneUntil(recording, at), { at: formatDuration(clock), expect: [...seenAt(recording, at)] }],
  })
}

/** The name that is offered: of the scenario and the branch. */
export function suggestedFile({ recipe, name, origin }: World): string {
  const base = (recipe.scenario.file.split(/[\\/]/).pop() ?? 'scenario').replace(/\.ya?ml$/, '')
  const branch = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
  return `${base}-${origin === undefined ? 'saved' : branch}.yaml`
}

/** Each command and accident until a moment, with the sentence before it. */
function doneUntil({ moments, exits }: Recording, at: number): readonly StepSource[] {
  const steps: StepSource[] = []
  let say: string | undefined
  for (const [i, moment] of moments.slice(0, at + 1).entries()) {
    if (moment.kind === 'say') say = moment.text
    const step = moment.did === undefined ? undefined : stepSource(moment.did.action, moment.time)
    if (step === undefined) continue
    steps.push({ ...(say === undefined ? {} : { say }), ...step, ...expectedExit(exits.get(i)) } as StepSource) // `output` goes with commands, which alone have an exit code
    say = undefined
  }
  return steps
}

/** Accidents that had begun. */
function faultsUntil(faults: NonNullable<ScenarioSource['faults']>, clock: number): ScenarioSource['faults'] {
  const begun = faults.filter(({ at }) => millisecondsOf(at) <= clock)
  return begun.length === 0 ? undefined : begun
}

/** A command must end well unless the file says otherwise. */
function expectedExit(code: number | undefined): { readonly output?: { readonly exitCode: number } } {
  return code === undefined || code === 0 ? {} : { output: { exitCode: code } }
}

/** More would be no test that anybody reads. */
const mostPods = 8
const mostEvents = 5

/** What is so: how Pods are, and what was warned of. */
function* seenAt(recording: Recording, at: number): Iterable<ExpectationSource> {
  const pods = objectRows(recording.history.at(seqAt(recording, at))).filter(({ key }) => key.kind === 'Pod')
  for (const { key, object } of pods.slice(0, mostPods)) {
    const { status } = object as Pod // of this kind
    const ready = status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false
    yield { pod: key.name, ...namespaceOf(key.namespace), phase: phaseOf(status?.phase), ready }
  }
  const warned = new Map<string, ExpectationSource>()
  for (const moment of recording.moments.slice(0, at + 1)) {
    const event = warningOf(moment, recording)
    if (event === undefined) continue
    const on = `${(event.involvedObject.kind ?? '').toLowerCase()}/${event.involvedObject.name ?? ''}`
    const { reason = '' } = event
    warned.set(`${reason} ${on}`, { event: reason, on, ...namespaceOf(event.involvedObject.namespace) })
  }
  yield* [...warned.values()].slice(0, mostEvents)
  if (pods.length === 0 && warned.size === 0) yield { object: 'namespace/default' }
}

function namespaceOf(namespace: string | undefined): { readonly namespace?: string } {
  return namespace === undefined || namespace === 'default' ? {} : { namespace }
}

const phases = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'] as const

function phaseOf(phase: string | undefined): (typeof phases)[number] {
  return phases.find((each) => each === phase) ?? 'Pending'
}

function warningOf({ tone, seq }: Moment, { journal }: Recording): Event | undefined {
  if (tone !== 'warning') return undefined
  const event = journal.record(seq)?.after as Event | undefined // of a record about an event, as the next line asks
  return event?.kind === 'Event' && event.involvedObject.kind === 'Pod' ? event : undefined
}
