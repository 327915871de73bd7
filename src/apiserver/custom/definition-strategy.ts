import { equalJson, isObject, type JsonObject } from '../../api/json.ts'
import { type FieldError, invalid, notSupported, required } from '../../api/validation/field-errors.ts'
import { dns1035Label, dns1123Subdomain } from '../../api/validation/formats.ts'
import { compileRegexp } from '../../go/regexp.ts'
import type { RegistryContext, Strategy } from '../registry/strategy.ts'
import {
  type CustomResourceDefinition,
  type CustomVersion,
  definitionsResource,
  fromV1beta1,
  hasCondition,
  toV1beta1,
  withDefaults,
} from './definition.ts'

/**
 * CustomResourceDefinitions. Whether a schema is structural is not checked.
 * Source: apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go, pkg/registry/customresourcedefinition/strategy.go.
 */
export const definitionStrategy: Strategy<CustomResourceDefinition> = {
  resource: definitionsResource,
  kind: 'CustomResourceDefinition',
  namespaced: false,
  hasStatus: true,
  countsGeneration: true,
  allowsUnconditionalUpdate: false,
  converted: {
    toStored: (object, version) => (version === 'v1' ? (object as CustomResourceDefinition) : fromV1beta1(object)),
    toServed: (definition, version) => (version === 'v1' ? definition : toV1beta1(definition)),
  },
  defaults: withDefaults,
  prepareForCreate: ({ status: _given, ...definition }) => withDefaults(definition),
  validate: (definition, context) => [
    ...nameErrors(definition),
    ...specErrors(definition, context),
    ...namesErrors(definition, context),
  ],
  validateUpdate(next, old, context) {
    const changed = hasCondition(old, 'Established') ? immutableErrors(next, old) : []
    return [...specErrors(next, context), ...namesErrors(next, context), ...changed]
  },
}

function nameErrors({ metadata, spec }: CustomResourceDefinition): readonly FieldError[] {
  if (metadata.name === `${spec.names?.plural ?? ''}.${spec.group ?? ''}`) return []
  return [invalid('metadata.name', metadata.name, 'must be spec.names.plural+"."+spec.group')]
}

function specErrors({ spec }: CustomResourceDefinition, { minor }: RegistryContext): readonly FieldError[] {
  const { versions = [] } = spec
  const errors: FieldError[] = [...groupErrors(spec.group ?? '', minor)]
  const scopes = ['Cluster', 'Namespaced']
  if (!spec.scope) errors.push(required('spec.scope'))
  else if (!scopes.includes(spec.scope)) errors.push(notSupported('spec.scope', spec.scope, scopes))
  if (spec.preserveUnknownFields !== true) errors.push(...schemaErrors(versions), ...patternErrors(versions))
  versions.forEach(({ name }, index) => {
    const wrong = dns1035Label(name)
    if (wrong.length > 0) errors.push(invalid(`spec.versions[${index}].name`, name, wrong.join(',')))
  })
  const names = versions.map(({ name }) => name)
  if (new Set(names).size < names.length)
    errors.push(invalid('spec.versions', versions, 'must contain unique version names'))
  if (versions.filter(({ storage }) => storage === true).length !== 1) {
    errors.push(invalid('spec.versions', versions, 'must have exactly one version marked as storage version'))
  }
  return errors
}

function groupErrors(group: string, minor: number): readonly FieldError[] {
  if (group === '') return [required('spec.group')]
  const wrong = dns1123Subdomain(group, minor)
  if (wrong.length > 0) return [invalid('spec.group', group, wrong.join(','))]
  return group.includes('.') ? [] : [invalid('spec.group', group, 'should be a domain with at least one dot')]
}

function schemaErrors(versions: readonly CustomVersion[]): readonly FieldError[] {
  return versions.flatMap(({ schema }, index) =>
    schema?.openAPIV3Schema === undefined
      ? [required(`spec.versions[${index}].schema.openAPIV3Schema`, 'schemas are required')]
      : [],
  )
}

