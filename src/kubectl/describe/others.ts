import { fromBase64, utf8Text } from '../../bytes/bytes.ts'
import { at, compareBytes, isObject, listAt, numberAt, objectAt, sortedEntries, textAt } from '../../go/json.ts'
import type { Steps } from '../../kernel/steps.ts'
import { CommandFailure, isReason } from '../cli/failure.ts'
import type { Session } from '../cli/session.ts'
import { formatMap } from '../print/table.ts'
import { type Describing, describeHead, describeMeta, describeOwnEvents } from './common.ts'
import { serviceAddresses } from './endpoints.ts'
import { formatLabelSelector } from './selectors.ts'
import type { DescribeWriter } from './writer.ts'

/** Source: kubectl pkg/describe/describe.go. */

export function describeSecret(d: Describing): undefined {
  const { w, object } = d
  describeHead(d)
  const type = textAt(object, 'type')
  w.line(0, `\nType:\t${type}`)
  w.line(0, '\nData\n====')
  // A real kubectl before 1.34 walks a Go map here, in no order at all.
  for (const [key, value] of sortedEntries(object, 'data')) {
    const bytes = fromBase64(value) ?? new Uint8Array()
    const isToken = key === 'token' && type === 'kubernetes.io/service-account-token'
    w.field(0, key, isToken ? utf8Text(bytes) : `${bytes.length} bytes`)
  }
}

export function* describeConfigMap(d: Describing): Steps<void> {
  const { session, w, object } = d
  describeHead(d)
  w.line(0, '\nData\n====')
  const modern = session.version.describesBinaryData
  for (const [key, value] of sortedEntries(object, 'data'))
    w.line(0, `${key}:\n----\n${value}${session.version.blankAfterValues ? '\n' : ''}`)
  if (modern) {
    w.line(0, '\nBinaryData\n====')
    for (const [key, value] of sortedEntries(object, 'binaryData')) {
      w.line(0, `${key}: ${(fromBase64(value) ?? new Uint8Array()).length} bytes`)
    }
    w.line(0, '')
  }
  yield* describeOwnEvents(d)
}

export function* describeServiceAccount(d: Describing): Steps<void> {
  const { session, w, object } = d
  describeHead(d)
  const namespace = textAt(object, 'metadata', 'namespace')
  const names = (field: string): readonly string[] =>
    listAt(object, field).map((reference) => textAt(reference, 'name'))
  if (session.version.accountsWithoutTokens) {
    describeNames(w, 'Image pull secrets:', names('imagePullSecrets'), new Set())
    yield* describeOwnEvents(d)
    return
  }
  const answer = yield* session.rest.tryRequest('GET', `/api/v1/namespaces/${namespace}/secrets`)
  const secrets = answer.ok ? listAt(answer.value, 'items') : []
  const existing = new Set(secrets.map((secret) => textAt(secret, 'metadata', 'name')))
  const tokens = secrets.filter(
    (secret) =>
      textAt(secret, 'type') === 'kubernetes.io/service-account-token' &&
      textAt(secret, 'metadata', 'annotations', 'kubernetes.io/service-account.name') ===
        textAt(object, 'metadata', 'name') &&
      textAt(secret, 'metadata', 'annotations', 'kubernetes.io/service-account.uid') ===
        textAt(object, 'metadata', 'uid'),
  )
  const wanted = [...names('secrets'), ...names('imagePullSecrets')]
  const missing = new Set(answer.ok ? wanted.filter((name) => !existing.has(name)) : [])
  describeNames(w, 'Image pull secrets:', names('imagePullSecrets'), missing)
  describeNames(w, 'Mountable secrets: ', names('secrets'), missing)
  describeNames(
    w,
    'Tokens:            ',
    tokens.map((secret) => textAt(secret, 'metadata', 'name')),
    missing,
  )
  yield* describeOwnEvents(d)
}

function describeNames(
  w: DescribeWriter,
  header: string,
  names: readonly string[],
  missing: ReadonlySet<string>,
): void {
  if (names.length === 0) w.line(0, `${header}\t<none>`)
  names.forEach((name, i) => {
    w.line(0, `${i === 0 ? header : ' '.repeat(header.length)}\t${name}${missing.has(name) ? ' (not found)' : ''}`)
  })
}

/** All of a namespace; undefined where the server knows no such resource. */
function* listServed(session: Session, namespace: string, resource: string): Steps<readonly unknown[] | undefined> {
  const answer = yield* session.rest.tryRequest('GET', `/api/v1/namespaces/${namespace}/${resource}`)
  if (answer.ok) return listAt(answer.value, 'items')
  if (isReason(answer.failure, 'NotFound')) return undefined
  throw new CommandFailure(answer.failure)
}

