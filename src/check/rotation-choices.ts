import type { ObjectName } from './report.ts'
import { counted } from './words.ts'

/** What another way of rotating would change, in sentences. */
export interface RotationChoices {
  /** The Secret marked immutable. */
  readonly immutable: string
  /** A Secret of another name for each content, as kustomize's hashes make it. */
  readonly newName: string
}

/** What is looked at of a use of the Secret. */
interface Use {
  readonly workload: ObjectName
  readonly effect: { readonly kind: string }
}

/** Kinds whose controllers replace their Pods when the template changes. */
const rolling: ReadonlySet<string> = new Set(['deployment', 'statefulset', 'daemonset'])

/** Makes its Pods anew at each of its times, of the template that it has then. */
export const isRecurring = (name: ObjectName): boolean => name.startsWith('cronjob ')

/** Sources: facts of immutable Secrets (I2, I3); pkg/controller/deployment (a changed template rolls out). */
export function choicesOf(rows: readonly Use[], isImmutable: boolean): RotationChoices {
  const workloads = [...new Set(rows.map(({ workload }) => workload))]
  const following = rows.filter(({ effect }) => effect.kind === 'follows').length
  return { immutable: immutableText(workloads, following, isImmutable), newName: newNameText(workloads) }
}

function immutableText(workloads: readonly ObjectName[], following: number, isImmutable: boolean): string {
  if (isImmutable) return 'it is immutable already: the API server refuses the change, and kubelets do not watch it'
  const lost =
    following === 0 ? '' : `; ${counted(following, 'use')} that ${following === 1 ? 'follows' : 'follow'} now would not`
  return `the API server would refuse the change, and kubelets would not watch it; a new value means delete, create and new Pods of ${counted(workloads.filter((name) => !isRecurring(name)).length, 'workload')}${lost}`
}

function newNameText(workloads: readonly ObjectName[]): string {
  const rolled = workloads.filter((name) => rolling.has(name.split(' ')[0] ?? ''))
  const recurring = workloads.filter(isRecurring)
  const others = workloads.filter((name) => !rolled.includes(name) && !isRecurring(name))
  const later =
    recurring.length === 0
      ? ''
      : `; ${recurring.join(', ')} ${recurring.length === 1 ? 'takes' : 'take'} it with the next Job`
  const rest = others.length === 0 ? '' : `; ${others.join(', ')} must be made anew by hand`
  return `a changed name changes the Pod templates: ${counted(rolled.length, 'workload')} ${rolled.length === 1 ? 'rolls' : 'roll'} out, nobody keeps the old value after that, and a roll-back brings it back; the old Secret stays until then${later}${rest}`
}
