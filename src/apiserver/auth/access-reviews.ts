import { member } from '../../api/pod-references.ts'
import { semanticallyEqual } from '../../api/semantic-equality.ts'
import { badRequest, invalidStatus } from '../../api/status.ts'
import type { KubeObject, Status } from '../../api/types/meta.ts'
import { type FieldError, invalid } from '../../api/validation/field-errors.ts'
import type { UserInfo } from '../../client/client.ts'
import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import type { CallAnswer, RegistryAccess, Strategy, SubresourceCall } from '../registry/strategy.ts'
import { apiServerFact } from '../version-facts.ts'
import type { AuthorizationAttributes, Authorizer } from './authorizer.ts'
import type { RbacIndex } from './rbac-index.ts'

const group = 'authorization.k8s.io'
const exactlyOne = 'exactly one of nonResourceAttributes or resourceAttributes must be specified'

/**
 * The questions about rights: resources that can be created only, and answer instead of being stored.
 * Source: pkg/registry/authorization/{selfsubjectaccessreview,subjectaccessreview,localsubjectaccessreview,
 * selfsubjectrulesreview}/rest.go.
 */
export function accessReviewStrategies(authorizer: Authorizer, index: RbacIndex): readonly Strategy[] {
  const review = (object: KubeObject, user: UserInfo): CallAnswer =>
    answered({ ...object, status: decide(object, user) })
  const decide = (object: KubeObject, user: UserInfo) => {
    const decision = authorizer.authorize(attributesOf(member(object, 'spec'), user))
    const why = decision.decision === 'allow' ? (decision.why?.() ?? '') : decision.reason
    const reason = why === '' ? {} : { reason: why }
    const denied = decision.decision === 'deny' ? { denied: true } : {}
    return { allowed: decision.decision === 'allow', ...denied, ...reason }
  }
  return [
    question(
      'selfsubjectaccessreviews',
      'SelfSubjectAccessReview',
      false,
      (object, { user }, { context: { minor } }) => {
        const errors = [...attributesErrors(object, minor), ...metadataErrors(object, 'must be empty')]
        return errors.length > 0 ? refused(errors) : review(object, user)
      },
    ),
    question('subjectaccessreviews', 'SubjectAccessReview', false, (object, _call, { context: { minor } }) => {
      const errors = [
        ...attributesErrors(object, minor),
        ...subjectErrors(object),
        ...metadataErrors(object, 'must be empty'),
      ]
      return errors.length > 0 ? refused(errors) : review(object, subjectOf(object))
    }),
    question(
      'localsubjectaccessreviews',
      'LocalSubjectAccessReview',
      true,
      (object, { namespace }, { context: { minor } }) => {
        const errors = [...attributesErrors(object, minor), ...subjectErrors(object), ...localErrors(object)]
        if (errors.length > 0) return refused(errors)
        if (namespace !== (object.metadata.namespace ?? '')) {
          return failed(badRequest(`spec.resourceAttributes.namespace must match namespace: ${namespace}`))
        }
        return review(object, subjectOf(object))
      },
    ),
    question('selfsubjectrulesreviews', 'SelfSubjectRulesReview', false, (object, { user }, { context: { minor } }) => {
      const namespace = member(member(object, 'spec'), 'namespace')
      if (typeof namespace !== 'string' || namespace === '') return failed(badRequest('no namespace on request'))
      return answered({
        ...object,
        metadata: emptyMetadata(minor),
        spec: {},
        status: rulesStatus(index, user, namespace),
      })
    }),
  ]
}

type Answer = (object: KubeObject, call: SubresourceCall, registry: RegistryAccess) => CallAnswer

/** Up to v1.33 the wire has `creationTimestamp: null` here; the type wants a name, which these objects do not have. */
function emptyMetadata(minor: number): KubeObject['metadata'] {
  return (apiServerFact('omitsEmptyTimes', minor)
    ? {}
    : { creationTimestamp: null }) as unknown as KubeObject['metadata']
}

function question(resource: string, kind: string, namespaced: boolean, answer: Answer): Strategy {
  return { resource: { group, version: 'v1', resource }, kind, namespaced, answerCreate: answer }
}

