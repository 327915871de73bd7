import { equalJson, isObject, member } from '../../api/json.ts'
import { type FieldError, forbidden, invalid, notSupported, required } from '../../api/validation/field-errors.ts'
import type { CustomResourceDefinition, CustomVersion, PrinterColumn } from './definition.ts'
import { definitionSchemaErrors } from './schema-validation.ts'

/**
 * What versions of a definition may have each or all alike: schemas, subresources and columns. What all have alike is told of
 * the definition, where the server's own form keeps it.
 * Source: apiextensions-apiserver pkg/apis/apiextensions/{v1/conversion,validation/validation}.go.
 */

type Spec = CustomResourceDefinition['spec']

/** Errors of each version's own parts, and of those that all have alike. */
export interface DefinitionParts {
  ofVersion(index: number): readonly FieldError[]
  readonly ofAll: readonly FieldError[]
}

/** `isStrict`: schemas are looked at. */
export function definitionParts({ versions = [] }: Spec, isStrict: boolean): DefinitionParts {
  const [first] = versions
  const areAlike = (of: (version: CustomVersion) => unknown) =>
    first !== undefined && versions.every((version) => equalJson(of(version), of(first)))
  const schemaOf = ({ schema }: CustomVersion) => schema
  const subresourcesOf = ({ subresources }: CustomVersion) => subresources
  const columnsOf = ({ additionalPrinterColumns: columns }: CustomVersion) => columns
  const alike = { schema: areAlike(schemaOf), subresources: areAlike(subresourcesOf), columns: areAlike(columnsOf) }
  const schemaErrors = ({ schema, subresources }: CustomVersion, path: string) =>
    isStrict && isObject(schema?.openAPIV3Schema)
      ? definitionSchemaErrors(schema.openAPIV3Schema, `${path}.openAPIV3Schema`, isObject(subresources?.status))
      : []
  return {
    ofVersion(index) {
      const version = versions[index]
      if (version === undefined) return []
      const path = `spec.versions[${index}]`
      return [
        ...(alike.schema ? [] : schemaErrors(version, `${path}.schema`)),
        ...(alike.subresources ? [] : scaleErrors(version, `${path}.subresources`)),
        ...(alike.columns ? [] : columnErrors(version, `${path}.additionalPrinterColumns`)),
      ]
    },
    ofAll:
      first === undefined
        ? []
        : [
            ...(alike.schema ? schemaErrors(first, 'spec.validation') : []),
            ...(alike.subresources ? scaleErrors(first, 'spec.subresources') : []),
            ...(alike.columns ? columnErrors(first, 'spec.additionalPrinterColumns') : []),
          ],
  }
}

/** Source: ValidateCustomResourceDefinitionSubresources. */
function scaleErrors({ subresources }: CustomVersion, path: string): readonly FieldError[] {
  const scale = subresources?.scale
  if (!isObject(scale)) return []
  const errors: FieldError[] = []
  for (const [name, roots, told] of [
    ['specReplicasPath', ['.spec.'], 'under .spec'],
    ['statusReplicasPath', ['.status.'], 'under .status'],
    ['labelSelectorPath', ['.spec.', '.status.'], 'under either .spec or .status'],
  ] as const) {
    const field = `${path}.scale.${name}`
    const value = member(scale, name)
    if (typeof value !== 'string' || value === '') {
      if (name !== 'labelSelectorPath') errors.push(required(field))
    } else if (!value.startsWith('.')) {
      errors.push(invalid(field, value, 'must be a simple json path starting with .'))
    } else if (!roots.some((root) => value.startsWith(root))) {
      errors.push(invalid(field, value, `should be a json path ${told}`))
    }
  }
  return errors
}

/** Sorted, as they are told. Source: printerColumnDatatypes, customResourceColumnDefinitionFormats. */
const columnTypes = ['boolean', 'date', 'integer', 'number', 'string']
const columnFormats = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password']

/** Source: ValidateCustomResourceColumnDefinition. */
function columnErrors({ additionalPrinterColumns }: CustomVersion, path: string): readonly FieldError[] {
  return (additionalPrinterColumns ?? []).flatMap((column, index) => errorsOfColumn(column, `${path}[${index}]`))
}

function errorsOfColumn(column: PrinterColumn | null, path: string): readonly FieldError[] {
  const { name, type, format, jsonPath } = column ?? {}
  const errors: FieldError[] = []
  if (!name) errors.push(required(`${path}.name`))
  const typesText = `must be one of ${columnTypes.join(',')}`
  if (!type) errors.push(required(`${path}.type`, typesText))
  else if (!columnTypes.includes(type)) errors.push(invalid(`${path}.type`, type, typesText))
  if (format && !columnFormats.includes(format)) {
    errors.push(invalid(`${path}.format`, format, `must be one of ${columnFormats.join(',')}`))
  }
  if (!jsonPath) errors.push(required(`${path}.JSONPath`))
  else if (!jsonPath.startsWith('.')) {
    errors.push(invalid(`${path}.JSONPath`, jsonPath, 'must be a simple json path starting with .'))
  }
  return errors
}

/** Source: validateCustomResourceConversion; what a webhook's client is made of is not looked at. */
export function conversionErrors({ conversion }: Spec): readonly FieldError[] {
  if (!isObject(conversion)) return []
  const { strategy, webhook } = conversion
  if (typeof strategy !== 'string' || strategy === '') return [required('spec.conversion.strategy')]
  if (strategy !== 'None' && strategy !== 'Webhook') {
    return [notSupported('spec.conversion.strategy', strategy, ['None', 'Webhook'])]
  }
  const config = isObject(webhook) ? webhook.clientConfig : undefined
  const reviewVersions = isObject(webhook) ? webhook.conversionReviewVersions : undefined
  const hasVersions = Array.isArray(reviewVersions) && reviewVersions.length > 0
  const errors: FieldError[] = []
  const [client, versions] = ['spec.conversion.webhookClientConfig', 'spec.conversion.conversionReviewVersions']
  const unset = 'should not be set when strategy is not set to Webhook'
  if (strategy === 'None') {
    if (isObject(config)) errors.push(forbidden(client, unset))
    if (hasVersions) errors.push(forbidden(versions, unset))
    return errors
  }
  if (!isObject(config)) errors.push(required(client, 'required when strategy is set to Webhook'))
  if (!hasVersions) errors.push(required(versions))
  return errors
}
