import type { ClusterRecord } from '../cluster/records.ts'
import { type JournalObject, objectName } from '../kernel/journal.ts'
import type { Redaction } from '../looks/redaction.ts'
import { codeFrame } from '../scenario/diagnostic.ts'
import type { About } from '../scenario/expect/about.ts'
import type { Lesson, LessonLine } from '../scenario/result.ts'
import type { Teacher } from '../scenario/run.ts'
import { closest } from '../sim/input/closest.ts'
import type { Sim } from '../sim/sim.ts'
import { createTeller } from './story.ts'

/** Lines of what happened that are told: enough to see the last change and what came of it. */
const mostTouched = 5

/** What `why` says of what needs no explanation. */
const wellWords = / (exists|is Running and ready)$/

/** A teacher that has the texts of the scenario files at hand, by their names; undefined asks for the scenario's own. */
export function createTeacher(textOf: (file: string | undefined) => string | undefined): Teacher {
  return ({ sim, place, about, redaction }) => {
    const text = textOf(place.file)
    // Line by line, so that what is masked moves no line.
    const masked = text
      ?.split('\n')
      .map((line) => redaction.text(line))
      .join('\n')
    return {
      frame: masked === undefined ? [] : codeFrame(masked, place),
      ...(about === undefined ? { why: [], touched: [] } : toldOf(sim, about, redaction)),
    }
  }
}

/** What is the matter with the objects of an expectation, and what happened to them last. */
function toldOf(sim: Sim, { objects, used }: About, redaction: Redaction): Pick<Lesson, 'why' | 'touched'> {
  const proper: JournalObject[] = []
  const why = objects.flatMap((object) => {
    const { summary, details } = sim.why(object)
    const found = sim.get(object.kind, object.name, object.namespace)
    const isMissing = found === undefined
    proper.push(found === undefined ? object : { ...object, kind: found.kind })
    const hint = isMissing ? nearby(sim, object) : ''
    // That an object is there and well is no news, nor that there is none where none was ever meant.
    const isNoNews = isMissing ? hint === '' && / there never was$/.test(summary) : wellWords.test(summary)
    return isNoNews && details.length === 0 ? [] : [`${summary}${hint}`, ...details.map((line) => `  ${line}`)]
  })
  why.push(...placesOf(sim, objects, used))
  return { why: why.map((line) => redaction.text(line)), touched: touchedOf(sim, [...proper, ...used], redaction) }
}

/** Which revision of the Secrets that Pods use their places see, and why they see no newer one. */
function placesOf(sim: Sim, pods: readonly JournalObject[], used: readonly JournalObject[]): readonly string[] {
  const names = pods.filter(({ kind }) => kind === 'Pod').map(({ name }) => `pod ${name}, `)
  return used
    .filter(({ kind }) => kind === 'Secret')
    .flatMap((secret) =>
      sim
        .why(secret)
        .details.filter((line) => names.some((name) => line.startsWith(name)) && /: |, not yet the newest$/.test(line))
        .map((line) => `secret ${secret.name}: ${line}`),
    )
}

function touchedOf(sim: Sim, objects: readonly JournalObject[], redaction: Redaction): readonly LessonLine[] {
  if (objects.length === 0) return []
  const names = new Set(objects.map((object) => nameOf(object)))
  // What the story says of a record may depend on all before it.
  const tell = createTeller()
  const lines: LessonLine[] = []
  for (const record of sim.journal.records) {
    const line = tell(record)
    if (line === undefined || line.tone === 'chatter' || !names.has(aboutOf(record))) continue
    lines.push({ time: line.time, actor: line.actor, text: line.text })
  }
  return lines.slice(-mostTouched).map((line) => ({ ...line, text: redaction.text(line.text) }))
}

/** What a record is about; of an Event what that is about. */
function aboutOf({ object, after }: ClusterRecord): string {
  if (object?.kind !== 'Event') return object === undefined ? '' : nameOf(object)
  // The record of an Event has the Event.
  const { involvedObject } = (after ?? {}) as { readonly involvedObject?: Partial<JournalObject> }
  const { kind = '', namespace, name = '' } = involvedObject ?? {}
  return nameOf({ kind, name, ...(namespace === undefined ? {} : { namespace }) })
}

function nameOf({ kind, namespace, name }: JournalObject): string {
  return objectName({ kind: kind.toLowerCase(), name, ...(namespace === undefined ? {} : { namespace }) })
}

/** What may have been meant where an object is not there. */
function nearby(sim: Sim, { kind, namespace, name }: JournalObject): string {
  const names = sim.list(kind, namespace === undefined ? {} : { namespace }).map(({ metadata }) => metadata.name)
  const meant = closest(name, names)
  if (meant !== undefined) return `; did you mean ${meant}?`
  return names.length === 0 ? '' : `; there is ${names.slice(0, 5).join(', ')}`
}