export function* describeNamespace(d: Describing): Steps<void> {
  const { session, w, object } = d
  const name = textAt(object, 'metadata', 'name')
  w.field(0, 'Name', name)
  describeMeta(d)
  w.field(0, 'Status', textAt(object, 'status', 'phase'))
  const quotas = yield* listServed(session, name, 'resourcequotas')
  const ranges = yield* listServed(session, name, 'limitranges')
  if (session.version.describesNamespaceConditions) describeNamespaceConditions(w, object)
  if (quotas !== undefined) {
    w.line(0, '')
    describeQuotas(w, quotas)
  }
  if (ranges !== undefined) {
    w.line(0, '')
    describeLimitRanges(w, ranges)
  }
}

function describeNamespaceConditions(w: DescribeWriter, object: unknown): void {
  const conditions = listAt(object, 'status', 'conditions')
  if (conditions.length === 0) return
  w.line(0, 'Conditions:')
  w.line(1, 'Type\tStatus\tLastTransitionTime\tReason\tMessage')
  w.line(1, '----\t------\t------------------\t------\t-------')
  for (const c of conditions) {
    w.line(1, ['type', 'status', 'lastTransitionTime', 'reason', 'message'].map((field) => textAt(c, field)).join('\t'))
  }
}

function describeQuotas(w: DescribeWriter, quotas: readonly unknown[]): void {
  if (quotas.length === 0) {
    w.line(0, 'No resource quota.')
    return
  }
  w.write(0, 'Resource Quotas')
  const name = (quota: unknown): string => textAt(quota, 'metadata', 'name')
  for (const quota of [...quotas].sort((a, b) => compareBytes(name(a), name(b)))) {
    w.line(0, `\n Name:\t${name(quota)}`)
    describeScopes(w, quota, ' ')
    w.line(0, ' Resource\tUsed\tHard')
    w.line(0, ' --------\t---\t---')
    for (const [resource, hard] of sortedEntries(quota, 'status', 'hard')) {
      w.line(0, ` ${resource}\t${textAt(quota, 'status', 'used', resource) || '0'}\t${hard}`)
    }
  }
}

const scopeHelp: Readonly<Record<string, string>> = {
  Terminating:
    'Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system.',
  NotTerminating:
    'Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.',
  BestEffort:
    'Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.',
  NotBestEffort:
    'Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service.',
}

function describeScopes(w: DescribeWriter, quota: unknown, indent: string): void {
  const scopes = listAt(quota, 'spec', 'scopes').map(String).sort(compareBytes)
  if (scopes.length === 0) return
  w.line(0, `${indent}Scopes:\t${scopes.join(', ')}`)
  for (const scope of scopes) if (scopeHelp[scope] !== undefined) w.line(0, `${indent} * ${scopeHelp[scope]}`)
}

export function describeQuota(d: Describing): undefined {
  const { w, object } = d
  w.field(0, 'Name', textAt(object, 'metadata', 'name'))
  w.field(0, 'Namespace', textAt(object, 'metadata', 'namespace'))
  describeScopes(w, object, '')
  w.line(0, 'Resource\tUsed\tHard')
  w.line(0, '--------\t----\t----')
  for (const [resource, hard] of sortedEntries(object, 'status', 'hard')) {
    w.line(0, `${resource}\t${textAt(object, 'status', 'used', resource) || '0'}\t${hard}`)
  }
}

function describeLimitRanges(w: DescribeWriter, ranges: readonly unknown[]): void {
  if (ranges.length === 0) {
    w.line(0, 'No LimitRange resource.')
    return
  }
  w.line(0, 'Resource Limits\n Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio')
  w.line(0, ' ----\t--------\t---\t---\t---------------\t-------------\t-----------------------')
  for (const range of ranges) describeLimits(w, range, ' ')
}

function describeLimits(w: DescribeWriter, range: unknown, prefix: string): void {
  const kinds = ['min', 'max', 'defaultRequest', 'default', 'maxLimitRequestRatio'] as const
  for (const item of listAt(range, 'spec', 'limits')) {
    const names = new Set(kinds.flatMap((kind) => Object.keys(objectAt(item, kind))))
    for (const name of [...names].sort(compareBytes)) {
      const cells = kinds.map((kind) => textAt(item, kind, name) || '-')
      w.line(0, [`${prefix}${textAt(item, 'type')}`, name, ...cells].join('\t'))
    }
  }
}

export function describeLimitRange(d: Describing): undefined {
  const { w, object } = d
  w.field(0, 'Name', textAt(object, 'metadata', 'name'))
  w.field(0, 'Namespace', textAt(object, 'metadata', 'namespace'))
  w.line(0, 'Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio')
  w.line(0, '----\t--------\t---\t---\t---------------\t-------------\t-----------------------')
  describeLimits(w, object, '')
}

