import type { SigningCondition, SigningRequest } from '../../../api/types/certificates.ts'
import { validateSigningRequest } from '../../../api/validation/certificate-validation.ts'
import type { FieldError } from '../../../api/validation/field-errors.ts'
import type { Validator } from '../../../api/validation/validator.ts'
import type { UserInfo } from '../../../client/client.ts'
import { humanDuration } from '../../../go/human-duration.ts'
import { goQuote } from '../../../go/quote.ts'
import { rfc3339 } from '../../../kernel/calendar.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'
import type { RegistryContext, Strategy } from '../strategy.ts'
import { ageColumn, column, errorsOf, nameColumn, nowMs, withoutNulls } from './settings.ts'
import { ageCell } from './workload-rows.ts'

/**
 * Requests for certificates, with what is said of them; controllers/csr-signing.ts signs what was approved. Of the bytes of a request only the kind of
 * the block is read. Sources: pkg/registry/certificates/certificates/strategy.go, pkg/apis/certificates/validation/validation.go.
 */

const beforeDuration = [
  nameColumn,
  ageColumn,
  column(
    'SignerName',
    'string',
    'Requested signer for the request. It is a qualified name in the form: `scope-hostname.io/name`. If empty, it will be defaulted:\n 1. If it\'s a kubelet client certificate, it is assigned\n    "kubernetes.io/kube-apiserver-client-kubelet".\n 2. If it\'s a kubelet serving certificate, it is assigned\n    "kubernetes.io/kubelet-serving".\n 3. Otherwise, it is assigned "kubernetes.io/legacy-unknown".\nDistribution of trust for signers happens out of band. You can select on this field using `spec.signerName`.',
  ),
  column('Requestor', 'string', 'Base64-encoded PKCS#10 CSR data'),
]

/** Description of v1.23.13; later ones may word it otherwise. */
const durationColumn = column(
  'RequestedDuration',
  'string',
  'expirationSeconds is the requested duration of validity of the issued certificate. The certificate signer may issue a certificate with a different validity duration so a client must check the delta between the notBefore and and notAfter fields in the issued certificate to determine the actual duration.\n\nThe v1.22+ in-tree implementations of the well-known Kubernetes signers will honor this field as long as the requested duration is not greater than the maximum duration they will honor per the --cluster-signing-duration CLI flag to the Kubernetes controller manager.\n\nCertificate signers may not honor this field for various reasons:\n\n  1. Old signer that is unaware of the field (such as the in-tree\n     implementations prior to v1.22)\n  2. Signer whose configured maximum is shorter than the requested duration\n  3. Signer whose configured minimum is longer than the requested duration\n\nThe minimum valid value for expirationSeconds is 600, i.e. 10 minutes.\n\nAs of v1.22, this field is beta and is controlled via the CSRDuration feature gate.',
)
const conditionColumn = column('Condition', 'string', 'Conditions applied to the request, such as approval or denial.')
const columns = [...beforeDuration, conditionColumn]
const columnsWithDuration = [...beforeDuration, durationColumn, conditionColumn]

/** Source: pkg/printers/internalversion/printers.go, extractCSRStatus. */
function conditionCell({ status }: SigningRequest): string {
  const has = (wanted: string) => (status?.conditions ?? []).some(({ type }) => type === wanted)
  const verdict = has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending'
  return [verdict, ...(has('Failed') ? ['Failed'] : []), ...(status?.certificate ? ['Issued'] : [])].join(',')
}

export const signingRequestStrategy: Strategy<SigningRequest> = {
  resource: { group: 'certificates.k8s.io', version: 'v1beta1', resource: 'certificatesigningrequests' },
  kind: 'CertificateSigningRequest',
  namespaced: false,
  hasStatus: true,
  defaults: withDefaults,
  prepareForCreate: (request, _context, user) => ({ ...request, spec: askedBy(request, user), status: {} }),
  // Only subresources change what a request says and what is said of it.
  prepareForUpdate: (next, old) => ({ ...next, ...partsOf(old) }),
  prepareForStatusUpdate: (next, old, context) =>
    timed({ ...next, ...specOf(old), status: withVerdictsOf(old, next, context) }, old, context),
  validate: (request, context) => errorsOf(context, (v) => validateRequest(v, request)),
  validateName: () => [],
  validateUpdate: validateChange,
  validateStatusUpdate: (next, old, context) => [
    ...validateChange(next, old, context),
    ...errorsOf(context, (v) => keepVerdicts(v, next, old)),
  ],
  parts: {
    approval: {
      isServed: () => true,
      prepareForUpdate(next, old, context) {
        const { conditions } = timed(next, old, context).status ?? {}
        return {
          ...next,
          ...partsOf(old),
          status: { ...old.status, ...(conditions === undefined ? {} : { conditions }) },
        }
      },
      validate: validateChange,
    },
  },
  selectableFields: ({ spec }) => ({ 'spec.signerName': spec?.signerName ?? '' }),
  table: {
    columns,
    columnsOf: (minor) => (has(minor, apiServer.requestsShowDurations) ? columnsWithDuration : columns),
    row: (request, context) => [
      request.metadata.name,
      ageCell(request, context),
      request.spec?.signerName ?? '<none>',
      request.spec?.username ?? '',
      ...(has(context.minor, apiServer.requestsShowDurations) ? [durationCell(request)] : []),
      conditionCell(request),
    ],
  },
}

