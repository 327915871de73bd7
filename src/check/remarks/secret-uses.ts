import { isObject, listAt, objectAt, textAt } from '../../go/json.ts'
import type { GivenObject } from '../given.ts'
import { keysTaken, podSpecOf, type Reference, referencesIn } from '../references.ts'
import type { Remark } from '../report.ts'
import { objectName } from '../words.ts'

/** A reference with the object that makes it. */
export interface Use<Given = GivenObject> {
  readonly given: Given
  readonly namespace: string
  readonly reference: Reference
}

/** All uses of Secrets and ConfigMaps in Pods, in the order of the files. */
export function usesIn<Given extends Pick<GivenObject, 'kind' | 'object' | 'namespace'>>(
  objects: readonly Given[],
  fallback: string,
): readonly Use<Given>[] {
  return objects.flatMap((given) => {
    const pod = podSpecOf(given)
    if (pod === undefined) return []
    const { spec, path } = pod
    return referencesIn(spec, path).map((reference) => ({ given, namespace: given.namespace || fallback, reference }))
  })
}

/** Secrets that nothing uses, and keys that nobody reads. */
export function remarksOnUnused(
  objects: readonly GivenObject[],
  fallback: string,
  /** What would use them, had it not been refused. */
  rejected: readonly GivenObject[] = [],
): readonly Remark[] {
  const all = [...objects, ...rejected]
  const uses = usesIn(all, fallback)
  return objects.flatMap((given) => {
    if (given.kind !== 'Secret' || isForCluster(given)) return []
    const home = given.namespace || fallback
    const own = uses.filter(
      ({ namespace, reference }) => namespace === home && reference.kind === 'Secret' && reference.name === given.name,
    )
    if (own.length === 0) {
      if (all.some((other) => other !== given && namesSecret(other, given.name))) return []
      const reader = objects.find((other) => readsSecrets(other, home, fallback))
      const over =
        reader === undefined ? '' : `, unless somebody reads it over the API, as ${objectName(reader, fallback)} allows`
      const unused = `${objectName(given, fallback)}: nothing among the manifests uses it${over}`
      return [{ ...remark('unusedSecret', given, [], unused), level: reader === undefined ? 'warning' : 'note' }]
    }
    return unreadKeys(given, own, fallback)
  })
}

function unreadKeys(given: GivenObject, uses: readonly Use[], fallback: string): readonly Remark[] {
  // Who takes all keys, or pulls, reads them all.
  if (uses.some(({ reference }) => keysTaken(reference) === undefined)) return []
  const read = new Set(uses.flatMap(({ reference }) => keysTaken(reference) ?? []))
  return (['data', 'stringData'] as const).flatMap((field) =>
    Object.keys(objectAt(given.object, field))
      .filter((key) => !read.has(key))
      .map((key) =>
        remark('keyNeverRead', given, [field, key], `${objectName(given, fallback)}: nothing reads its key ${key}`),
      ),
  )
}

/** A role that lets its holder get any Secret of a namespace. */
function readsSecrets({ kind, object, namespace }: GivenObject, home: string, fallback: string): boolean {
  if (kind !== 'ClusterRole' && !(kind === 'Role' && (namespace || fallback) === home)) return false
  return listAt(object, 'rules').some((rule) => {
    const [resources, verbs] = [listAt(rule, 'resources'), listAt(rule, 'verbs')]
    const isSecrets = resources.includes('secrets') || resources.includes('*')
    return isSecrets && (verbs.includes('get') || verbs.includes('*')) && listAt(rule, 'resourceNames').length === 0
  })
}

/** Secrets that the cluster's own parts read, by their type. */
function isForCluster({ object }: GivenObject): boolean {
  return /^(kubernetes\.io\/service-account-token|bootstrap\.kubernetes\.io\/token|helm\.sh\/)/.test(
    textAt(object, 'type'),
  )
}

/** Whether any other object names the Secret anywhere: an Ingress, an account, a custom resource, a command line. */
function namesSecret({ object }: GivenObject, name: string): boolean {
  const names = (value: unknown): boolean =>
    typeof value === 'string'
      ? value === name || value.includes(`/${name}`) || value.includes(`${name}/`) || value.endsWith(`=${name}`)
      : Array.isArray(value)
        ? value.some(names)
        : isObject(value) && Object.values(value).some(names)
  return (
    names(object.spec) ||
    names(object.data) ||
    names(object.secrets) ||
    names(object.imagePullSecrets) ||
    names(object.rules)
  )
}

/** Optional references that nothing answers, uses that never follow a rotation, modes that look octal and are not. */
export function remarksOnReferences(
  objects: readonly GivenObject[],
  fallback: string,
  missingKeys: (use: Use) => readonly string[] | undefined,
): readonly Remark[] {
  const uses = usesIn(objects, fallback)
  return [
    ...absent(uses, fallback, missingKeys),
    ...neverFollows(uses, fallback),
    ...uses.flatMap((use) => decimalMode(use, fallback)),
  ]
}

/** Uses that one sentence tells together, in the order of their first. */
function grouped(uses: readonly Use[], keyOf: (use: Use) => string): readonly (readonly [Use, ...Use[]])[] {
  const groups = new Map<string, [Use, ...Use[]]>()
  for (const use of uses) {
    const known = groups.get(keyOf(use))
    if (known === undefined) groups.set(keyOf(use), [use])
    else known.push(use)
  }
  return [...groups.values()]
}

