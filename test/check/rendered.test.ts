import { describe, expect, test } from 'vitest'
import { checkManifests } from '../../src/check/check.ts'

/** What `helm template shop .` prints of a small chart: a Secret by a hook, a test, a template that rendered to nothing. */
const chart = `---
# Source: shop/templates/serviceaccount.yaml
apiVersion: v1
kind: ServiceAccount
metadata:
  name: shop
  labels:
    helm.sh/chart: shop-0.1.0
    app.kubernetes.io/managed-by: Helm
---
# Source: shop/templates/ingress.yaml
# nothing: ingress.enabled is false
---
# Source: shop/templates/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
spec:
  replicas: 1
  selector:
    matchLabels:
      app.kubernetes.io/instance: shop
  template:
    metadata:
      annotations:
        checksum/secret: 01ba4719c80b6fe911b091a7c05124b64eeece964e09c058ef8f9805daca546b
      labels:
        app.kubernetes.io/instance: shop
    spec:
      serviceAccountName: shop
      containers:
        - name: shop
          image: "registry.example.com/shop:1.2.3"
          envFrom:
            - secretRef:
                name: shop
---
# Source: shop/templates/tests/test-connection.yaml
apiVersion: v1
kind: Pod
metadata:
  name: "shop-test-connection"
  annotations:
    "helm.sh/hook": test
spec:
  containers:
    - name: wget
      image: busybox
      command: ['wget']
      args: ['shop:80']
      env:
        - name: TOKEN
          valueFrom: { secretKeyRef: { name: only-in-tests, key: token } }
  restartPolicy: Never
---
# Source: shop/templates/secret.yaml
apiVersion: v1
kind: Secret
metadata:
  name: shop
  annotations:
    "helm.sh/hook": "pre-install,pre-upgrade"
    "helm.sh/hook-weight": "-5"
type: Opaque
data:
  password: "czNjcmV0IHBhc3M="
---
# Source: shop/templates/migrate.yaml
apiVersion: batch/v1
kind: Job
metadata:
  name: shop-migrate
  annotations:
    "helm.sh/hook": post-install
    "helm.sh/hook-delete-policy": hook-succeeded
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: migrate
          image: "registry.example.com/shop:1.2.3"
          command: [/app/migrate]
          envFrom: [{ secretRef: { name: shop } }]
`

const uid = (n: number) => `00000000-0000-4000-8000-00000000000${n}`
const live = (n: number, kind: string, name: string, more: object = {}) => ({
  name,
  namespace: 'default',
  uid: uid(n),
  resourceVersion: String(1000 + n),
  creationTimestamp: '2024-01-01T00:00:00Z',
  generation: 2,
  managedFields: [{ manager: 'kubectl', operation: 'Update', apiVersion: 'v1', fieldsV1: { 'f:data': {} } }],
  annotations: {
    'kubectl.kubernetes.io/last-applied-configuration': `{"kind":"${kind}","data":{"password":"c2VjcmV0"}}`,
  },
  ...more,
})
const owned = (kind: string, owner: string, by: number) => ({
  ownerReferences: [
    { apiVersion: 'apps/v1', kind, name: owner, uid: uid(by), controller: true, blockOwnerDeletion: true },
  ],
})
const template = {
  metadata: { labels: { app: 'web' } },
  spec: {
    containers: [{ name: 'web', image: 'corp/web', envFrom: [{ secretRef: { name: 'db' } }] }],
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
  },
}
const selector = { matchLabels: { app: 'web' } }
const ofJob = { 'controller-uid': uid(7), 'batch.kubernetes.io/controller-uid': uid(7), 'job-name': 'once' }

