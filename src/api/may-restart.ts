import type { Container, PodSpec, RestartRule } from './types/core.ts'

/**
 * Whether a container that ended with this code starts anew: by the first of its rules that speaks of the code, its own policy, or
 * the Pod's. A rule that restarts all containers counts here as one that restarts this. Source: pkg/api/v1/pod/util.go, ContainerShouldRestart (gate
 * ContainerRestartRules, on from v1.35; before, the API server takes policies of sidecars alone).
 */
export function mayRestart(container: Container, spec: Pick<PodSpec, 'restartPolicy'>, exitCode: number): boolean {
  const { restartPolicy: own, restartPolicyRules = [] } = container
  if (own !== undefined && restartPolicyRules.some((rule) => speaksOf(rule, exitCode))) return true
  const policy = own ?? spec.restartPolicy ?? 'Always'
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0)
}

/** Source: pkg/api/v1/pod/util.go, FindMatchingContainerRestartRule. */
function speaksOf({ exitCodes }: RestartRule, exitCode: number): boolean {
  const isListed = exitCodes?.values?.includes(exitCode) ?? false
  return exitCodes?.operator === 'In' ? isListed : exitCodes?.operator === 'NotIn' && !isListed
}