/** What v1beta1 says for itself; where both are served v1 has it, too. Source: pkg/apis/certificates/v1beta1/defaults.go; whom the bytes name is not looked at. */
function withDefaults(request: SigningRequest, { minor }: RegistryContext): SigningRequest {
  const { spec, status = {} } = request
  if (has(minor, apiServer.requestsAreV1)) return { ...request, status }
  const usages = spec?.usages ?? ['digital signature', 'key encipherment']
  const isTold = has(minor, apiServer.requestConditionsAreChecked)
  const told = (condition: SigningCondition) =>
    isTold ? { ...condition, status: condition.status || 'True' } : condition
  const conditions = status.conditions?.map(told)
  return {
    ...request,
    spec: { ...spec, usages, signerName: spec?.signerName ?? 'kubernetes.io/legacy-unknown' },
    status: conditions === undefined ? status : { ...status, conditions },
  }
}

function durationCell({ spec }: SigningRequest): string {
  return spec?.expirationSeconds === undefined ? '<none>' : humanDuration(spec.expirationSeconds * 1000)
}

/** What is asked, and by whom: nobody says so himself. Source: strategy.go, PrepareForCreate. */
function askedBy({ spec }: SigningRequest, { name, uid, groups }: UserInfo): NonNullable<SigningRequest['spec']> {
  const { username: _name, uid: _uid, groups: _groups, extra: _extra, ...asked } = spec ?? {}
  return {
    ...asked,
    username: name,
    ...(uid === undefined || uid === '' ? {} : { uid }),
    ...(groups.length === 0 ? {} : { groups }),
  }
}

function specOf({ spec }: SigningRequest): Pick<SigningRequest, 'spec'> {
  return spec === undefined ? {} : { spec }
}

function partsOf(request: SigningRequest): Pick<SigningRequest, 'spec' | 'status'> {
  const { status } = request
  return { ...specOf(request), ...(status === undefined ? {} : { status }) }
}

const verdicts: readonly string[] = ['Approved', 'Denied']

const ofType = ({ status }: SigningRequest, type: string): readonly SigningCondition[] =>
  (status?.conditions ?? []).filter((condition) => condition.type === type)

/** The status that is proposed, with verdicts as they stand unless some came or went. Source: preserveConditionInstances. */
function withVerdictsOf(
  old: SigningRequest,
  next: SigningRequest,
  { minor }: RegistryContext,
): NonNullable<SigningRequest['status']> {
  const { conditions, ...status } = next.status ?? {}
  if (!has(minor, apiServer.requestConditionsAreChecked)) {
    const said = old.status?.conditions
    return said === undefined ? status : { ...status, conditions: said }
  }
  if (conditions === undefined) return status
  const kept = verdicts.filter((type) => ofType(old, type).length === ofType(next, type).length)
  const before = new Map(kept.map((type) => [type, [...ofType(old, type)]]))
  return { ...status, conditions: conditions.map((condition) => before.get(condition.type)?.shift() ?? condition) }
}

/** Source: populateConditionTimestamps. */
function timed(next: SigningRequest, old: SigningRequest, context: RegistryContext): SigningRequest {
  if (!has(context.minor, apiServer.requestConditionsAreChecked)) return next
  const now = rfc3339(nowMs(context))
  const conditions = next.status?.conditions?.map((condition) => {
    const same = ofType(old, condition.type).find(({ status }) => status === condition.status)
    return {
      ...condition,
      lastUpdateTime: condition.lastUpdateTime ?? now,
      lastTransitionTime: condition.lastTransitionTime ?? same?.lastTransitionTime ?? now,
    }
  })
  return conditions === undefined ? next : { ...next, status: { ...next.status, conditions } }
}

/** Source: validateCertificateSigningRequest. */
function validateRequest(v: Validator, { spec = {}, status = {} }: SigningRequest): void {
  validateSigningRequest(v, withoutNulls(spec))
  if (!has(v.minor, apiServer.requestConditionsAreChecked)) return
  const seen = new Set<string>()
  for (const [i, condition] of (status.conditions ?? []).entries()) {
    validateCondition(v, `status.conditions[${i}]`, condition, seen)
    seen.add(condition.type)
  }
}

const alwaysTrue: readonly string[] = ['Approved', 'Denied', 'Failed']

/** Source: validateConditions. */
function validateCondition(v: Validator, field: string, condition: SigningCondition, seen: ReadonlySet<string>): void {
  const { type, status = '' } = condition
  if (type === '') v.required(`${field}.type`)
  const allowed = alwaysTrue.includes(type) ? ['True'] : ['False', 'True', 'Unknown']
  if (status === '') v.required(`${field}.status`)
  else if (!allowed.includes(status)) v.notSupported(`${field}.status`, status, allowed)
  const opposite = type === 'Approved' ? 'Denied' : type === 'Denied' ? 'Approved' : ''
  if (seen.has(opposite)) v.invalid(`${field}.type`, type, 'Approved and Denied conditions are mutually exclusive')
  if (seen.has(type)) v.duplicate(`${field}.type`, type)
}

/** Source: validateCertificateSigningRequestUpdate. */
function validateChange(next: SigningRequest, old: SigningRequest, context: RegistryContext): readonly FieldError[] {
  return errorsOf(context, (v) => {
    validateRequest(v, next)
    if (!has(v.minor, apiServer.requestConditionsAreChecked)) return
    for (const type of alwaysTrue)
      if (ofType(next, type).length < ofType(old, type).length)
        v.forbidden('status.conditions', `updates may not remove a condition of type ${goQuote(type)}`)
  })
}

/** A status tells no verdict. Source: the same place, allowSettingApprovalConditions. */
function keepVerdicts(v: Validator, next: SigningRequest, old: SigningRequest): void {
  for (const type of verdicts)
    if (ofType(next, type).length > ofType(old, type).length)
      v.forbidden('status.conditions', `updates may not add a condition of type ${goQuote(type)}`)
}