/** What `kubectl get -o yaml` prints of a running application and what the cluster made of it, as one List. */
const list = {
  apiVersion: 'v1',
  kind: 'List',
  metadata: { resourceVersion: '' },
  items: [
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: live(1, 'Secret', 'db'),
      type: 'Opaque',
      data: { password: 'c2VjcmV0' },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: live(2, 'Deployment', 'web'),
      spec: { replicas: 1, selector, template },
      status: { replicas: 1, readyReplicas: 1, conditions: [{ type: 'Available', status: 'True' }] },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: live(3, 'ReplicaSet', 'web-1', owned('Deployment', 'web', 2)),
      spec: { replicas: 1, selector, template },
      status: { replicas: 1 },
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: live(4, 'Pod', 'web-1-a', owned('ReplicaSet', 'web-1', 3)),
      spec: { ...template.spec, nodeName: 'ip-10-0-0-1' },
      status: { phase: 'Running', podIP: '10.1.2.3' },
    },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: live(5, 'PersistentVolumeClaim', 'data', { finalizers: ['kubernetes.io/pvc-protection'] }),
      spec: {
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: '1Gi' } },
        volumeName: `pvc-${uid(5)}`,
      },
      status: { phase: 'Bound' },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: live(6, 'Service', 'web'),
      spec: { clusterIP: '172.20.1.1', clusterIPs: ['172.20.1.1'], selector: { app: 'web' }, ports: [{ port: 80 }] },
      status: { loadBalancer: {} },
    },
    {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: live(7, 'Job', 'once', { labels: ofJob }),
      spec: {
        selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': uid(7) } },
        template: {
          metadata: { labels: ofJob },
          spec: { restartPolicy: 'Never', containers: template.spec.containers },
        },
      },
      status: { succeeded: 1 },
    },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: live(8, 'ConfigMap', 'kube-root-ca.crt'), data: { 'ca.crt': '' } },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: live(9, 'Pod', 'alone'),
      spec: {
        nodeName: 'ip-10-0-0-1',
        containers: [
          {
            name: 'c',
            image: 'nginx',
            volumeMounts: [
              { name: 'kube-api-access-abcde', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
            ],
          },
        ],
        volumes: [
          {
            name: 'kube-api-access-abcde',
            projected: {
              sources: [{ serviceAccountToken: { path: 'token' } }, { configMap: { name: 'kube-root-ca.crt' } }],
            },
          },
        ],
      },
      status: { phase: 'Running' },
    },
  ],
}

describe('what others print', () => {
  test('a rendered chart: hooks of an install in their order, no tests, no empty documents', () => {
    const report = checkManifests([{ name: '-', text: chart }], { for: '2m' })
    expect([report.unreadable, report.refused, report.blocked]).toEqual([[], [], []])
    expect(report.started.map(({ workload }) => workload)).toEqual([
      'deployment default/shop',
      'job default/shop-migrate',
    ])
    expect(report.assumed.find(({ kind }) => kind === 'hook')?.message).toBe(
      '1 helm hook that an install does not run is left out: pod default/shop-test-connection',
    )
  })

  test('a rendered chart: what is missing is told at its line of the output', () => {
    const text = chart.replace(
      'name: shop\n  annotations:\n    "helm.sh/hook": "pre',
      'name: shops\n  annotations:\n    "helm.sh/hook": "pre',
    )
    const [first, ...more] = checkManifests([{ name: '-', text }], { for: '1m' }).blocked
    expect(first).toMatchObject({ summary: 'secret default/shop does not exist', hints: ['did you mean shops?'] })
    expect(text.split('\n')[(first?.place.line ?? 0) - 1]?.trim()).toBe('name: shop')
    expect(more).toEqual([])
  })

  test('S6: live objects start anew without what a server gave them, and without what the cluster makes by itself', () => {
    const report = checkManifests([{ name: '-', text: JSON.stringify(list) }], { for: '2m' })
    expect([report.unreadable, report.refused, report.blocked]).toEqual([[], [], []])
    expect(report.started.map(({ workload }) => workload)).toEqual([
      'deployment default/web',
      'job default/once',
      'pod default/alone',
    ])
    expect(report.assumed.find(({ kind }) => kind === 'live')?.message).toBe(
      '9 objects as a running cluster prints them: status, uids and versions are left out; 3 objects that the cluster makes by itself are left out',
    )
    expect(JSON.stringify(report)).not.toContain('c2VjcmV0')
  })
})
