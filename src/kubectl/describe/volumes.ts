import { at, compareBytes, isObject, listAt, sortedEntries, textAt } from '../../go/json.ts'
import { goValueText } from '../../go/value-text.ts'
import type { Session } from '../cli/session.ts'
import type { DescribeWriter } from './writer.ts'

/** `  Label:` of a volume and the field it shows. */
type Shown = readonly [label: string, field: string]

interface VolumeKind {
  readonly type: string
  readonly fields: readonly Shown[]
}

/** Volumes that are shown field by field. Source: kubectl pkg/describe/describe.go, print...VolumeSource. */
const plainVolumes: Readonly<Record<string, VolumeKind>> = {
  gcePersistentDisk: {
    type: 'GCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)',
    fields: [
      ['PDName', 'pdName'],
      ['FSType', 'fsType'],
      ['Partition', 'partition:0'],
      ['ReadOnly', 'readOnly:false'],
    ],
  },
  awsElasticBlockStore: {
    type: 'AWSElasticBlockStore (a Persistent Disk resource in AWS)',
    fields: [
      ['VolumeID', 'volumeID'],
      ['FSType', 'fsType'],
      ['Partition', 'partition:0'],
      ['ReadOnly', 'readOnly:false'],
    ],
  },
  gitRepo: {
    type: 'GitRepo (a volume that is pulled from git when the pod is created)',
    fields: [
      ['Repository', 'repository'],
      ['Revision', 'revision'],
    ],
  },
  nfs: {
    type: 'NFS (an NFS mount that lasts the lifetime of a pod)',
    fields: [
      ['Server', 'server'],
      ['Path', 'path'],
      ['ReadOnly', 'readOnly:false'],
    ],
  },
  glusterfs: {
    type: "Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)",
    fields: [
      ['EndpointsName', 'endpoints'],
      ['Path', 'path'],
      ['ReadOnly', 'readOnly:false'],
    ],
  },
  persistentVolumeClaim: {
    type: 'PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)',
    fields: [
      ['ClaimName', 'claimName'],
      ['ReadOnly', 'readOnly:false'],
    ],
  },
  quobyte: {
    type: "Quobyte (a Quobyte mount on the host that shares a pod's lifetime)",
    fields: [
      ['Registry', 'registry'],
      ['Volume', 'volume'],
      ['ReadOnly', 'readOnly:false'],
    ],
  },
  portworxVolume: { type: 'PortworxVolume (a Portworx Volume resource)', fields: [['VolumeID', 'volumeID']] },
  flocker: {
    type: 'Flocker (a Flocker volume mounted by the Flocker agent)',
    fields: [
      ['DatasetName', 'datasetName'],
      ['DatasetUUID', 'datasetUUID'],
    ],
  },
  csi: {
    type: 'CSI (a Container Storage Interface (CSI) volume source)',
    fields: [
      ['Driver', 'driver'],
      ['FSType', 'fsType'],
      ['ReadOnly', 'readOnly:false'],
    ],
  },
}

export function describeVolumes(session: Session, w: DescribeWriter, volumes: readonly unknown[], space: string): void {
  if (volumes.length === 0) {
    w.line(0, `${space}Volumes:\t<none>`)
    return
  }
  w.line(0, `${space}Volumes:`)
  for (const volume of volumes) {
    w.line(1, `${space === '' ? '' : ' '}${textAt(volume, 'name')}:`)
    describeSource(session, w, volume)
  }
}

export function isPlainVolume(kind: string): boolean {
  return Object.hasOwn(plainVolumes, kind) && kind !== 'glusterfs'
}

