import { listAt, textAt } from '../../go/json.ts'
import type { GivenObject } from '../given.ts'
import { isWorkedOn, operatorSecretsOf } from '../operator-secrets.ts'
import { containersIn, podSpecOf } from '../references.ts'
import { objectName } from '../words.ts'

/** A Secret or ConfigMap that nobody has seen yet. */
interface Wanted {
  readonly kind: 'Secret' | 'ConfigMap'
  readonly name: string
  readonly namespace: string
  /** The namespace of objects that name none. */
  readonly fallback: string
}

/**
 * Who, among the manifests, would make it while the cluster runs: an operator's object that names it, a Pod whose account
 * may create just it or whose command line speaks of it; and where there is none of these, a Pod whose account may create
 * any of its kind.
 */
export function makersOf(objects: readonly GivenObject[], wanted: Wanted): readonly string[] {
  const homeOf = ({ namespace }: GivenObject) => namespace || wanted.fallback
  const here = objects.filter((given) => homeOf(given) === wanted.namespace)
  const told = (made: (given: GivenObject) => boolean, words: string) =>
    here.filter(made).map((given) => `${objectName(given, wanted.fallback)} ${words}`)
  const isTarget = (given: GivenObject) =>
    wanted.kind === 'Secret' &&
    operatorSecretsOf(given).some(
      ({ name, namespace }) => name === wanted.name && (namespace ?? homeOf(given)) === wanted.namespace,
    )
  const when = (given: GivenObject) =>
    isWorkedOn(given, objects, wanted.fallback) ? 'once its operator runs' : 'once a Pod mounts it, which none does'
  const closely = [
    ...objects.filter(isTarget).map((given) => `${objectName(given, wanted.fallback)} makes it, ${when(given)}`),
    ...told((given) => speaksOf(given, wanted.name), "may make it: a container's command line names it"),
    ...told(
      (given) => !speaksOf(given, wanted.name) && mayCreate(objects, given, wanted, 'just it'),
      'may make it: its account has the right to create it',
    ),
  ]
  if (closely.length > 0) return closely
  const named = told((given) => namesItsOwn(given, wanted), 'may make it: its name is in that of what is missing')
  if (named.length > 0) return named
  const words = `may make it: its account may create any ${wanted.kind.toLowerCase()} here`
  return told((given) => mayCreate(objects, given, wanted, 'any'), words)
}

/** Groups and kinds of custom resources whose controllers make no Secrets. */
const makeNothing =
  /^(?:(?:ServiceMonitor|PodMonitor|Probe|PrometheusRule|ScrapeConfig|SecretStore|ClusterSecretStore)$|.*(?:Route|Policy|Issuer)$)/

/**
 * A custom resource by which an operator would call what it makes: `keycloakdb-pguser-app` of a PostgresCluster `keycloakdb`,
 * `app.db.credentials...` of a postgresql `db`.
 */
function namesItsOwn({ kind, apiVersion, name }: GivenObject, { name: wanted }: Wanted): boolean {
  const isCustom = /\.[^/]*\//.test(apiVersion) && !/\.k8s\.io\/|istio\.io\/|traefik/.test(apiVersion)
  if (!isCustom || makeNothing.test(kind) || name === '') return false
  return wanted === name || wanted.startsWith(`${name}-`) || wanted.split('.').includes(name)
}

function speaksOf(given: GivenObject, name: string): boolean {
  const pod = podSpecOf(given)
  if (pod === undefined) return false
  const commands = containersIn(pod.spec, pod.path).flatMap(({ container }) => [
    ...listAt(container, 'command'),
    ...listAt(container, 'args'),
  ])
  return commands.some((word) => typeof word === 'string' && wordIn(word, name))
}

function wordIn(text: string, word: string): boolean {
  const at = text.indexOf(word)
  if (at < 0) return false
  const [before = '', after = ''] = [text.charAt(at - 1), text.charAt(at + word.length)]
  const isPath = before === '/' && !/secrets?\/$/.test(text.slice(0, at))
  return !isPath && !/[\w.-]/.test(before) && !/[\w./-]/.test(after)
}

/** Whether a role that is bound to the Pods' account lets them create the object: a role that names it, or one that names none. */
function mayCreate(
  objects: readonly GivenObject[],
  given: GivenObject,
  wanted: Wanted,
  which: 'just it' | 'any',
): boolean {
  const pod = podSpecOf(given)
  if (pod === undefined) return false
  const account = textAt(pod.spec, 'serviceAccountName') || 'default'
  const { fallback, namespace } = wanted
  return objects.some((binding) => {
    if (binding.kind !== 'ClusterRoleBinding' && binding.kind !== 'RoleBinding') return false
    if (binding.kind === 'RoleBinding' && (binding.namespace || fallback) !== namespace) return false
    const isBound = listAt(binding.object, 'subjects').some(
      (subject) =>
        textAt(subject, 'kind') === 'ServiceAccount' &&
        textAt(subject, 'name') === account &&
        (textAt(subject, 'namespace') || namespace) === namespace,
    )
    if (!isBound) return false
    const [kind, name] = [textAt(binding.object, 'roleRef', 'kind'), textAt(binding.object, 'roleRef', 'name')]
    return objects.some(
      (role) =>
        role.kind === kind &&
        role.name === name &&
        (kind === 'ClusterRole' || (role.namespace || fallback) === namespace) &&
        creates(role.object, wanted, which),
    )
  })
}

/** A rule that names objects lets nobody create them by that name, but says whom its writer had in mind. */
function creates(role: unknown, { kind, name }: Wanted, which: 'just it' | 'any'): boolean {
  const resource = `${kind.toLowerCase()}s`
  const rules = listAt(role, 'rules').filter((rule) =>
    listAt(rule, 'resources').some((each) => each === resource || (which === 'any' && each === '*')),
  )
  const making = rules.filter((rule) => listAt(rule, 'verbs').some((verb) => verb === 'create' || verb === '*'))
  if (which === 'just it')
    return making.length > 0 && rules.some((rule) => listAt(rule, 'resourceNames').includes(name))
  return making.some((rule) => listAt(rule, 'resourceNames').length === 0)
}
