import { equalJson } from '../../../api/json.ts'
import type { ConfigMap } from '../../../api/types/core.ts'
import { type FieldError, forbidden, invalid } from '../../../api/validation/field-errors.ts'
import { byteLength, configMapKey } from '../../../api/validation/formats.ts'
import { tooLongSince } from '../../../api/validation/validate-meta.ts'
import { base64Length } from '../../../bytes/bytes.ts'
import { ageColumn, ageOf, column, nameColumn } from '../column-texts.ts'
import { hasNils } from '../nil-bytes.ts'
import type { RegistryContext, Strategy } from '../strategy.ts'
import { secretMaxBytes } from './secret.ts'

/** ConfigMaps. Source: pkg/registry/core/configmap/strategy.go, pkg/apis/core/validation/validation.go. */
export const configMapStrategy: Strategy<ConfigMap> = {
  resource: { group: '', version: 'v1', resource: 'configmaps' },
  kind: 'ConfigMap',
  namespaced: true,
  prepareForCreate: (configMap, context) => dropDisabledFields(configMap, undefined, context),
  prepareForUpdate: (next, old, context) => dropDisabledFields(next, old, context),
  validate: validateConfigMap,
  validateUpdate: (next, old, context) => [...validateImmutable(next, old), ...validateConfigMap(next, context)],
  canonicalize({ data, binaryData, ...rest }) {
    const isFull = (map: object | undefined): boolean => map !== undefined && Object.keys(map).length > 0
    return Object.assign(
      rest,
      data !== undefined && isFull(data) ? { data } : {},
      binaryData !== undefined && isFull(binaryData) ? { binaryData } : {},
    )
  },
  table: {
    columns: [
      nameColumn,
      column(
        'Data',
        "Data contains the configuration data. Each key must consist of alphanumeric characters, '-', '_' or '.'. Values with non-UTF-8 byte sequences must use the BinaryData field. The keys stored in Data must not overlap with the keys in the BinaryData field, this is enforced during validation process".concat(
          '.',
        ),
      ),
      ageColumn,
    ],
    row: (configMap, context) => [
      configMap.metadata.name,
      Object.keys(configMap.data ?? {}).length + Object.keys(configMap.binaryData ?? {}).length,
      ageOf(configMap, context),
    ],
  },
}

function dropDisabledFields(next: ConfigMap, old: ConfigMap | undefined, { gates }: RegistryContext): ConfigMap {
  if (next.immutable === undefined || gates.ImmutableEphemeralVolumes || old?.immutable !== undefined) return next
  const { immutable: _dropped, ...rest } = next
  return rest
}

function validateImmutable(next: ConfigMap, old: ConfigMap): readonly FieldError[] {
  if (old.immutable !== true) return []
  const why = 'field is immutable when `immutable` is set'
  return [
    ...(next.immutable === true ? [] : [forbidden('immutable', why)]),
    ...(equalJson(next.data, old.data) ? [] : [forbidden('data', why)]),
    ...(equalJson(next.binaryData, old.binaryData) && !hasNils(next) ? [] : [forbidden('binaryData', why)]),
  ]
}

function validateConfigMap(
  { data = {}, binaryData = {} }: ConfigMap,
  { minor }: RegistryContext,
): readonly FieldError[] {
  const errors: FieldError[] = []
  let totalBytes = 0
  for (const key of Object.keys(data).sort()) {
    for (const text of configMapKey(key)) errors.push(invalid(`data[${key}]`, key, text))
    if (Object.hasOwn(binaryData, key)) {
      errors.push(invalid(`data[${key}]`, key, 'duplicate of key present in binaryData'))
    }
    totalBytes += byteLength(data[key] ?? '')
  }
  for (const key of Object.keys(binaryData).sort()) {
    for (const text of configMapKey(key)) errors.push(invalid(`binaryData[${key}]`, key, text))
    totalBytes += base64Length(binaryData[key] ?? '') ?? 0
  }
  // The whole object is meant, so the field is empty.
  if (totalBytes > secretMaxBytes) errors.push(tooLongSince('', secretMaxBytes, minor))
  return errors
}
