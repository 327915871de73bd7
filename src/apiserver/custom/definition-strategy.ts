import { equalJson } from '../../api/json.ts'
import { shownList } from '../../api/structs/shown.ts'
import { type FieldError, invalid, notSupported, required } from '../../api/validation/field-errors.ts'
import { dns1035Label, dns1123Subdomain } from '../../api/validation/formats.ts'
import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
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
import { conversionErrors, definitionParts } from './definition-parts.ts'
import { shownVersions } from './shown-versions.ts'

/**
 * CustomResourceDefinitions.
 * Source: apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go, pkg/registry/customresourcedefinition/strategy.go.
 */
export const definitionStrategy: Strategy<CustomResourceDefinition> = {
  resource: definitionsResource,
  kind: 'CustomResourceDefinition',
  namespaced: false,
  hasStatus: true,
  countsGeneration: true,
  allowsUnconditionalUpdate: false,
  takesAnyFinalizer: true,
  converted: {
    toStored: (object, version) => (version === 'v1' ? (object as CustomResourceDefinition) : fromV1beta1(object)),
    toServed: (definition, version) => (version === 'v1' ? definition : toV1beta1(definition)),
  },
  defaults: withDefaults,
  prepareForCreate: ({ status: _given, ...definition }) => withDefaults(definition),
  validate: (definition, context) => [
    ...nameErrors(definition),
    ...specErrors(definition, context),
    ...statusErrors(definition, context),
  ],
  validateUpdate(next, old, context) {
    const changed = hasCondition(old, 'Established') ? immutableErrors(next, old) : []
    return [...specErrors(next, context), ...changed]
  },
}

function nameErrors({ metadata, spec }: CustomResourceDefinition): readonly FieldError[] {
  // A name that is missing is told as that alone.
  if (!metadata.name) return []
  if (metadata.name === `${spec.names?.plural ?? ''}.${spec.group ?? ''}`) return []
  return [invalid('metadata.name', metadata.name, 'must be spec.names.plural+"."+spec.group')]
}

function specErrors({ spec }: CustomResourceDefinition, { minor }: RegistryContext): readonly FieldError[] {
  const { versions = [] } = spec
  const errors: FieldError[] = [...groupErrors(spec.group ?? '', minor)]
  const scopes = ['Cluster', 'Namespaced']
  if (!spec.scope) errors.push(required('spec.scope'))
  else if (!scopes.includes(spec.scope)) errors.push(notSupported('spec.scope', spec.scope, scopes))
  const isStrict = spec.preserveUnknownFields !== true || has(minor, apiServer.definitionsV1)
  if (isStrict) errors.push(...schemaErrors(versions, minor))
  const parts = definitionParts(spec, isStrict)
  for (const [index, { name = '' }] of versions.entries()) {
    const wrong = dns1035Label(name)
    if (wrong.length > 0) errors.push(invalid(`spec.versions[${index}].name`, name, wrong.join(',')))
    errors.push(...parts.ofVersion(index))
  }
  const names = versions.map(({ name }) => name)
  if (new Set(names).size < names.length) {
    errors.push(invalidVersions(spec.versions, minor, 'must contain unique version names'))
  }
  if (versions.filter(({ storage }) => storage === true).length !== 1) {
    errors.push(invalidVersions(spec.versions, minor, 'must have exactly one version marked as storage version'))
  }
  // The first version is the one that the oldest form of a definition names.
  const first = names[0] ?? ''
  const wrong = first === '' ? [] : dns1035Label(first)
  if (wrong.length > 0) errors.push(invalid('spec.version', first, wrong.join(',')))
  return [...errors, ...namesErrors(spec), ...parts.ofAll, ...conversionErrors(spec)]
}

function invalidVersions(versions: readonly CustomVersion[] | undefined, minor: number, detail: string): FieldError {
  const shown = shownVersions(versions, minor) ?? JSON.stringify(versions)
  return { type: 'FieldValueInvalid', field: 'spec.versions', body: `Invalid value: ${shown}: ${detail}` }
}

/** Source: ValidateCustomResourceDefinitionStoredVersions, validatePreserveUnknownFields. */
function statusErrors({ spec, status }: CustomResourceDefinition, { minor }: RegistryContext): readonly FieldError[] {
  const errors: FieldError[] = []
  if ((status?.storedVersions ?? []).length === 0) {
    const body = `Invalid value: ${shownList(undefined, 'string', minor)}: must have at least one stored version`
    errors.push({ type: 'FieldValueInvalid', field: 'status.storedVersions', body })
  }
  if (spec.preserveUnknownFields === true && has(minor, apiServer.definitionsV1)) {
    const detail =
      'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead'
    errors.push(invalid('spec.preserveUnknownFields', true, detail))
  }
  return errors
}

function groupErrors(group: string, minor: number): readonly FieldError[] {
  if (group === '') return [required('spec.group')]
  const wrong = dns1123Subdomain(group, minor)
  if (wrong.length > 0) return [invalid('spec.group', group, wrong.join(','))]
  return group.includes('.') ? [] : [invalid('spec.group', group, 'should be a domain with at least one dot')]
}

function schemaErrors(versions: readonly CustomVersion[], minor: number): readonly FieldError[] {
  return versions.flatMap(({ schema }, index) =>
    schema?.openAPIV3Schema === undefined
      ? [
          required(
            `spec.versions[${index}].schema.openAPIV3Schema`,
            has(minor, apiServer.missesPlainly) ? '' : 'schemas are required',
          ),
        ]
      : [],
  )
}

/** Source: validation.go, ValidateCustomResourceDefinitionNames. */
function namesErrors({ names }: CustomResourceDefinition['spec']): readonly FieldError[] {
  const { plural = '', singular = '', kind = '', listKind = '', shortNames = [], categories = [] } = names ?? {}
  const errors: FieldError[] = []
  for (const [field, value] of Object.entries({ plural, singular, kind, listKind })) {
    if (value === '') errors.push(required(`spec.names.${field}`))
  }
  const label = (field: string, value: string, shown = value, before = '') => {
    const wrong = dns1035Label(value)
    if (wrong.length > 0) errors.push(invalid(`spec.names.${field}`, shown, `${before}${wrong.join(',')}`))
  }
  if (plural !== '') label('plural', plural)
  if (singular !== '') label('singular', singular)
  const mixed = 'may have mixed case, but should otherwise match: '
  if (kind !== '') label('kind', kind.toLowerCase(), kind, mixed)
  if (listKind !== '') label('listKind', listKind.toLowerCase(), listKind, mixed)
  for (const [index, name] of (shortNames ?? []).entries()) label(`shortNames[${index}]`, name)
  if (kind !== '' && kind === listKind) {
    errors.push(invalid('spec.names.listKind', listKind, 'kind and listKind may not be the same'))
  }
  for (const [index, name] of (categories ?? []).entries()) label(`categories[${index}]`, name)
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
