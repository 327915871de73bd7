import { listAt, textAt } from '../go/json.ts'
import type { GivenObject } from './given.ts'
import { containersIn, podSpecOf } from './references.ts'
import { objectName } from './words.ts'

/** A Secret that nobody has seen yet. */
interface Wanted {
  readonly name: string
  readonly namespace: string
  /** The namespace of objects that name none. */
  readonly fallback: string
}

/**
 * Who, among the manifests, would make a Secret while the cluster runs: an operator's object that names it, or a Pod
 * whose account may create it.
 */
export function makersOf(objects: readonly GivenObject[], wanted: Wanted): readonly string[] {
  const here = objects.filter(({ namespace }) => (namespace || wanted.fallback) === wanted.namespace)
  return [
    ...here
      .filter((given) => operatorsTarget(given) === wanted.name)
      .map((given) => `${objectName(given, wanted.fallback)} makes it, once its operator runs`),
    ...here
      .filter((given) => mayCreate(here, given, wanted.name))
      .map(
        (given) =>
          `${objectName(given, wanted.fallback)} may make it: its account has the right to create it, or a container's command line names it`,
      ),
  ]
}

/** The Secret that an operator makes of an object. Sources: the custom resources' own definitions. */
function operatorsTarget({ kind, name, object }: GivenObject): string | undefined {
  switch (kind) {
    case 'ExternalSecret':
      return textAt(object, 'spec', 'target', 'name') || name
    case 'SealedSecret':
      return textAt(object, 'spec', 'template', 'metadata', 'name') || name
    case 'Certificate':
      return textAt(object, 'spec', 'secretName')
    case 'VaultStaticSecret':
    case 'VaultDynamicSecret':
      return textAt(object, 'spec', 'destination', 'name')
    case 'OnePasswordItem':
    case 'InfisicalSecret':
      return name
    default:
      return undefined
  }
}

/** Whether a workload's account may create the Secret by name, or one of its containers speaks of it. */
function mayCreate(objects: readonly GivenObject[], given: GivenObject, secret: string): boolean {
  const pod = podSpecOf(given)
  if (pod === undefined) return false
  const { spec, path } = pod
  const commands = containersIn(spec, path).flatMap(({ container }) => [
    ...listAt(container, 'command'),
    ...listAt(container, 'args'),
  ])
  const speaks = commands.some((word) => typeof word === 'string' && wordIn(word, secret))
  return speaks || isNamedToAccount(objects, textAt(spec, 'serviceAccountName') || 'default', secret)
}

function wordIn(text: string, word: string): boolean {
  const at = text.indexOf(word)
  if (at < 0) return false
  const [before = '', after = ''] = [text.charAt(at - 1), text.charAt(at + word.length)]
  const isPath = before === '/' && !/secrets?\/$/.test(text.slice(0, at))
  return !isPath && !/[\w.-]/.test(before) && !/[\w./-]/.test(after)
}

/** A role that names just this Secret and creates Secrets, bound to the account. */
function isNamedToAccount(objects: readonly GivenObject[], account: string, secret: string): boolean {
  const roles = objects
    .filter(({ kind, object }) => kind === 'Role' && makesSecret(object, secret))
    .map(({ name }) => name)
  return objects.some(
    ({ kind, object }) =>
      kind === 'RoleBinding' &&
      roles.includes(textAt(object, 'roleRef', 'name')) &&
      listAt(object, 'subjects').some(
        (subject) => textAt(subject, 'kind') === 'ServiceAccount' && textAt(subject, 'name') === account,
      ),
  )
}

function makesSecret(role: unknown, secret: string): boolean {
  const rules = listAt(role, 'rules').filter((rule) => listAt(rule, 'resources').includes('secrets'))
  const creates = rules.some((rule) => listAt(rule, 'verbs').some((verb) => verb === 'create' || verb === '*'))
  return creates && rules.some((rule) => listAt(rule, 'resourceNames').includes(secret))
}