export function* describeService(d: Describing): Steps<void> {
  const { session, w, object } = d
  const modern = session.version.describesIPFamilies
  describeHead(d)
  w.field(0, 'Selector', formatMap(at(object, 'spec', 'selector')))
  w.field(0, 'Type', textAt(object, 'spec', 'type'))
  const families = listAt(object, 'spec', 'ipFamilies')
  const addresses = listAt(object, 'spec', 'clusterIPs')
  if (modern) {
    const policy = textAt(object, 'spec', 'ipFamilyPolicy')
    if (policy !== '') w.field(0, 'IP Family Policy', policy)
    w.field(0, 'IP Families', families.join(',') || '<none>')
  }
  w.field(0, 'IP', textAt(object, 'spec', 'clusterIP'))
  if (modern) w.field(0, 'IPs', addresses.join(',') || '<none>')
  for (const [label, field] of [
    ['External IPs', 'externalIPs'],
    [session.version.saysDesiredLoadBalancerIP ? 'Desired LoadBalancer IP' : 'IP', 'loadBalancerIP'],
    ['External Name', 'externalName'],
  ] as const) {
    const value = at(object, 'spec', field)
    const text = Array.isArray(value) ? value.join(',') : textAt(object, 'spec', field)
    if (text !== '') w.field(0, label, text)
  }
  const ingress = listAt(object, 'status', 'loadBalancer', 'ingress').map(
    (one) => textAt(one, 'ip') || textAt(one, 'hostname'),
  )
  if (ingress.length > 0) w.field(0, 'LoadBalancer Ingress', ingress.join(', '))
  yield* describePorts(d)
  w.field(0, 'Session Affinity', textAt(object, 'spec', 'sessionAffinity'))
  const policy = textAt(object, 'spec', 'externalTrafficPolicy')
  if (policy !== '') w.field(0, 'External Traffic Policy', policy)
  const internal = textAt(object, 'spec', 'internalTrafficPolicy')
  if (internal !== '' && session.version.describesInternalTrafficPolicy) w.field(0, 'Internal Traffic Policy', internal)
  yield* describeOwnEvents(d)
}

function* describePorts({ session, w, object }: Describing): Steps<void> {
  const addresses = yield* serviceAddresses(
    session,
    textAt(object, 'metadata', 'namespace'),
    textAt(object, 'metadata', 'name'),
  )
  for (const port of listAt(object, 'spec', 'ports')) {
    const [name, protocol] = [textAt(port, 'name'), textAt(port, 'protocol')]
    w.line(0, `Port:\t${name || '<unset>'}\t${numberAt(port, ['port'])}/${protocol}`)
    w.field(0, 'TargetPort', `${textAt(port, 'targetPort')}/${protocol}`)
    const nodePort = numberAt(port, ['nodePort'])
    if (nodePort !== 0) w.line(0, `NodePort:\t${name || '<unset>'}\t${nodePort}/${protocol}`)
    w.field(0, 'Endpoints', addresses.of(name))
  }
}

export function* describePdb(d: Describing): Steps<void> {
  const { w, object } = d
  w.field(0, 'Name', textAt(object, 'metadata', 'name'))
  w.field(0, 'Namespace', textAt(object, 'metadata', 'namespace'))
  const [min, max] = [textAt(object, 'spec', 'minAvailable'), textAt(object, 'spec', 'maxUnavailable')]
  if (min !== '') w.field(0, 'Min available', min)
  else if (max !== '') w.field(0, 'Max unavailable', max)
  const selector = at(object, 'spec', 'selector')
  w.field(0, 'Selector', isObject(selector) ? formatLabelSelector(selector) : '<unset>')
  w.line(0, 'Status:')
  for (const [label, field] of [
    ['Allowed disruptions', 'disruptionsAllowed'],
    ['Current', 'currentHealthy'],
    ['Desired', 'desiredHealthy'],
    ['Total', 'expectedPods'],
  ] as const) {
    w.field(2, label, numberAt(object, ['status', field]))
  }
  yield* describeOwnEvents(d)
}

export function* describePriorityClass(d: Describing): Steps<void> {
  const { session, w, object } = d
  w.field(0, 'Name', textAt(object, 'metadata', 'name'))
  w.field(0, 'Value', numberAt(object, ['value']))
  w.field(0, 'GlobalDefault', at(object, 'globalDefault') === true)
  if (session.version.describesPreemptionPolicy) w.field(0, 'PreemptionPolicy', textAt(object, 'preemptionPolicy'))
  w.field(0, 'Description', textAt(object, 'description'))
  w.field(0, 'Annotations', formatMap(at(object, 'metadata', 'annotations')))
  yield* describeOwnEvents(d, { namespace: '' })
}
