import { at, compareBytes, isObject, listAt, textAt } from '../../go/json.ts'
import type { Steps } from '../../kernel/steps.ts'
import { has } from '../../versions/changes.ts'
import { kubectl } from '../../versions/kubectl.ts'
import { CommandFailure } from '../cli/failure.ts'
import { rfc1123, since } from '../print/duration.ts'
import { formatMap } from '../print/table.ts'
import { type Describing, describeAnnotations, describeLabels, describeOwnEvents } from './common.ts'
import { describeAttributes, describeSource, isPlainVolume } from './volumes.ts'
import type { DescribeWriter } from './writer.ts'

/** Source: kubectl pkg/describe/describe.go, describePersistentVolume, describePersistentVolumeClaim, describeStorageClass. */

const betaClass = 'volume.beta.kubernetes.io/storage-class'

function className(object: unknown): string {
  return textAt(object, 'metadata', 'annotations', betaClass) || textAt(object, 'spec', 'storageClassName')
}

const modeNames = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
] as const

function modesText(modes: readonly unknown[], minor: number): string {
  return modeNames
    .filter(([mode, short]) => modes.includes(mode) && (short !== 'RWOP' || has(minor, kubectl.knowsReadWriteOncePod)))
    .map(([, short]) => short)
    .join(',')
}

function describeStatus({ session, w, object }: Describing): void {
  const deleted = textAt(object, 'metadata', 'deletionTimestamp')
  const lasts = `Terminating (lasts ${since(deleted, session.host.now())})`
  w.field(0, 'Status', deleted === '' ? textAt(object, 'status', 'phase') : lasts)
}

function describeFinalizers({ w, object }: Describing): void {
  w.field(0, 'Finalizers', `[${listAt(object, 'metadata', 'finalizers').join(' ')}]`)
}

function describeVolumeMode({ w, object }: Describing): void {
  const mode = textAt(object, 'spec', 'volumeMode')
  if (mode !== '') w.field(0, 'VolumeMode', mode)
}

export function* describeVolume(d: Describing): Steps<void> {
  const { session, w, object } = d
  w.field(0, 'Name', textAt(object, 'metadata', 'name'))
  describeLabels(w, 'Labels', at(object, 'metadata', 'labels'))
  describeAnnotations(session, w, 'Annotations', at(object, 'metadata', 'annotations'))
  describeFinalizers(d)
  w.field(0, 'StorageClass', className(object))
  describeStatus(d)
  const claim = at(object, 'spec', 'claimRef')
  w.field(0, 'Claim', claim === undefined ? '' : `${textAt(claim, 'namespace')}/${textAt(claim, 'name')}`)
  w.field(0, 'Reclaim Policy', textAt(object, 'spec', 'persistentVolumeReclaimPolicy'))
  w.field(0, 'Access Modes', modesText(listAt(object, 'spec', 'accessModes'), session.version.minor))
  describeVolumeMode(d)
  w.field(0, 'Capacity', textAt(object, 'spec', 'capacity', 'storage') || '0')
  describeNodeAffinity(w, at(object, 'spec', 'nodeAffinity', 'required'))
  w.field(0, 'Message', textAt(object, 'status', 'message'))
  w.line(0, 'Source:')
  describeVolumeSource(d)
  yield* describeOwnEvents(d, { namespace: '' })
}

function describeNodeAffinity(w: DescribeWriter, required: unknown): void {
  w.write(0, 'Node Affinity:\t')
  if (!isObject(required)) {
    w.line(0, '<none>')
    return
  }
  const terms = listAt(required, 'nodeSelectorTerms')
  w.line(0, '')
  w.write(1, 'Required Terms:\t')
  w.line(0, terms.length === 0 ? '<none>' : '')
  terms.forEach((term, i) => {
    describeTerm(w, 2, i, listAt(term, 'matchExpressions'), (expression) => textAt(expression, 'operator'))
  })
}

function describeTerm(
  w: DescribeWriter,
  level: number,
  index: number,
  expressions: readonly unknown[],
  operatorOf: (expression: unknown) => string,
): void {
  w.write(level, `Term ${index}:\t`)
  if (expressions.length === 0) w.line(0, '<none>')
  expressions.forEach((expression, i) => {
    if (i !== 0) w.write(level, '\t')
    const values = listAt(expression, 'values')
    const range = values.length === 0 ? '' : ` [${values.join(', ')}]`
    w.line(0, `${textAt(expression, 'key')} ${operatorOf(expression).toLowerCase()}${range}`)
  })
}

function describeVolumeSource({ session, w, object }: Describing): void {
  const spec = at(object, 'spec')
  const local = at(spec, 'local')
  const csi = at(spec, 'csi')
  const kind = isObject(spec) ? Object.keys(spec).find((key) => key === 'hostPath' || isPlainVolume(key)) : undefined
  if (csi !== undefined) {
    w.field(2, 'Type', 'CSI (a Container Storage Interface (CSI) volume source)')
    w.field(2, 'Driver', textAt(csi, 'driver'))
    w.field(2, 'FSType', textAt(csi, 'fsType'))
    w.field(2, 'VolumeHandle', textAt(csi, 'volumeHandle'))
    w.field(2, 'ReadOnly', at(csi, 'readOnly') === true)
    describeAttributes(w, csi)
  } else if (local !== undefined) {
    w.field(2, 'Type', 'LocalVolume (a persistent volume backed by local storage on a node)')
    w.field(2, 'Path', textAt(local, 'path'))
  } else describeSource(session, w, kind === undefined ? {} : { [kind]: at(spec, kind) })
}

