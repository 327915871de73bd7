import { isObject, type JsonObject, member } from '../../api/json.ts'
import type { KubeObject } from '../../api/types/meta.ts'

/** CustomResourceDefinitions as they are stored, in v1. Source: apiextensions-apiserver pkg/apis/apiextensions/v1/types.go. */

export const definitionsResource = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  resource: 'customresourcedefinitions',
} as const
/** The name under which the store keeps them. */
export const storedDefinitions = 'customresourcedefinitions.apiextensions.k8s.io'

export interface CustomNames {
  readonly plural?: string
  readonly singular?: string
  readonly kind?: string
  readonly listKind?: string
  readonly shortNames?: readonly string[]
  readonly categories?: readonly string[]
}

export interface PrinterColumn {
  readonly name: string
  readonly type: string
  readonly format?: string
  readonly description?: string
  readonly priority?: number
  readonly jsonPath: string
}

export interface CustomVersion {
  readonly name: string
  readonly served?: boolean
  readonly storage?: boolean
  readonly deprecated?: boolean
  readonly deprecationWarning?: string
  readonly schema?: { readonly openAPIV3Schema?: JsonObject }
  readonly subresources?: { readonly status?: object | null; readonly scale?: object }
  readonly additionalPrinterColumns?: readonly PrinterColumn[]
}

export interface CustomResourceDefinition extends KubeObject {
  readonly spec: {
    readonly group?: string
    readonly names?: CustomNames
    readonly scope?: string
    readonly versions?: readonly CustomVersion[]
    readonly preserveUnknownFields?: boolean
    readonly conversion?: JsonObject
  }
  readonly status?: {
    readonly conditions?: readonly JsonObject[] | null
    readonly acceptedNames?: CustomNames
    readonly storedVersions?: readonly string[] | null
  }
}

/** Members that v1beta1 may have once for all versions. */
const shared = ['schema', 'subresources', 'additionalPrinterColumns'] as const

/**
 * A definition of v1beta1 in v1: what stands at its top level goes into every version.
 * Source: apiextensions-apiserver pkg/apis/apiextensions/v1beta1/{conversion,defaults}.go, v1/conversion.go.
 */
export function fromV1beta1(object: KubeObject): CustomResourceDefinition {
  const { spec: given, ...rest } = object as KubeObject & { readonly spec?: JsonObject }
  const { version, versions, validation, subresources, additionalPrinterColumns, ...spec } = given ?? {}
  const listed = Array.isArray(versions) && versions.length > 0 ? versions : []
  const named =
    listed.length > 0 || typeof version !== 'string' ? listed : [{ name: version, served: true, storage: true }]
  const common = {
    ...(validation === undefined ? {} : { schema: validation }),
    ...(subresources === undefined ? {} : { subresources }),
    ...(additionalPrinterColumns === undefined ? {} : { additionalPrinterColumns }),
  }
  const next = {
    preserveUnknownFields: true,
    ...spec,
    scope: spec.scope || 'Namespaced',
    versions: named.filter(isObject).map((each) => withColumns({ ...common, ...each }, 'JSONPath', 'jsonPath')),
  }
  return { ...rest, spec: next } as unknown as CustomResourceDefinition // decoded as a v1beta1 definition
}

/** The way back: what all versions have alike is told once. */
export function toV1beta1(definition: CustomResourceDefinition): KubeObject {
  const { versions = [], ...spec } = definition.spec
  const listed = versions.map((each) => withColumns(each as unknown as JsonObject, 'jsonPath', 'JSONPath'))
  const common = Object.fromEntries(
    shared
      .filter((name) => listed.every((each) => JSON.stringify(each[name]) === JSON.stringify(listed[0]?.[name])))
      .map((name) => [name === 'schema' ? 'validation' : name, listed[0]?.[name]])
      .filter(([, value]) => value !== undefined),
  )
  const rest = listed.map((each) =>
    Object.fromEntries(
      Object.entries(each).filter(([name]) => !Object.hasOwn(common, name === 'schema' ? 'validation' : name)),
    ),
  )
  const next = { ...spec, ...common, version: versions[0]?.name, versions: rest }
  return { ...definition, spec: next } as KubeObject
}

function withColumns(version: JsonObject, from: string, to: string): JsonObject {
  const columns = version.additionalPrinterColumns
  if (!Array.isArray(columns)) return version
  const renamed = columns.map((column) => {
    if (!isObject(column) || !Object.hasOwn(column, from)) return column
    const { [from]: path, ...rest } = column
    return { ...rest, [to]: path }
  })
  return { ...version, additionalPrinterColumns: renamed } as JsonObject // as it was but for a name
}

/** The defaults of v1. Source: apiextensions v1/defaults.go, SetDefaults_CustomResourceDefinition. */
export function withDefaults(definition: CustomResourceDefinition): CustomResourceDefinition {
  const { status } = definition
  // A patch may have taken it away.
  const spec = (definition.spec as CustomResourceDefinition['spec'] | undefined) ?? {}
  const { names = {}, versions = [] } = spec
  const kind = names.kind ?? ''
  const listKind = names.listKind || (kind === '' ? undefined : `${kind}List`)
  const stored = versions.filter(({ storage }) => storage === true).slice(0, 1)
  const storedVersions = status?.storedVersions ?? []
  return {
    ...definition,
    spec: {
      conversion: { strategy: 'None' },
      ...spec,
      names: {
        ...names,
        singular: names.singular || kind.toLowerCase(),
        ...(listKind === undefined ? {} : { listKind }),
      },
    },
    status: {
      ...status,
      acceptedNames: status?.acceptedNames ?? { kind: '', plural: '' },
      // As nothing yet, which Go writes as null.
      conditions: status?.conditions ?? null,
      storedVersions: storedVersions.length > 0 ? storedVersions : stored.map(({ name }) => name),
    },
  }
}

/** Whether a condition holds. */
export function hasCondition({ status }: CustomResourceDefinition, type: string): boolean {
  return (status?.conditions ?? []).some(
    (condition) => member(condition, 'type') === type && member(condition, 'status') === 'True',
  )
}
