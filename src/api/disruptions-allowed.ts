import type { BudgetCondition, PodDisruptionBudget } from './types/policy.ts'

type Status = NonNullable<PodDisruptionBudget['status']>

/** Whether Pods of a budget may be evicted, as a condition of its status. `problem`: nobody knows. Source: component-helpers apps/poddisruptionbudget/helpers.go, UpdateDisruptionAllowedCondition; disruption.go, failSafe. */
export function withDisruptionAllowed(status: Status, now: string, problem?: string): Status {
  const { conditions = [], observedGeneration = 0, disruptionsAllowed = 0 } = status
  const type = 'DisruptionAllowed'
  const old = conditions.find((condition) => condition.type === type)
  const holds = problem === undefined && disruptionsAllowed > 0 ? 'True' : 'False'
  const enough = holds === 'True' ? 'SufficientPods' : 'InsufficientPods'
  const next: BudgetCondition = {
    type,
    status: holds,
    observedGeneration,
    lastTransitionTime: old?.status === holds ? old.lastTransitionTime : now,
    reason: problem === undefined ? enough : 'SyncFailed',
    message: problem ?? '',
  }
  const all = old === undefined ? [...conditions, next] : conditions.map((each) => (each === old ? next : each))
  return { ...status, conditions: all }
}

/** Source: ConditionsAreUpToDate. */
export function isDisruptionAllowedTold({ status = {}, metadata }: PodDisruptionBudget): boolean {
  const told = status.conditions?.find(({ type }) => type === 'DisruptionAllowed')
  if (told === undefined || (status.observedGeneration ?? 0) !== (metadata.generation ?? 0)) return false
  const isAllowed = (status.disruptionsAllowed ?? 0) > 0
  return (
    told.status === (isAllowed ? 'True' : 'False') &&
    told.reason === (isAllowed ? 'SufficientPods' : 'InsufficientPods')
  )
}