export function* describeClaim(d: Describing): Steps<void> {
  const { session, w, object } = d
  w.field(0, 'Name', textAt(object, 'metadata', 'name'))
  w.field(0, 'Namespace', textAt(object, 'metadata', 'namespace'))
  w.field(0, 'StorageClass', className(object))
  describeStatus(d)
  const volume = textAt(object, 'spec', 'volumeName')
  w.field(0, 'Volume', volume)
  describeLabels(w, 'Labels', at(object, 'metadata', 'labels'))
  describeAnnotations(session, w, 'Annotations', at(object, 'metadata', 'annotations'))
  describeFinalizers(d)
  const isBound = volume !== ''
  w.field(0, 'Capacity', isBound ? textAt(object, 'status', 'capacity', 'storage') || '0' : '')
  const modes = isBound ? listAt(object, 'status', 'accessModes') : []
  w.field(0, 'Access Modes', modesText(modes, session.version.minor))
  describeVolumeMode(d)
  describeDataSource(d)
  yield* describeUsers(d)
  describeClaimConditions(d)
  yield* describeOwnEvents(d)
}

function describeDataSource({ w, object }: Describing): void {
  const source = at(object, 'spec', 'dataSource')
  if (source === undefined) return
  w.line(0, 'DataSource:')
  if (at(source, 'apiGroup') !== undefined) w.field(1, 'APIGroup', textAt(source, 'apiGroup'))
  w.field(1, 'Kind', textAt(source, 'kind'))
  w.field(1, 'Name', textAt(source, 'name'))
}

/** The Pods that name the claim in a volume. */
function* describeUsers({ session, w, object }: Describing): Steps<void> {
  const path = `/api/v1/namespaces/${textAt(object, 'metadata', 'namespace')}/pods`
  const answer = yield* session.rest.tryRequest('GET', path)
  if (!answer.ok) throw new CommandFailure(answer.failure)
  const claim = textAt(object, 'metadata', 'name')
  const names = listAt(answer.value, 'items')
    .filter((pod) =>
      listAt(pod, 'spec', 'volumes').some((one) => textAt(one, 'persistentVolumeClaim', 'claimName') === claim),
    )
    .map((pod) => textAt(pod, 'metadata', 'name'))
    .sort(compareBytes)
  w.write(0, `${session.version.saysUsedBy ? 'Used By' : 'Mounted By'}:\t`)
  w.line(0, names.length === 0 ? '<none>' : names.join('\n\t'))
}

function describeClaimConditions({ w, object }: Describing): void {
  const conditions = listAt(object, 'status', 'conditions')
  if (conditions.length === 0) return
  w.line(0, 'Conditions:')
  w.line(1, 'Type\tStatus\tLastProbeTime\tLastTransitionTime\tReason\tMessage')
  w.line(1, '----\t------\t-----------------\t------------------\t------\t-------')
  for (const c of conditions) {
    const times = ['lastProbeTime', 'lastTransitionTime'].map((field) => rfc1123(at(c, field)))
    const cells = [textAt(c, 'type'), textAt(c, 'status'), ...times, textAt(c, 'reason'), textAt(c, 'message')]
    w.line(1, cells.join(' \t'))
  }
}

export function* describeStorageClass(d: Describing): Steps<void> {
  const { w, object } = d
  const isDefault = ['storageclass', 'storageclass.beta'].some(
    (prefix) => textAt(object, 'metadata', 'annotations', `${prefix}.kubernetes.io/is-default-class`) === 'true',
  )
  w.field(0, 'Name', textAt(object, 'metadata', 'name'))
  w.field(0, 'IsDefaultClass', isDefault ? 'Yes' : 'No')
  w.field(0, 'Annotations', formatMap(at(object, 'metadata', 'annotations')))
  w.field(0, 'Provisioner', textAt(object, 'provisioner'))
  w.field(0, 'Parameters', formatMap(at(object, 'parameters')))
  const expands = at(object, 'allowVolumeExpansion')
  w.field(0, 'AllowVolumeExpansion', expands === undefined ? '<unset>' : expands === true ? 'True' : 'False')
  const options = listAt(object, 'mountOptions')
  w.line(0, options.length === 0 ? 'MountOptions:\t<none>' : 'MountOptions:')
  for (const option of options) w.line(1, String(option))
  for (const [label, field] of [
    ['ReclaimPolicy', 'reclaimPolicy'],
    ['VolumeBindingMode', 'volumeBindingMode'],
  ] as const) {
    if (at(object, field) !== undefined) w.field(0, label, textAt(object, field))
  }
  const topologies = listAt(object, 'allowedTopologies')
  if (topologies.length > 0) w.line(0, 'AllowedTopologies:\t')
  topologies.forEach((term, i) => {
    describeTerm(w, 1, i, listAt(term, 'matchLabelExpressions'), () => 'in')
  })
  yield* describeOwnEvents(d, { namespace: '' })
}
