import { describe, expect, test } from 'vitest'
import { createSim, type SimOptions } from '../../src/index.ts'

const storageClass = (mode = 'Immediate', more = '') => `
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: disks, annotations: { storageclass.kubernetes.io/is-default-class: "true" } }
provisioner: disks.example.com
volumeBindingMode: ${mode}
${more}
---`
const claim = (name: string) => `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: ${name} }
spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
---`
const pod = (name: string, claimName: string, more = '') => `
apiVersion: v1
kind: Pod
metadata: { name: ${name} }
spec:
  ${more}
  containers:
  - name: app
    image: busybox
    command: [sleep, "1000000"]
    volumeMounts: [{ name: data, mountPath: /data }]
  volumes: [{ name: data, persistentVolumeClaim: { claimName: ${claimName} } }]
---`
const set = `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db }
spec:
  serviceName: db
  replicas: 2
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec:
      containers:
      - { name: db, image: busybox, command: [sleep, "1000000"], volumeMounts: [{ name: data, mountPath: /data }] }
  volumeClaimTemplates:
  - metadata: { name: data }
    spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
`
const disks = { name: 'disks.example.com' }

function start(options: SimOptions, ...manifests: readonly string[]) {
  const sim = createSim(options)
  sim.kubectl('apply -f -', { stdin: manifests.join('\n') })
  const column = (what: string, path: string) => sim.kubectl(`get ${what} -o jsonpath='{${path}}'`).stdout
  const events = (name: string) =>
    sim.kubectl(
      `get events --field-selector involvedObject.name=${name} -o jsonpath='{range .items[*]}{.reason}: {.message}{"\\n"}{end}'`,
    ).stdout
  return { sim, column, events }
}

describe.each(['v1.18', 'v1.26', 'v1.36'] as const)('a provisioner (%s)', (version) => {
  test('makes the volumes of a StatefulSet, whose Pods keep them', () => {
    const { sim, column } = start(
      { version, nodes: 2, provisioners: [disks] },
      storageClass('WaitForFirstConsumer'),
      set,
    )
    sim.runFor('1m')
    expect(column('pods', '.items[*].status.phase')).toBe('Running Running')
    expect(column('pvc', '.items[*].status.phase')).toBe('Bound Bound')
    sim.kubectl(`exec db-0 -- sh -c 'echo marked > /data/x'`)
    sim.kubectl('delete pod db-0 --grace-period=1')
    sim.runFor('30s')
    expect(sim.kubectl('exec db-0 -- cat /data/x').stdout).toBe('marked\n')
  })

  test('tells the claim what it does, and deletes what is released', () => {
    const { sim, column, events } = start(
      { version, provisioners: [{ ...disks, takes: '2s' }] },
      storageClass(),
      claim('c'),
    )
    sim.runFor('5s')
    const name = column('pvc c', '.spec.volumeName')
    expect(events('c')).toContain('Provisioning: External provisioner is provisioning volume for claim "default/c"')
    expect(events('c')).toContain(`ProvisioningSucceeded: Successfully provisioned volume ${name}`)
    expect(column('pv', '.items[*].status.phase')).toBe('Bound')
    sim.kubectl('delete pvc c')
    sim.runFor('5s')
    expect(column('pv', '.items[*].status.phase')).toBe('')
  })

  test('has volumes though no CSI driver may have its name', () => {
    const { sim, column } = start(
      { version, provisioners: [{ name: 'shares.example.com/nfs' }] },
      storageClass().replace(disks.name, 'shares.example.com/nfs'),
      claim('c'),
    )
    expect(column('sc', '.items[*].provisioner')).toBe('shares.example.com/nfs')
    sim.runFor('10s')
    expect(column('pvc c', '.status.phase')).toBe('Bound')
    expect(column('pv', '.items[*].spec.nfs.path')).toMatch(/^\/default-c-pvc-/)
  })

  test('keeps what is released where its class says so', () => {
    const { sim, column } = start(
      { version, provisioners: [disks] },
      storageClass('Immediate', 'reclaimPolicy: Retain'),
      claim('c'),
    )
    sim.runFor('5s')
    sim.kubectl('delete pvc c')
    sim.runFor('5s')
    expect(column('pv', '.items[*].status.phase')).toBe('Released')
  })

  test('of local volumes makes them where the Pod goes, and they keep it there', () => {
    const { sim, column } = start(
      { version, nodes: 3, provisioners: [{ ...disks, local: true }] },
      storageClass('WaitForFirstConsumer'),
      claim('c'),
      pod('p', 'c'),
    )
    sim.runFor('30s')
    const node = column('pod p', '.spec.nodeName')
    expect(
      column('pv', '.items[0].spec.nodeAffinity.required.nodeSelectorTerms[0].matchExpressions[0].values[0]'),
    ).toBe(node)
    sim.kubectl(`exec p -- sh -c 'echo marked > /data/x'`)
    const path = `${column('pv', '.items[0].spec.hostPath.path')}/x`
    expect(sim.nodeFiles(node, 'marked').map((file) => file.path)).toContain(path)
    sim.kubectl('delete pod p --grace-period=1')
    sim.kubectl(`cordon ${node}`)
    sim.kubectl('apply -f -', { stdin: pod('p', 'c') })
    sim.runFor('10s')
    const conflict =
      version === 'v1.36'
        ? "2 node(s) didn't match PersistentVolume's node affinity"
        : '2 node(s) had volume node affinity conflict'
    expect(column('pod p', '.status.conditions[0].message')).toContain(conflict)
    sim.kubectl(`uncordon ${node}`)
    sim.runFor('30s')
    expect(sim.kubectl('exec p -- cat /data/x').stdout).toBe('marked\n')
  })

  test('that fails says why, again and again', () => {
    const { sim, column, events } = start(
      { version, provisioners: [{ ...disks, fails: 'quota exceeded' }] },
      storageClass(),
      claim('c'),
    )
    sim.runFor('1m')
    expect(column('pvc c', '.status.phase')).toBe('Pending')
    expect(events('c')).toContain(
      'ProvisioningFailed: failed to provision volume with StorageClass "disks": quota exceeded',
    )
  })
})