/** `missingKeys`: undefined where the object itself is missing, else the keys that it lacks. */
function absent(
  uses: readonly Use[],
  fallback: string,
  missingKeys: (use: Use) => readonly string[] | undefined,
): readonly Remark[] {
  const open = uses.filter(
    (use) => use.reference.kind === 'Secret' && use.reference.isOptional && missingKeys(use)?.length !== 0,
  )
  const keyOf = (use: Use) =>
    JSON.stringify([use.namespace, use.reference.name, missingKeys(use) ?? 'all', later(use.reference.way)])
  return grouped(open, keyOf).map((group) => {
    const [first] = group
    const { given, namespace, reference } = first
    const lacks = missingKeys(first)
    const state = lacks === undefined ? 'does not exist' : `has no key ${lacks.join(', ')}`
    const optional = reference.way === 'pull' ? '' : ', which is optional'
    const users = [...new Set(group.map((use) => objectName(use.given, fallback)))].join(', ')
    return remark(
      'optionalAbsent',
      given,
      reference.path,
      `secret ${namespace}/${reference.name} ${state}${optional} for ${users}; ${later(reference.way)}`,
      'value',
    )
  })
}

function later(way: Reference['way']): string {
  if (way === 'pull') return 'pulls go on without it'
  return way === 'env' || way === 'envFrom'
    ? 'made later, it is seen by containers that start then'
    : 'made later, its files appear at the next sync'
}

function neverFollows(uses: readonly Use[], fallback: string): readonly Remark[] {
  const fixed = uses.filter(
    ({ reference: { kind, way, isInit } }) =>
      kind === 'Secret' && !isInit && (way === 'env' || way === 'envFrom' || way === 'subPath'),
  )
  const keyOf = ({ given, reference: { container, name } }: Use) =>
    JSON.stringify([objectName(given, fallback), container, name])
  return grouped(fixed, keyOf).map((group) => {
    const [{ given, reference }] = group
    const ways = group.map(({ reference: { way, where } }) =>
      way === 'subPath'
        ? `the subPath mount at ${where}`
        : way === 'env'
          ? `variable ${where}`
          : 'all variables of envFrom',
    )
    return remark(
      'neverFollows',
      given,
      reference.path,
      `${objectName(given, fallback)}: container ${reference.container ?? ''} never sees a rotation of secret ${reference.name} in ${ways.join(', ')} until ${group.some((use) => use.reference.way === 'subPath') ? 'its Pod' : 'it'} is made anew`,
      'value',
    )
  })
}

/** Decimal numbers that are the digits of a usual octal mode. */
const octalDigits: ReadonlySet<number> = new Set([
  400, 440, 444, 600, 640, 644, 660, 664, 666, 700, 750, 755, 770, 775, 777,
])

function decimalMode({ given, reference }: Use, fallback: string): readonly Remark[] {
  const { mode, path } = reference
  if (mode === undefined || !octalDigits.has(mode)) return []
  const octal = mode.toString(8).padStart(4, '0')
  return [
    remark(
      'decimalMode',
      given,
      [...path.slice(0, -1), 'defaultMode'],
      `${objectName(given, fallback)}: defaultMode ${mode} is decimal, so files get mode ${octal}; 0${mode} would be octal`,
      'value',
    ),
  ]
}

/** Secrets marked immutable, and long-lived tokens of accounts. */
export function remarksOnSecretKinds(given: GivenObject, fallback: string): readonly Remark[] {
  if (given.kind !== 'Secret') return []
  const name = objectName(given, fallback)
  return [
    ...(given.object.immutable === true
      ? [
          remark(
            'immutable',
            given,
            ['immutable'],
            `${name}: it is immutable; a rotation means a Secret of another name, or delete and recreate with new Pods`,
          ),
        ]
      : []),
    ...(textAt(given.object, 'type') === 'kubernetes.io/service-account-token'
      ? [
          remark(
            'accountToken',
            given,
            ['type'],
            `${name}: a token of a ServiceAccount that does not expire; TokenRequest gives one that does`,
          ),
        ]
      : []),
  ]
}

/** Rules of RBAC that let somebody list or watch Secrets, which shows the values of all of them (S4). */
export function remarksOnRights(given: GivenObject, fallback: string): readonly Remark[] {
  if (given.kind !== 'Role' && given.kind !== 'ClusterRole') return []
  return listAt(given.object, 'rules').flatMap((rule, i) => {
    const groups = listAt(rule, 'apiGroups')
    const resources = listAt(rule, 'resources')
    const verbs = listAt(rule, 'verbs').filter((verb) => verb === 'list' || verb === 'watch' || verb === '*')
    const reaches =
      (resources.includes('secrets') || resources.includes('*')) && (groups.includes('') || groups.includes('*'))
    if (!reaches || verbs.length === 0 || listAt(rule, 'resourceNames').length > 0) return []
    const where = given.kind === 'ClusterRole' ? 'where it is bound' : 'in its namespace'
    return [
      remark(
        'secretRights',
        given,
        ['rules', i, 'verbs'],
        `${objectName(given, fallback)}: ${verbs.join(', ')} on secrets lets its holder read the values of all Secrets ${where}`,
      ),
    ]
  })
}

function remark(
  kind: Remark['kind'],
  given: GivenObject,
  path: readonly (string | number)[],
  message: string,
  at: 'key' | 'value' = 'key',
): Remark {
  const isNote = kind === 'neverFollows' || kind === 'immutable' || kind === 'optionalAbsent' || kind === 'keyNeverRead'
  return { kind, level: isNote ? 'note' : 'warning', place: given.place(path, at), message }
}
