import type { JsonObject } from '../../api/json.ts'
import type { KubeObject } from '../../api/types/meta.ts'
import { invalid } from '../../api/validation/field-errors.ts'
import { dns1123Subdomain, maskTrailingDash } from '../../api/validation/formats.ts'
import { factAt, type VersionedFact } from '../../versions/version.ts'
import type { Strategy } from '../registry/strategy.ts'
import { customTable } from './columns.ts'
import type { CustomResourceDefinition, CustomVersion } from './definition.ts'
import { applyDefaults, prune, schemaErrors } from './structural-schema.ts'

/** Nulls that a schema does not allow are dropped, or give way to its default. */
const dropsNulls: VersionedFact<boolean> = {
  source: 'apiextensions-apiserver pkg/apiserver/schema/defaulting/prunenulls.go',
  initially: false,
  since: [[20, true]],
}

/** How objects of one version of a custom resource are kept. Source: apiextensions-apiserver pkg/registry/customresource/strategy.go. */
export function customStrategy({ spec }: CustomResourceDefinition, version: CustomVersion, stored: string): Strategy {
  const schema = version.schema?.openAPIV3Schema
  const kind = spec.names?.kind ?? ''
  const hasStatus = version.subresources?.status !== undefined
  const validate = (object: KubeObject) => {
    if (object.kind !== kind) return [invalid('kind', object.kind, `must be ${kind}`)]
    return schema === undefined ? [] : schemaErrors(asJson(object), schema)
  }
  return {
    resource: { group: spec.group ?? '', version: stored, resource: spec.names?.plural ?? '' },
    kind,
    namespaced: spec.scope === 'Namespaced',
    hasStatus,
    countsGeneration: true,
    allowsUnconditionalUpdate: false,
    takesAnyFinalizer: true,
    validateName: (name, isPrefix, { minor }) => dns1123Subdomain(maskTrailingDash(name, isPrefix), minor),
    defaults(object, { minor }) {
      if (schema === undefined || spec.preserveUnknownFields === true) return object
      const knowsNulls = factAt(dropsNulls, minor)
      const kept = prune(asJson(object), schema, knowsNulls)
      return applyDefaults(kept, schema, knowsNulls) as unknown as KubeObject // kind and metadata stay
    },
    prepareForCreate(object) {
      if (!hasStatus) return object
      const { status: _given, ...rest } = object as KubeObject & { readonly status?: unknown }
      return rest
    },
    validate,
    validateUpdate: validate,
    table: customTable(version.additionalPrinterColumns ?? []),
  }
}

function asJson(object: KubeObject): JsonObject {
  return object as unknown as JsonObject // API objects are JSON
}