export function describeSource(session: Session, w: DescribeWriter, volume: unknown): void {
  const kind = isObject(volume) ? Object.keys(volume).find((key) => key !== 'name' && isObject(volume[key])) : undefined
  const source = at(volume, kind ?? '')
  const plain = plainVolumes[kind ?? '']
  if (plain !== undefined) {
    w.field(2, 'Type', plain.type)
    for (const [label, field] of plain.fields) {
      const [name = '', fallback = ''] = field.split(':')
      w.field(2, label, textAt(source, name) || fallback)
    }
    if (kind === 'csi') describeAttributes(w, source)
    return
  }
  switch (kind) {
    case 'hostPath':
      w.field(2, 'Type', 'HostPath (bare host directory volume)')
      w.field(2, 'Path', textAt(source, 'path'))
      w.field(2, 'HostPathType', at(source, 'type') === undefined ? '<none>' : textAt(source, 'type'))
      return
    case 'emptyDir':
      w.field(2, 'Type', "EmptyDir (a temporary directory that shares a pod's lifetime)")
      w.field(2, 'Medium', textAt(source, 'medium'))
      w.field(2, 'SizeLimit', textAt(source, 'sizeLimit') || '<unset>')
      return
    case 'secret':
      w.field(2, 'Type', 'Secret (a volume populated by a Secret)')
      w.field(2, 'SecretName', textAt(source, 'secretName'))
      w.field(2, 'Optional', at(source, 'optional') === true)
      return
    case 'configMap':
      w.field(2, 'Type', 'ConfigMap (a volume populated by a ConfigMap)')
      w.field(2, 'Name', textAt(source, 'name'))
      w.field(2, 'Optional', at(source, 'optional') === true)
      return
    case 'projected':
      describeProjected(session, w, source)
      return
    case 'downwardAPI':
      w.field(2, 'Type', 'DownwardAPI (a volume populated by information about the pod)')
      w.line(2, 'Items:')
      for (const item of listAt(source, 'items')) {
        const from = textAt(item, 'fieldRef', 'fieldPath') || textAt(item, 'resourceFieldRef', 'resource')
        w.line(3, `${from} -> ${textAt(item, 'path')}`)
      }
      return
    default:
      w.line(1, '<unknown>')
  }
}

export function describeAttributes(w: DescribeWriter, source: unknown): void {
  const entries = sortedEntries(source, 'volumeAttributes')
  w.write(2, 'VolumeAttributes:\t')
  if (entries.length === 0) w.line(2, '<none>')
  entries.forEach(([key, value], i) => {
    w.line(2, `${i === 0 ? '' : '\t'}${key}=${value}`)
  })
}

/** Up to 1.32 a pointer is printed where it is set. Any text may stand there; ours is always the same. */
const somePointer = '0xc000000000'

function describeProjected(session: Session, w: DescribeWriter, source: unknown): void {
  const pointers = !session.version.tellsProjectedOptional
  const optional = (projection: unknown): string => {
    const value = at(projection, 'optional')
    if (!pointers) return String(value === true)
    return value === undefined ? goValueText(null) : somePointer
  }
  w.field(2, 'Type', 'Projected (a volume that contains injected data from multiple sources)')
  for (const one of listAt(source, 'sources')) {
    const [secret, configMap, token] = [at(one, 'secret'), at(one, 'configMap'), at(one, 'serviceAccountToken')]
    if (secret !== undefined) {
      w.field(2, 'SecretName', textAt(secret, 'name'))
      w.field(2, pointers ? 'SecretOptionalName' : 'Optional', optional(secret))
    } else if (at(one, 'downwardAPI') !== undefined) w.field(2, 'DownwardAPI', 'true')
    else if (configMap !== undefined) {
      w.field(2, 'ConfigMapName', textAt(configMap, 'name'))
      w.field(2, pointers ? 'ConfigMapOptional' : 'Optional', optional(configMap))
    } else if (token !== undefined) w.field(2, 'TokenExpirationSeconds', textAt(token, 'expirationSeconds'))
  }
}

export function byPath(field: string): (a: unknown, b: unknown) => number {
  return (a, b) => compareBytes(textAt(a, field), textAt(b, field))
}
