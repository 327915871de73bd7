import { type Definition, type FieldType, type Schema, schemaOf } from '../api/schema/schema.ts'
import { closest } from '../sim/input/closest.ts'
import type { YamlPath } from './positions.ts'

/** A mistake in a manifest, by the path of what is wrong. */
export interface ManifestIssue {
  readonly path: YamlPath
  /** Whether the key is wrong rather than its value. */
  readonly isAtKey: boolean
  readonly message: string
  readonly suggestion?: string
}

/**
 * What is wrong with an object before any cluster sees it: no kind, fields that its kind does not have, values of
 * another type, required fields that are missing. Says more than the client would, for an author can still mend it.
 */
export function manifestIssues(object: unknown, minor: number): readonly ManifestIssue[] {
  return objectIssues(object, schemaOf(minor), [])
}

function objectIssues(object: unknown, schema: Schema, path: YamlPath): readonly ManifestIssue[] {
  if (!isMap(object))
    return [issue(path, `a manifest is ${describe(object)}; expected an object with apiVersion and kind`)]
  for (const key of ['apiVersion', 'kind']) {
    const value = object[key]
    if (value === undefined || value === null) {
      const meant = closest(key, Object.keys(object))
      const at = meant === undefined ? path : [...path, meant]
      return [
        {
          path: at,
          isAtKey: meant !== undefined,
          message: `the manifest has no ${key}`,
          ...suggested(meant === undefined ? undefined : key),
        },
      ]
    }
    if (typeof value !== 'string') return [issue([...path, key], `${key} is ${describe(value)}; expected a string`)]
  }
  const [apiVersion, kind] = [String(object.apiVersion), String(object.kind)]
  if (apiVersion === 'v1' && kind === 'List') {
    const { items } = object
    if (!Array.isArray(items)) return [issue(path, 'a List has no items')]
    return items.flatMap((item: unknown, i) => objectIssues(item, schema, [...path, 'items', i]))
  }
  const slash = apiVersion.indexOf('/')
  const ref = { group: slash < 0 ? '' : apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1), kind }
  const definition = schema.kind(ref)
  if (definition === undefined) return isBuiltIn(ref.group) ? [unknownKind(schema, ref, path)] : []
  return fieldIssues(definition, object, path)
}

/**
 * Groups below k8s.io whose kinds come by definitions of custom resources, from other servers, or in files of tools.
 * Source: the projects kubernetes-sigs/gateway-api, network-policy-api, kubernetes-csi/external-snapshotter, metrics.
 */
const foreignGroup =
  /^(?:(?:gateway|policy)\.networking|(?:group)?snapshot\.storage|audit|(?:(?:custom|external)\.)?metrics|(?:.*\.)?config|kubeadm)\.k8s\.io$/

/** Groups in which only Kubernetes itself defines kinds; what is in others a custom resource may be. */
function isBuiltIn(group: string): boolean {
  return !group.includes('.') || (group.endsWith('.k8s.io') && !foreignGroup.test(group))
}

function unknownKind(
  schema: Schema,
  { group, version, kind }: { readonly group: string; readonly version: string; readonly kind: string },
  path: YamlPath,
): ManifestIssue {
  const apiVersion = group === '' ? version : `${group}/${version}`
  const homes = schema.kinds.filter((known) => known.kind === kind)
  const [home] = homes
  if (home !== undefined) {
    const right = home.group === '' ? home.version : `${home.group}/${home.version}`
    return {
      path: [...path, 'apiVersion'],
      isAtKey: false,
      message: `there is no ${kind} in ${apiVersion}`,
      suggestion: `"${right}"`,
    }
  }
  const meant = closest(kind, [...new Set(schema.kinds.map((known) => known.kind))])
  return {
    path: [...path, 'kind'],
    isAtKey: false,
    message: `there is no kind ${JSON.stringify(kind)} in ${apiVersion}`,
    ...suggested(meant),
  }
}

function fieldIssues(
  definition: Definition,
  value: Readonly<Record<string, unknown>>,
  path: YamlPath,
): ManifestIssue[] {
  const issues: ManifestIssue[] = []
  const misspelt = new Set<string>()
  for (const [key, item] of Object.entries(value)) {
    const field = definition.fields.get(key)
    if (field === undefined) {
      const meant = closest(key, [...definition.fields.keys()])
      if (meant !== undefined) misspelt.add(meant)
      issues.push({
        path: [...path, key],
        isAtKey: true,
        message: `${typeName(definition)} has no field ${JSON.stringify(key)}`,
        ...suggested(meant),
      })
    } else if (item !== null && item !== undefined) issues.push(...valueIssues(field.type, item, [...path, key]))
  }
  for (const { name, required } of definition.fields.values()) {
    if (required && (value[name] === undefined || value[name] === null) && !misspelt.has(name))
      issues.push(issue(path, `${typeName(definition)} lacks the field ${JSON.stringify(name)}`))
  }
  return issues
}

function valueIssues(type: FieldType, value: unknown, path: YamlPath): readonly ManifestIssue[] {
  const wrong = (expected: string) => [
    issue(path, `${String(path[path.length - 1])} is ${describe(value)}; expected ${expected}`),
  ]
  switch (type.kind) {
    case 'object':
      return isMap(value) ? fieldIssues(type.definition, value, path) : wrong('a map')
    case 'list':
      if (!Array.isArray(value)) return wrong('a list')
      return value.flatMap((item: unknown, i) => valueIssues(type.items, item, [...path, i]))
    case 'map':
      if (!isMap(value)) return wrong('a map')
      return Object.entries(value).flatMap(([key, item]) => valueIssues(type.values, item, [...path, key]))
    case 'scalar':
      return fitsScalar(type.scalar, value) ? [] : wrong(scalarWords[type.scalar] ?? 'a string')
  }
}

const scalarWords: Readonly<Record<string, string>> = {
  boolean: 'true or false',
  int32: 'a whole number',
  int64: 'a whole number',
  double: 'a number',
  bytes: 'a string in base64',
  quantity: 'a quantity such as 500m or 64Mi',
  intOrString: 'a number or a string',
}

function fitsScalar(scalar: string, value: unknown): boolean {
  switch (scalar) {
    case 'any':
      return true
    case 'boolean':
      return typeof value === 'boolean'
    case 'int32':
    case 'int64':
      return Number.isInteger(value)
    case 'double':
      return typeof value === 'number'
    case 'quantity':
    case 'intOrString':
      return typeof value === 'string' || typeof value === 'number'
    default:
      return typeof value === 'string'
  }
}

/** `Secret`, `PodSpec`: the last part of `io.k8s.api.core.v1.PodSpec`. */
function typeName({ name }: Definition): string {
  return name.slice(name.lastIndexOf('.') + 1)
}

function issue(path: YamlPath, message: string): ManifestIssue {
  return { path, isAtKey: false, message }
}

function suggested(meant: string | undefined): { readonly suggestion?: string } {
  return meant === undefined ? {} : { suggestion: JSON.stringify(meant) }
}

function describe(value: unknown): string {
  if (value === undefined) return 'absent'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a map'
  return `the ${typeof value} ${JSON.stringify(value)}`
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
