import { invalidStatus } from '../../../api/status.ts'
import type { Container, Pod } from '../../../api/types/core.ts'
import type { KubeObject, Status } from '../../../api/types/meta.ts'
import { goQuote } from '../../../go/quote.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'
import { isAbout } from '../chain.ts'
import type { AdmissionLookup, AdmissionPlugin, AdmissionRequest, Concern } from '../plugin.ts'
import { violations } from '../pod-security/checks.ts'
import { areSame, isStricter, type LevelVersion, levelText, policyOf } from '../pod-security/policy.ts'
import type { SecuredPod, Violation } from '../pod-security/secured.ts'
import { forbid, namespaces } from './requests.ts'

const writes = ['CREATE', 'UPDATE'] as const
const workloads = [
  'replicationcontrollers',
  'podtemplates',
  'replicasets.apps',
  'deployments.apps',
  'statefulsets.apps',
  'daemonsets.apps',
  'jobs.batch',
  'cronjobs.batch',
]
const concerns: readonly Concern[] = [
  { resource: 'namespaces', operations: writes },
  { resource: 'pods', operations: writes },
  { resource: 'pods', subresource: 'ephemeralcontainers', operations: ['UPDATE'] },
  ...workloads.map((resource) => ({ resource, operations: writes })),
]

/**
 * Namespaces say by their labels what Pods in them may ask of a node. On by default from v1.23. Audit annotations are not kept.
 * Sources: plugin/pkg/admission/security/podsecurity/admission.go; pod-security-admission admission/admission.go.
 */
export const podSecurity: AdmissionPlugin = {
  name: 'PodSecurity',
  concerns,
  validate(request, lookup, context) {
    if (request.object === undefined || !concerns.some((concern) => isAbout(concern, request))) return undefined
    const { minor } = context
    if (!has(minor, apiServer.securesPods)) return undefined
    if (request.resource.resource === 'namespaces') return validateNamespace(request, request.object, lookup, minor)
    return validatePod(request, request.object, lookup, minor)
  },
}

/** A Pod is refused; of what makes Pods its author is only warned. Source: ValidatePod, ValidatePodController, EvaluatePod. */
function validatePod(request: AdmissionRequest, object: KubeObject, lookup: AdmissionLookup, minor: number) {
  const { policy } = policyOf(lookup.get(namespaces, undefined, request.namespace)?.metadata.labels)
  const { enforce, warn } = policy
  const isPod = request.resource.resource === 'pods'
  if ((!isPod || enforce.level === 'privileged') && warn.level === 'privileged') return undefined
  const old = request.oldObject as Pod | undefined // of a Pod's update
  if (isPod && old !== undefined && !isSignificant(object as Pod, old)) return undefined // so is this
  const pod = isPod ? (object as KubeObject & SecuredPod) : templateOf(object) // and this
  if (pod === undefined) return undefined
  const found = isPod ? violations(enforce, pod, minor) : []
  if (found.length > 0) return forbid(request, `violates PodSecurity ${goQuote(levelText(enforce))}: ${told(found)}`)
  const warned = violations(warn, pod, minor)
  if (warned.length > 0) request.warn?.(`would violate PodSecurity ${goQuote(levelText(warn))}: ${told(warned)}`)
  return undefined
}

/** Source: AggregateCheckResult.ForbiddenDetail. */
function told(found: readonly Violation[]): string {
  return found.map(({ reason, detail }) => `${reason} (${detail})`).join(', ')
}

/** Source: DefaultPodSpecExtractor. */
function templateOf(object: KubeObject): SecuredPod | undefined {
  const { template, spec } = object as Workload // of the plugin's concerns
  return template ?? spec?.template ?? spec?.jobTemplate?.spec?.template
}

interface Workload extends KubeObject {
  readonly template?: SecuredPod
  readonly spec?: { readonly template?: SecuredPod; readonly jobTemplate?: { readonly spec?: Workload['spec'] } }
}

/** Whether an update may make a Pod another to a policy. Source: isSignificantPodUpdate. */
function isSignificant(pod: Pod, old: Pod): boolean {
  const annotation = (of: Pod, key: string) => of.metadata.annotations?.[key]
  const podKey = 'seccomp.security.alpha.kubernetes.io/pod'
  if (annotation(pod, podKey) !== annotation(old, podKey)) return true
  const isOther = (container: Pick<Container, 'name' | 'image'>, before: Pick<Container, 'image'> | undefined) => {
    const key = `container.${podKey.replace(/pod$/, container.name)}`
    return before === undefined || container.image !== before.image || annotation(pod, key) !== annotation(old, key)
  }
  for (const kind of ['containers', 'initContainers'] as const) {
    const [now, before] = [pod.spec[kind] ?? [], old.spec[kind] ?? []]
    if (now.length !== before.length || now.some((each, at) => isOther(each, before[at]))) return true
  }
  const known = old.spec.ephemeralContainers ?? []
  return (pod.spec.ephemeralContainers ?? []).some((each) =>
    isOther(
      each,
      known.find(({ name }) => name === each.name),
    ),
  )
}

/** Labels must be right; whoever asks for more hears which Pods would not be let in any more. Source: ValidateNamespace. */
function validateNamespace(
  request: AdmissionRequest,
  namespace: KubeObject,
  lookup: AdmissionLookup,
  minor: number,
): Status | undefined {
  const next = policyOf(namespace.metadata.labels)
  const old = request.oldObject && policyOf(request.oldObject.metadata.labels)
  const isNews = JSON.stringify(next.errors) !== JSON.stringify(old?.errors)
  if (next.errors.length > 0 && isNews)
    return invalidStatus({ group: '', kind: request.kind }, namespace.metadata.name, next.errors)
  if (old === undefined || request.warn === undefined) return undefined
  const [enforce, before] = [next.policy.enforce, old.policy.enforce]
  const isRelaxed = enforce.minor === before.minor && !isStricter(enforce.level, before.level)
  if (areSame(enforce, before) || enforce.level === 'privileged' || isRelaxed) return undefined
  for (const text of warningsOf(namespace.metadata.name, enforce, lookup, minor)) request.warn(text)
  return undefined
}

const pods = { group: '', version: 'v1', resource: 'pods' } as const

/** Source: EvaluatePodsInNamespace, decoratePodWarnings. */
function warningsOf(
  namespace: string,
  enforce: LevelVersion,
  lookup: AdmissionLookup,
  minor: number,
): readonly string[] {
  const names = new Map<string, string[]>()
  for (const pod of lookup.list<KubeObject & SecuredPod>(pods, namespace)) {
    const found = violations(enforce, pod, minor)
    if (found.length === 0) continue
    const why = found.map(({ reason }) => reason).join(', ')
    names.set(why, [...(names.get(why) ?? []), pod.metadata.name])
  }
  if (names.size === 0) return []
  const lines = [...names].map(([why, bad]) => {
    const [first = ''] = [...bad].sort()
    const others = bad.length - 1
    return `${first}${others === 0 ? '' : ` (and ${others} other pod${others === 1 ? '' : 's'})`}: ${why}`
  })
  const head = `existing pods in namespace ${goQuote(namespace)} violate the new PodSecurity enforce level ${goQuote(levelText(enforce))}`
  return [head, ...lines.sort()]
}
