import { compareBytes, listAt, textAt } from '../../go/json.ts'
import { type Describing, describeMeta } from './common.ts'

/** A rule about one resource, or about paths. */
export interface OneRule {
  readonly verbs: readonly string[]
  readonly group: string
  /** Empty for rules about paths. */
  readonly resource: string
  readonly names: readonly string[]
  readonly urls: readonly string[]
}

/** Rules taken apart to one resource each. Source: kubectl pkg/util/rbac/rbac.go, BreakdownRule. */
export function breakDown(rules: readonly unknown[]): readonly OneRule[] {
  const texts = (rule: unknown, field: string): readonly string[] => listAt(rule, field).map(String)
  return rules.flatMap((rule): readonly OneRule[] => {
    const verbs = texts(rule, 'verbs')
    const names = texts(rule, 'resourceNames')
    const byResource = texts(rule, 'apiGroups').flatMap((group) =>
      texts(rule, 'resources').flatMap((resource): readonly OneRule[] =>
        names.length === 0
          ? [{ verbs, group, resource, names: [], urls: [] }]
          : names.map((name) => ({ verbs, group, resource, names: [name], urls: [] })),
      ),
    )
    const byUrl = texts(rule, 'nonResourceURLs').map(
      (url): OneRule => ({ verbs, group: '', resource: '', names: [], urls: [url] }),
    )
    return [...byResource, ...byUrl]
  })
}

/** Rules about the same resource and names as one. Source: rbac.go, CompactRules. */
export function compactRules(rules: readonly OneRule[]): readonly OneRule[] {
  const merged = new Map<string, OneRule>()
  const result: OneRule[] = []
  for (const rule of rules) {
    if (rule.urls.length > 0) {
      result.push(rule)
      continue
    }
    const key = JSON.stringify([rule.group, rule.resource, rule.names])
    const known = merged.get(key)
    merged.set(key, known === undefined ? rule : { ...known, verbs: [...known.verbs, ...rule.verbs] })
  }
  return [...result, ...merged.values()]
}

/** As Go prints the rule, which is what rules are sorted by. Source: k8s.io/api/rbac/v1 generated.pb.go, String. */
function sortKey(rule: OneRule): string {
  const list = (items: readonly string[]): string => `[${items.join(' ')}]`
  const groups = rule.resource === '' ? [] : [rule.group]
  const resources = rule.resource === '' ? [] : [rule.resource]
  return `Verbs:${list(rule.verbs)},APIGroups:${list(groups)},Resources:${list(resources)},ResourceNames:${list(rule.names)},NonResourceURLs:${list(rule.urls)},`
}

export function sortRules(rules: readonly OneRule[]): readonly OneRule[] {
  return [...rules].sort((a, b) => compareBytes(sortKey(a), sortKey(b)))
}

/** `pods.apps/status`: resource, group, subresource. Source: describe.go, CombineResourceGroup. */
export function combinedName(rule: OneRule): string {
  if (rule.resource === '') return ''
  const [resource = '', ...sub] = rule.resource.split('/')
  return `${resource}${rule.group === '' ? '' : `.${rule.group}`}${sub.length === 0 ? '' : `/${sub.join('/')}`}`
}

export function describeRole(d: Describing): undefined {
  const { w, object } = d
  w.field(0, 'Name', textAt(object, 'metadata', 'name'))
  describeMeta(d)
  w.line(0, 'PolicyRule:')
  w.line(1, 'Resources\tNon-Resource URLs\tResource Names\tVerbs')
  w.line(1, '---------\t-----------------\t--------------\t-----')
  for (const rule of sortRules(compactRules(breakDown(listAt(object, 'rules'))))) {
    w.line(1, `${combinedName(rule)}\t[${rule.urls.join(' ')}]\t[${rule.names.join(' ')}]\t[${rule.verbs.join(' ')}]`)
  }
}

export function describeBinding(d: Describing): undefined {
  const { w, object } = d
  w.field(0, 'Name', textAt(object, 'metadata', 'name'))
  describeMeta(d)
  w.line(0, 'Role:')
  w.field(1, 'Kind', textAt(object, 'roleRef', 'kind'))
  w.field(1, 'Name', textAt(object, 'roleRef', 'name'))
  w.line(0, 'Subjects:')
  w.line(1, 'Kind\tName\tNamespace')
  w.line(1, '----\t----\t---------')
  for (const subject of listAt(object, 'subjects')) {
    w.line(1, `${textAt(subject, 'kind')}\t${textAt(subject, 'name')}\t${textAt(subject, 'namespace')}`)
  }
}