describe('nobody who makes volumes', () => {
  test('leaves claims and Pods waiting', () => {
    const { sim, column, events } = start({ version: 'v1.26' }, storageClass(), claim('c'), pod('p', 'c'))
    sim.runFor('1m')
    expect([column('pvc c', '.status.phase'), column('pod p', '.status.phase')]).toEqual(['Pending', 'Pending'])
    expect(sim.why('pod/p').details).toEqual([
      'needs persistentvolumeclaim c: it is Pending (waiting for a volume to be created, either by external provisioner "disks.example.com" or manually created by system administrator)',
    ])
    expect(events('c')).toContain(
      'ExternalProvisioning: waiting for a volume to be created, either by external provisioner "disks.example.com"',
    )
  })
})

/** Source: pkg/printers/internalversion/printers.go, printPersistentVolumeClaim. */
test.each([
  ['v1.18', 'NAME STATUS VOLUME CAPACITY ACCESS MODES STORAGECLASS AGE', 'c Bound NAME 1Gi RWO disks 5s'],
  [
    'v1.36',
    'NAME STATUS VOLUME CAPACITY ACCESS MODES STORAGECLASS VOLUMEATTRIBUTESCLASS AGE',
    'c Bound NAME 1Gi RWO disks <unset> 5s',
  ],
] as const)('kubectl get shows what a claim is bound to (%s)', (version, head, row) => {
  const { sim, column } = start({ version, provisioners: [{ ...disks, takes: '1s' }] }, storageClass(), claim('c'))
  sim.runFor('5s')
  const lines = sim.kubectl('get pvc c').stdout.trimEnd().split('\n')
  const name = column('pvc c', '.spec.volumeName')
  expect(lines.map((line) => line.replace(name, 'NAME').replace(/ +/g, ' '))).toEqual([head, row])
})

/** Source: pkg/kubelet/volumemanager/populator/desired_state_of_world_populator.go, getPVCExtractPV. */
describe('a Pod that was put on a node itself', () => {
  test.each([
    ['c', 'error processing PVC default/c: PVC is not bound'],
    [
      'gone',
      'error processing PVC default/gone: failed to fetch PVC from API server: persistentvolumeclaims "gone" not found',
    ],
  ])('waits there for claim %s', (name, message) => {
    const { sim, events } = start(
      { version: 'v1.18', seed: 'known at once' },
      claim('c'),
      pod('p', name, 'nodeName: node-1'),
    )
    sim.runFor('5s')
    expect(events('p')).toMatch(
      /FailedMount: Unable to attach or mount volumes: unmounted volumes=\[data\], unattached volumes=\[.*\]: /,
    )
    expect(events('p')).toContain(message)
  })

  test('starts when the claim is bound', () => {
    const { sim, column } = start({ version: 'v1.36' }, claim('c'), pod('p', 'c', 'nodeName: node-1'))
    sim.runFor('5s')
    const volume = `
apiVersion: v1
kind: PersistentVolume
metadata: { name: disk }
spec: { capacity: { storage: 1Gi }, accessModes: [ReadWriteOnce], hostPath: { path: /srv/disk, type: DirectoryOrCreate } }
`
    sim.kubectl('apply -f -', { stdin: volume })
    sim.runFor('1m')
    expect(column('pod p', '.status.phase')).toBe('Running')
    sim.kubectl(`exec p -- sh -c 'echo marked > /data/x'`)
    expect(sim.nodeFiles('node-1', 'marked').map(({ path }) => path)).toContain('/srv/disk/x')
  })
})