/** The rules as a review lists them. `evaluationError` tells of bindings to missing roles. */
function rulesStatus(index: RbacIndex, user: UserInfo, namespace: string): object {
  const { rules, errors } = index.rulesFor(user, namespace)
  const resourceRules: object[] = []
  const nonResourceRules: object[] = []
  for (const { rule } of rules) {
    const { verbs = [], apiGroups, resources = [], resourceNames = [], nonResourceURLs = [] } = rule
    if (resources.length > 0) {
      const names = resourceNames.length > 0 ? { resourceNames } : {}
      resourceRules.push({ verbs, apiGroups, resources, ...names })
    }
    if (nonResourceURLs.length > 0) nonResourceRules.push({ verbs, nonResourceURLs })
  }
  const distinct = [...new Set(errors)]
  const text = distinct.length > 1 ? `[${distinct.join(', ')}]` : distinct[0]
  const evaluation = text === undefined ? {} : { evaluationError: text }
  return { resourceRules, nonResourceRules, incomplete: false, ...evaluation }
}

function attributesOf(spec: unknown, user: UserInfo): AuthorizationAttributes {
  const wanted = member(spec, 'resourceAttributes')
  const source = wanted ?? member(spec, 'nonResourceAttributes')
  const text = (key: string) => {
    const value = member(source, key)
    return typeof value === 'string' ? value : ''
  }
  return {
    user,
    verb: text('verb'),
    resourceRequest: isGiven(wanted),
    group: text('group'),
    version: text('version'),
    resource: text('resource'),
    subresource: text('subresource'),
    namespace: text('namespace'),
    name: text('name'),
    path: text('path'),
  }
}

function subjectOf(object: KubeObject): UserInfo {
  const spec = member(object, 'spec')
  const name = member(spec, 'user')
  // v1beta1 calls the list `group`.
  const groups = member(spec, 'groups') ?? member(spec, 'group')
  const isText = (value: unknown) => typeof value === 'string'
  return {
    name: typeof name === 'string' ? name : '',
    groups: Array.isArray(groups) ? groups.filter(isText) : [],
  }
}

/** Source: pkg/apis/authorization/validation/validation.go. */
function attributesErrors(object: KubeObject, minor: number): readonly FieldError[] {
  const spec = member(object, 'spec')
  const hasResource = isGiven(member(spec, 'resourceAttributes'))
  const paths = member(spec, 'nonResourceAttributes')
  if (hasResource && isGiven(paths)) {
    const detail = 'cannot be specified in combination with resourceAttributes'
    return [invalid('spec.nonResourceAttributes', paths, detail)]
  }
  if (!hasResource && !isGiven(paths)) {
    const shown = has(minor, apiServer.showsValuesAsJson) ? 'null' : '"null"'
    const body = `Invalid value: ${shown}: ${exactlyOne}`
    return [{ type: 'FieldValueInvalid', field: 'spec.resourceAttributes', body }]
  }
  return []
}

function subjectErrors(object: KubeObject): readonly FieldError[] {
  const { name, groups } = subjectOf(object)
  if (name !== '' || groups.length > 0) return []
  return [invalid('spec.user', '', 'at least one of user or group must be specified')]
}

function metadataErrors(object: KubeObject, detail: string, ignored: object = {}): readonly FieldError[] {
  const rest = { ...object.metadata, managedFields: undefined, name: object.metadata?.name || undefined, ...ignored }
  return semanticallyEqual(rest, {}) || Object.values(rest).every((value) => value === undefined || value === null)
    ? []
    : [invalid('metadata', object.metadata, detail)]
}

function localErrors(object: KubeObject): readonly FieldError[] {
  const errors = [...metadataErrors(object, 'must be empty except for namespace', { namespace: undefined })]
  const spec = member(object, 'spec')
  const wanted = member(spec, 'resourceAttributes')
  const namespace = member(wanted, 'namespace') ?? ''
  if (isGiven(wanted) && namespace !== (object.metadata.namespace ?? '')) {
    errors.push(invalid('spec.resourceAttributes.namespace', namespace, 'must match metadata.namespace'))
  }
  const paths = member(spec, 'nonResourceAttributes')
  if (isGiven(paths)) {
    errors.push(invalid('spec.nonResourceAttributes', paths, 'disallowed on this kind of request'))
  }
  return errors
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null
}

function answered(object: KubeObject & Readonly<Record<string, unknown>>): CallAnswer {
  return { ok: true, code: 201, object }
}

/** The internal object has lost its kind by then. Source: pkg/registry/authorization/subjectaccessreview/rest.go. */
function refused(errors: readonly FieldError[]): CallAnswer {
  return failed(invalidStatus({ group, kind: '' }, '', errors))
}

function failed(status: Status): CallAnswer {
  return { ok: false, status }
}
