import { at, isObject, listAt, numberAt, textAt } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import { groupKind, type Mapping } from '../api/discovery.ts'
import { fail } from '../cli/failure.ts'

export interface RolloutStatus {
  readonly text: string
  readonly done: boolean
}

/** How far a rollout is. Source: kubectl pkg/polymorphichelpers/rollout_status.go. */
export function rolloutStatus(mapping: Mapping, object: unknown, wanted: number, revision: number): RolloutStatus {
  const { kind } = mapping
  if (kind === 'Deployment') return deploymentStatus(object, wanted, revision)
  if (kind === 'DaemonSet') return daemonSetStatus(object)
  if (kind === 'StatefulSet') return statefulSetStatus(object)
  return fail(`no status viewer has been implemented for ${groupKind(mapping)}`)
}

function waiting(text: string): RolloutStatus {
  return { text: `${text}\n`, done: false }
}

function finished(text: string): RolloutStatus {
  return { text: `${text}\n`, done: true }
}

function isObserved(object: unknown): boolean {
  return numberAt(object, ['metadata', 'generation']) <= numberAt(object, ['status', 'observedGeneration'])
}

function deploymentStatus(object: unknown, wanted: number, revision: number): RolloutStatus {
  const name = goQuote(textAt(object, 'metadata', 'name'))
  if (wanted > 0 && wanted !== revision)
    fail(`desired revision (${wanted}) is different from the running revision (${revision})`)
  if (!isObserved(object)) return waiting('Waiting for deployment spec update to be observed...')
  const progressing = listAt(object, 'status', 'conditions').find(
    (condition) => textAt(condition, 'type') === 'Progressing',
  )
  if (textAt(progressing, 'reason') === 'ProgressDeadlineExceeded')
    fail(`deployment ${name} exceeded its progress deadline`)
  const count = (field: string): number => numberAt(object, ['status', field])
  const desired = numberAt(object, ['spec', 'replicas'])
  const [updated, total, available] = [count('updatedReplicas'), count('replicas'), count('availableReplicas')]
  const head = `Waiting for deployment ${name} rollout to finish: `
  if (updated < desired) return waiting(`${head}${updated} out of ${desired} new replicas have been updated...`)
  if (total > updated) return waiting(`${head}${total - updated} old replicas are pending termination...`)
  if (available < updated) return waiting(`${head}${available} of ${updated} updated replicas are available...`)
  return finished(`deployment ${name} successfully rolled out`)
}

function daemonSetStatus(object: unknown): RolloutStatus {
  const name = goQuote(textAt(object, 'metadata', 'name'))
  if (textAt(object, 'spec', 'updateStrategy', 'type') !== 'RollingUpdate')
    fail('rollout status is only available for RollingUpdate strategy type')
  if (!isObserved(object)) return waiting('Waiting for daemon set spec update to be observed...')
  const count = (field: string): number => numberAt(object, ['status', field])
  const desired = count('desiredNumberScheduled')
  const head = `Waiting for daemon set ${name} rollout to finish: `
  if (count('updatedNumberScheduled') < desired)
    return waiting(`${head}${count('updatedNumberScheduled')} out of ${desired} new pods have been updated...`)
  if (count('numberAvailable') < desired)
    return waiting(`${head}${count('numberAvailable')} of ${desired} updated pods are available...`)
  return finished(`daemon set ${name} successfully rolled out`)
}

function statefulSetStatus(object: unknown): RolloutStatus {
  if (textAt(object, 'spec', 'updateStrategy', 'type') !== 'RollingUpdate')
    fail('rollout status is only available for RollingUpdate strategy type')
  if (numberAt(object, ['status', 'observedGeneration']) === 0 || !isObserved(object)) {
    return waiting('Waiting for statefulset spec update to be observed...')
  }
  const count = (field: string): number => numberAt(object, ['status', field])
  const desired = numberAt(object, ['spec', 'replicas'])
  if (count('readyReplicas') < desired)
    return waiting(`Waiting for ${desired - count('readyReplicas')} pods to be ready...`)
  const rolling = at(object, 'spec', 'updateStrategy', 'rollingUpdate')
  if (isObject(rolling)) {
    const partition = numberAt(rolling, ['partition'])
    if (count('updatedReplicas') < desired - partition) {
      return waiting(
        `Waiting for partitioned roll out to finish: ${count('updatedReplicas')} out of ${desired - partition} new pods have been updated...`,
      )
    }
    return finished(`partitioned roll out complete: ${count('updatedReplicas')} new pods have been updated...`)
  }
  const [current, update] = [textAt(object, 'status', 'currentRevision'), textAt(object, 'status', 'updateRevision')]
  if (current !== update)
    return waiting(
      `waiting for statefulset rolling update to complete ${count('updatedReplicas')} pods at revision ${update}...`,
    )
  return finished(`statefulset rolling update complete ${count('currentReplicas')} pods at revision ${current}...`)
}