/**
 * Patterns that are none. What all versions have alike is told of `spec.validation`, where the server's own form keeps it.
 * Source: apiextensions-apiserver pkg/apiserver/schema/validation.go, validateValueValidation; pkg/apis/apiextensions/v1/conversion.go.
 */
function patternErrors(versions: readonly CustomVersion[]): readonly FieldError[] {
  const schemas = versions.map(({ schema }) => schema?.openAPIV3Schema)
  const [first] = schemas
  if (schemas.every((schema) => equalJson(schema, first)))
    return brokenPatterns(first, 'spec.validation.openAPIV3Schema')
  return schemas.flatMap((schema, i) => brokenPatterns(schema, `spec.versions[${i}].schema.openAPIV3Schema`))
}

/** Sorted by what they say, as the server does because its maps have no order. */
function brokenPatterns(schema: JsonObject | undefined, path: string): readonly FieldError[] {
  return [...patternsBelow(schema, path)]
    .flatMap(([field, pattern]) => {
      const compiled = compileRegexp(pattern)
      const told = "must be a valid regular expression, but isn't"
      return compiled.ok ? [] : [invalid(field, pattern, `${told}: ${compiled.message}`)]
    })
    .sort((a, b) => (a.field < b.field ? -1 : 1))
}

function* patternsBelow(schema: unknown, path: string): Generator<readonly [field: string, pattern: string]> {
  if (!isObject(schema)) return
  const { pattern, properties, items, additionalProperties, not, ...rest } = schema
  if (typeof pattern === 'string' && pattern !== '') yield [`${path}.pattern`, pattern]
  if (isObject(properties)) {
    for (const [name, inner] of Object.entries(properties)) yield* patternsBelow(inner, `${path}.properties[${name}]`)
  }
  yield* patternsBelow(items, `${path}.items`)
  yield* patternsBelow(additionalProperties, `${path}.additionalProperties`)
  yield* patternsBelow(not, `${path}.not`)
  for (const junctor of ['allOf', 'anyOf', 'oneOf'] as const) {
    const parts = rest[junctor]
    if (!Array.isArray(parts)) continue
    for (const [i, inner] of parts.entries()) yield* patternsBelow(inner, `${path}.${junctor}[${i}]`)
  }
}

/** Source: validation.go, ValidateCustomResourceDefinitionNames. */
function namesErrors({ spec }: CustomResourceDefinition, _context: RegistryContext): readonly FieldError[] {
  const { plural = '', singular = '', kind = '', listKind = '', shortNames = [] } = spec.names ?? {}
  const errors: FieldError[] = []
  for (const [field, value] of Object.entries({ plural, singular, kind, listKind })) {
    if (value === '') errors.push(required(`spec.names.${field}`))
  }
  const label = (field: string, value: string, shown = value) => {
    const wrong = value === '' ? [] : dns1035Label(value)
    if (wrong.length > 0) errors.push(invalid(`spec.names.${field}`, shown, wrong.join(',')))
  }
  label('plural', plural)
  label('singular', singular)
  label('kind', kind.toLowerCase(), kind)
  label('listKind', listKind.toLowerCase(), listKind)
  for (const [index, name] of shortNames.entries()) label(`shortNames[${index}]`, name)
  if (kind !== '' && kind === listKind) {
    errors.push(invalid('spec.names.listKind', listKind, 'kind and listKind may not be the same'))
  }
  return errors
}

function immutableErrors(next: CustomResourceDefinition, old: CustomResourceDefinition): readonly FieldError[] {
  const fields = [
    ['spec.scope', next.spec.scope, old.spec.scope],
    ['spec.names.kind', next.spec.names?.kind, old.spec.names?.kind],
    ['spec.group', next.spec.group, old.spec.group],
    ['spec.names.plural', next.spec.names?.plural, old.spec.names?.plural],
  ] as const
  return fields
    .filter(([, after, before]) => !equalJson(after, before))
    .map(([field, after]) => invalid(field, after, 'field is immutable'))
}
