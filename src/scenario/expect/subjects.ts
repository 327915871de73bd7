import type * as z from 'zod'
import { choice } from '../../sim/input/choice.ts'
import type { Sim } from '../../sim/sim.ts'
import { env, file, logs } from './containers.ts'
import type { Finding } from './finding.ts'
import { event, object, objects } from './objects.ts'
import { etcd, nodeFiles, nodeHolds } from './places.ts'
import { pod, pods } from './pods.ts'
import type { Subject } from './subject.ts'
import { delay, pulls, requests, watches } from './traffic.ts'

/** What expectations look at: one line each. A new one is a `subject` and a line here. */
export const subjects = [
  pod,
  pods,
  object,
  objects,
  file,
  env,
  logs,
  event,
  requests,
  watches,
  pulls,
  delay,
  nodeHolds,
  nodeFiles,
  etcd,
] as const

type SourceIn<D> = D extends Subject<string, infer Source> ? Source : never

/** An expectation as a scenario has it. */
export type ExpectationSource = SourceIn<(typeof subjects)[number]>
export type SubjectName = (typeof subjects)[number]['subject']

/** Something that must be true: about one subject, with keys that it takes. */
export const expectationSchema: z.ZodType<ExpectationSource> = choice<ExpectationSource>(
  subjects.flatMap(({ branches }) => branches),
  {
    noun: 'expectation',
    none: { code: 'UNKNOWN_EXPECTATION', message: 'the expectation names nothing to look at' },
    many: { code: 'AMBIGUOUS_EXPECTATION', message: 'an expectation looks at one thing' },
  },
).meta({ id: 'Expectation', description: 'Something that must be true' })

/** How an expectation is looked at, and what at. */
export function lookOf(source: ExpectationSource): {
  readonly subject: SubjectName
  readonly readsObjectsAlone: boolean
  readonly look: (sim: Sim) => Finding
} {
  const found = subjects.find(({ subject }) => subject in source)
  if (found === undefined) throw new Error('an expectation has a subject')
  // It has the subject's key: it is an expectation about that, and the schema has looked at the rest.
  const look = found.look as (sim: Sim, source: ExpectationSource) => Finding
  const { subject, readsObjectsAlone } = found
  return { subject, readsObjectsAlone, look: (sim) => look(sim, source) }
}
