import * as z from 'zod'
import { parseLabelSelector } from '../../api/label-selector.ts'
import { complain } from '../../sim/input/complaints.ts'
import { words } from '../../sim/input/words.ts'

/**
 * How a scenario says which Pods it means when it means more than one: by labels, by what owns them, by a selector as
 * kubectl takes it, or all of a namespace. `select-pods.ts` finds them.
 */

/** `deploy/web`, `app=web,tier!=db`, `*`, or labels as a map. */
export type Selection = string | Readonly<Record<string, string>>

/** What may own Pods, in any spelling that kubectl takes, by the kind of which it is. `svc` selects, `node` runs them. */
const ownerKinds: Readonly<Record<string, string>> = Object.fromEntries(
  (
    [
      ['Deployment', ['deploy', 'deployment', 'deployments']],
      ['ReplicaSet', ['rs', 'replicaset', 'replicasets']],
      ['StatefulSet', ['sts', 'statefulset', 'statefulsets']],
      ['DaemonSet', ['ds', 'daemonset', 'daemonsets']],
      ['Job', ['job', 'jobs']],
      ['CronJob', ['cj', 'cronjob', 'cronjobs']],
      ['ReplicationController', ['rc', 'replicationcontroller', 'replicationcontrollers']],
      ['Service', ['svc', 'service', 'services']],
      ['Node', ['no', 'node', 'nodes']],
      ['Pod', ['po', 'pod', 'pods']],
    ] as const
  ).flatMap(([kind, names]) => names.map((name) => [name, kind])),
)

/** The kind that a word before the slash means; undefined: it is the name of a Pod. */
export function ownerKind(word: string): string | undefined {
  const lower = word.toLowerCase()
  return Object.hasOwn(ownerKinds, lower) ? ownerKinds[lower] : undefined
}

const name = '[a-z0-9]([-a-z0-9.]*[a-z0-9])?'
const owned = new RegExp(`^[A-Za-z]+/${name}$`)

/** Labels that something must have, all of them. */
export const labelsSchema = z
  .record(z.string().min(1), z.string())
  .superRefine((given, context) => {
    if (Object.keys(given).length === 0) complain(context, [], { message: 'no label is given; expected one at least' })
  })
  .register(words, { expected: 'labels such as { app: web }' })

/** A selector as `kubectl -l` takes it. */
export const selectorText = z
  .string()
  .regex(/[=!<>]|\s(in|notin)\s/)
  .refine((text) => parseLabelSelector(text, newestMinor).ok)
  .register(words, { expected: 'a selector such as "app=web,tier!=db"' })

/** The wording of complaints about keys, which nobody sees here, is all that depends on it. */
const newestMinor = 36

const ownerText = z
  .string()
  .regex(owned)
  .refine((text) => ownerKind(text.slice(0, text.indexOf('/'))) !== undefined)
  .register(words, { expected: 'an owner such as deploy/web' })

/** Several Pods. */
export const selectionSchema: z.ZodType<Selection> = z
  .union([z.literal('*'), ownerText, selectorText, labelsSchema])
  .register(words, {
    expected: 'labels such as { app: web }, an owner such as deploy/web, a selector such as "app=web", or "*" for all',
  })

/** A container: by Pod, `pod/container`, `KIND/name` or `KIND/name/container`, or those of all Pods with some labels. */
export const containersSchema: z.ZodType<Selection> = z
  .union([
    z.string().regex(new RegExp(`^${name}(/[a-z0-9]([-a-z0-9]*[a-z0-9])?)?$`)),
    z
      .string()
      .regex(new RegExp(`^[A-Za-z]+/${name}(/[a-z0-9]([-a-z0-9]*[a-z0-9])?)?$`))
      .refine((text) => ownerKind(text.slice(0, text.indexOf('/'))) !== undefined),
    selectorText,
    labelsSchema,
  ])
  .register(words, { expected: 'pod, pod/container, an owner such as deploy/web, or labels such as { app: web }' })

/** A selection as a sentence has it: `deploy/web`, `app=web`. */
export function selectionText(selection: Selection): string {
  if (typeof selection === 'string') return selection === '*' ? 'all Pods' : selection
  return Object.entries(selection)
    .map(([key, value]) => `${key}=${value}`)
    .join(',')
}
