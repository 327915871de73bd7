import { dns1123Label, dns1123Subdomain } from '../../../api/validation/formats.ts'
import { isUnset, type Validator } from '../../../api/validation/validator.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'

/** Where the first content of a claim comes from. Source: pkg/api/persistentvolumeclaim/util.go; pkg/apis/core/validation/validation.go. */
export interface ClaimSource {
  readonly apiGroup?: string
  readonly kind?: string
  readonly name?: string
  readonly namespace?: string
}

/** Of a claim's spec. */
export interface Sourced {
  readonly dataSource?: ClaimSource | null
  readonly dataSourceRef?: ClaimSource | null
}

/** As `isGiven` of validation. */
function isGiven<T>(value: T | undefined | null): value is T {
  return value !== undefined && value !== null
}

/** Other kinds than claims and snapshots are forgotten in the older field. Source: EnforceDataSourceBackwardsCompatibility (before v1.21 DropDisabledFields). */
export function withKnownSource<T extends Sourced>(spec: T, old: Sourced | undefined): T {
  if (isGiven(old?.dataSource) || isGiven(old?.dataSourceRef)) return spec
  const { dataSource, ...rest } = spec
  if (!isGiven(dataSource) || isGiven(spec.dataSourceRef)) return spec
  const name = `${dataSource.kind ?? ''}.${dataSource.apiGroup ?? ''}`
  if (name === 'PersistentVolumeClaim.' || name === 'VolumeSnapshot.snapshot.storage.k8s.io') return spec
  return rest as T // without an optional member
}

/** Each field says what the other does. Source: NormalizeDataSources. */
export function withBothSources<T extends Sourced>(spec: T, minor: number): T {
  if (!has(minor, apiServer.claimsNameSourcesTwice)) return spec
  const { dataSource, dataSourceRef } = spec
  if (isGiven(dataSource) && !isGiven(dataSourceRef)) return { ...spec, dataSourceRef: { ...dataSource } }
  if (!isGiven(dataSourceRef) || isGiven(dataSource)) return spec
  const { namespace, ...local } = dataSourceRef
  return isUnset(namespace) ? { ...spec, dataSource: local } : spec
}

/** Source: ValidatePersistentVolumeClaimSpec, validateDataSource, validateDataSourceRef. */
export function validateSources(v: Validator, field: string, { dataSource, dataSourceRef }: Sourced): void {
  if (isGiven(dataSource)) validateSource(v, `${field}.dataSource`, dataSource)
  if (!isGiven(dataSourceRef) || !has(v.minor, apiServer.claimsNameSourcesTwice)) return
  validateSource(v, `${field}.dataSourceRef`, dataSourceRef)
  const { namespace } = dataSourceRef
  if (!isUnset(namespace)) v.each(`${field}.dataSourceRef.namespace`, namespace, dns1123Label(namespace, v.minor))
  if (!isGiven(dataSource)) return
  // The value of these is the path, which JSON shows as nothing: so it is in the original.
  const path = `${field}.dataSource`
  const refuse = (why: string) =>
    has(v.minor, apiServer.showsValuesAsJson) ? v.invalidGo(field, '{}', why) : v.invalid(field, path, why)
  if (!isUnset(namespace)) refuse('may not be specified when dataSourceRef.namespace is specified')
  else if (!isSame(dataSource, dataSourceRef)) refuse('must match dataSourceRef')
}

function isSame(a: ClaimSource, b: ClaimSource): boolean {
  return a.apiGroup === b.apiGroup && a.kind === b.kind && a.name === b.name
}

function validateSource(v: Validator, field: string, { apiGroup, kind, name }: ClaimSource): void {
  if (isUnset(name)) v.required(`${field}.name`)
  if (isUnset(kind)) v.required(`${field}.kind`)
  if (isUnset(apiGroup)) {
    const text = "must be 'PersistentVolumeClaim' when referencing the default apiGroup"
    if (kind === 'PersistentVolumeClaim') return
    v.invalid(field, kind ?? '', has(v.minor, apiServer.claimsTellTheirSources) ? text : '')
  } else if (has(v.minor, apiServer.claimsCheckGroups)) {
    v.each(`${field}.apiGroup`, apiGroup, dns1123Subdomain(apiGroup, v.minor))
  }
}
