import { equalJson } from '../json.ts'
import { validateLabelName } from './label-validation.ts'
import type { Validator } from './validator.ts'

/** CSIDrivers and the topologies of StorageClasses. Source: pkg/apis/storage/validation/validation.go. */

/** The spec of a CSIDriver; expirationSeconds in seconds. */
export interface CsiDriverSpec {
  readonly attachRequired?: boolean
  readonly podInfoOnMount?: boolean
  readonly storageCapacity?: boolean
  readonly fsGroupPolicy?: string
  readonly volumeLifecycleModes?: readonly string[]
  readonly tokenRequests?: readonly { readonly audience?: string; readonly expirationSeconds?: number }[]
  readonly requiresRepublish?: boolean
  readonly seLinuxMount?: boolean
}

/** Sorted, as the errors list them. */
const fsGroupPolicies = ['File', 'None', 'ReadWriteOnceWithFSType']
/** Not sorted. */
const lifecycleModes = ['Persistent', 'Ephemeral']

/** Source: validateCSIDriverSpec; what has a default is never missing. */
export function validateCsiDriver(v: Validator, spec: CsiDriverSpec): void {
  const { fsGroupPolicy, volumeLifecycleModes = [] } = spec
  if (fsGroupPolicy !== undefined && !fsGroupPolicies.includes(fsGroupPolicy)) {
    v.notSupported('spec.fsGroupPolicy', fsGroupPolicy, fsGroupPolicies)
  }
  validateTokenRequests(v, spec.tokenRequests ?? [])
  for (const mode of volumeLifecycleModes) {
    if (!lifecycleModes.includes(mode)) v.notSupported('spec.volumeLifecycleModes', mode, lifecycleModes)
  }
}

/** Source: validateTokenRequests. */
export function validateTokenRequests(v: Validator, requests: NonNullable<CsiDriverSpec['tokenRequests']>): void {
  const audiences = new Set<string>()
  for (const [index, { audience = '', expirationSeconds: seconds }] of requests.entries()) {
    const field = `spec.tokenRequests[${index}]`
    if (audiences.has(audience)) {
      v.duplicate(`${field}.audience`, audience)
      continue
    }
    audiences.add(audience)
    if (seconds === undefined) continue
    if (seconds < 600) {
      v.invalid(`${field}.expirationSeconds`, seconds, 'may not specify a duration less than 10 minutes')
    }
    if (seconds > 2 ** 32) {
      v.invalid(`${field}.expirationSeconds`, seconds, 'may not specify a duration larger than 2^32 seconds')
    }
  }
}

/** Labels of nodes, each with the values that it may have. */
export interface TopologyTerm {
  readonly matchLabelExpressions?: readonly { readonly key?: string; readonly values?: readonly string[] }[]
}

/** Source: validateAllowedTopologies; pkg/apis/core/validation/validation.go, ValidateTopologySelectorTerm. */
export function validateTopologies(v: Validator, field: string, terms: readonly TopologyTerm[]): void {
  // The original begins with as many empty ones as there are terms, so that an empty term is told once for each.
  const seen: Readonly<Record<string, readonly string[]>>[] = terms.map(() => ({}))
  for (const [index, term] of terms.entries()) {
    const path = `${field}[${index}].matchLabelExpressions`
    const found = validateTopologyTerm(v, path, term)
    for (const other of seen) if (equalJson(other, found)) v.duplicate(path, '')
    seen.push(found)
  }
}

function validateTopologyTerm(
  v: Validator,
  path: string,
  { matchLabelExpressions = [] }: TopologyTerm,
): Readonly<Record<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>()
  for (const [index, { key = '', values = [] }] of matchLabelExpressions.entries()) {
    const field = `${path}[${index}]`
    if (values.length === 0) v.required(`${field}.values`)
    for (const [at, value] of values.entries()) {
      if (values.indexOf(value) < at) v.duplicate(`${field}.values[${at}]`, value)
    }
    validateLabelName(v, `${field}.key`, key)
    if (found.has(key)) v.duplicate(`${field}.key`, key)
    found.set(key, [...new Set(values)].sort())
  }
  return Object.fromEntries(found)
}
