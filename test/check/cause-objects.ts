/** Objects of one cluster in which each shows a cause why Pods do not start, or that there is none. */

const container = (more: object = {}) => ({ name: 'c', image: 'corp/app', ...more })
/** A container that runs a script. */
export const scripted = (script: string) => ({ name: 'c', image: 'busybox', command: ['sh', '-c', script] })
/** A Pod of one container, unless its spec says otherwise. */
export const pod = (name: string, spec: object) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { containers: [container()], ...spec },
})
const deployment = (
  name: string,
  { template = {}, ...more }: { readonly template?: { readonly spec?: object }; readonly replicas?: number },
) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [container()], ...template.spec } },
    ...more,
  },
})
/** A Pod that has a claim. */
export const claimed = (name: string, claimName: string) =>
  pod(name, { volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }] })
const said = (name: string, more: object) =>
  pod(name, { containers: [container(more)], volumes: [{ name: 'v', secret: { secretName: 'said' } }] })
const claim = (name: string, storageClassName?: string) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name },
  spec: {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '1Gi' } },
    ...(storageClassName === undefined ? {} : { storageClassName }),
  },
})
const storageClass = (name: string, provisioner: string) => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name },
  provisioner,
})
const volume = (name: string, storageClassName: string, storage: string) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name },
  spec: { storageClassName, accessModes: ['ReadWriteOnce'], capacity: { storage }, hostPath: { path: '/srv' } },
})
const termOf = (name: string) => ({
  matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [name] }],
})
const onDisk = (name: string, source: object) => {
  const { spec, ...rest } = volume(name, 'late', '1Gi')
  return { ...rest, spec: { ...spec, hostPath: undefined, claimRef: { namespace: 'default', name }, ...source } }
}
const mounting = (name: string, claimName: string) =>
  pod(name, {
    containers: [container({ volumeMounts: [{ name: 'data', mountPath: '/data' }] })],
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }],
  })
const definition = (name: string, kind: string, more: object = {}) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name, ...more },
  spec: {
    group: 'corp.example.com',
    scope: 'Namespaced',
    names: { plural: name.split('.')[0], kind },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
  },
})
const custom = (apiVersion: string, kind: string) => ({ apiVersion, kind, metadata: { name: 'x' } })

/** Independent of one another: each shows a cause, or that there is none. */
export const objects: readonly object[] = [
  // Claims and what binds them.
  storageClass('fast', 'csi.example.com'),
  storageClass('local', 'kubernetes.io/no-provisioner'),
  volume('small', 'local', '500Mi'),
  volume('large', 'local', '2Gi'),
  ...['default-class', 'fast-class', 'local-class', 'local-again', 'no-class', 'unknown-class', 'known-class'].map(
    (name) => claimed(name, name),
  ),
  claimed('no-claim', 'default-clas'),
  // Volumes that lie on nodes of the user's own.
  { ...storageClass('late', 'kubernetes.io/no-provisioner'), volumeBindingMode: 'WaitForFirstConsumer' },
  onDisk('far', {
    local: { path: '/mnt/disk' },
    nodeAffinity: { required: { nodeSelectorTerms: [termOf('theirs')] } },
  }),
  onDisk('path', { hostPath: { path: '/srv/there', type: 'Directory' } }),
  claim('far', 'late'),
  claim('path', 'late'),
  mounting('far', 'far'),
  mounting('path', 'path'),
  claim('default-class'),
  claim('fast-class', 'fast'),
  claim('local-class', 'local'),
  claim('local-again', 'local'),
  claim('no-class', ''),
  claim('unknown-class', 'gp9'),
  claim('known-class', 'gp3'),
  {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db' },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'db' } },
      template: {
        metadata: { labels: { app: 'db' } },
        spec: { containers: [container({ volumeMounts: [{ name: 'data', mountPath: '/data' }] })] },
      },
      volumeClaimTemplates: [{ ...claim('data'), metadata: { name: 'data' } }],
    },
  },
  // A Job that its own time to live takes away.
  {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'gone' },
    spec: { ttlSecondsAfterFinished: 0, template: { spec: { restartPolicy: 'Never', containers: [container()] } } },
  },
  // Mounts, init containers, probes.
  pod('no-socket', {
    containers: [container({ volumeMounts: [{ name: 'host', mountPath: '/host' }] })],
    volumes: [{ name: 'host', hostPath: { path: '/var/run/docker.sock', type: 'Socket' } }],
  }),
  pod('endless-init', {
    initContainers: [{ name: 'wait', image: 'busybox', command: ['sh', '-c', 'while true; do sleep 5; done'] }],
  }),
  pod('never-ready', {
    containers: [
      { name: 'c', image: 'busybox', command: ['sleep', '1d'], readinessProbe: { exec: { command: ['false'] } } },
    ],
  }),
  // Programs that end though they should run on: one always, one until it has what it wants.
  pod('ends-well', { containers: [scripted('sleep 1')] }),
  pod('steady', {
    containers: [
      {
        ...scripted('[ -e /d/2 ] && sleep 1d; [ -e /d/1 ] && touch /d/2; touch /d/1; exit 1'),
        volumeMounts: [{ name: 'd', mountPath: '/d' }],
      },
    ],
    volumes: [{ name: 'd', emptyDir: {} }],
  }),
  // What is ended from outside, or never begins.
  pod('unlively', {
    containers: [
      {
        ...scripted('trap "exit 0" TERM; while true; do sleep 1; done'),
        livenessProbe: { exec: { command: ['cat', '/tmp/healthy'] }, periodSeconds: 5 },
      },
    ],
  }),
  pod('no-file', { containers: [scripted('cat /no/file; sleep 1d & exit 4')] }),
  pod('placed', { nodeName: 'theirs' }),
  // What looks like the value, and is not.
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'said' },
    data: { PW: 'eHg=', word: 'manu' },
    stringData: { quoted: '"hunter2"' },
  },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'urls' }, data: { URL: 'db://$(PW)@db' } },
  pod('expands', {
    containers: [
      container({
        envFrom: [{ configMapRef: { name: 'urls' } }],
        env: [
          { name: 'EARLY', value: '$(PW)-$(WEB_SERVICE_HOST)-$$(PW)' },
          { name: 'PW', valueFrom: { secretKeyRef: { name: 'said', key: 'PW' } } },
          { name: 'LATE', value: '$(PW)' },
          { name: 'GOOGLE_APPLICATION_CREDENTIALS', value: '/var/run/secrets/key.json' },
          { name: 'API_TOKEN', value: '/AbC123' },
        ],
      }),
    ],
  }),
  said('sub-path', { volumeMounts: [{ name: 'v', mountPath: '/etc/pw', subPath: 'pw' }] }),
  said('sub-path-right', { volumeMounts: [{ name: 'v', mountPath: '/etc/pw', subPath: 'PW' }] }),
  said('hidden', { command: ['/app/server'], volumeMounts: [{ name: 'v', mountPath: '/app' }] }),
  said('owner', {
    command: ['sh', '-ec', 'chown app:app /tmp /etc/said; exec app'],
    volumeMounts: [{ name: 'v', mountPath: '/etc/said' }],
  }),
  pod('other-kind', { containers: [container({ envFrom: [{ configMapRef: { name: 'said' } }] })] }),
  pod('token', {
    containers: [
      container({ env: [{ name: 'T', valueFrom: { secretKeyRef: { name: 'default-token-x7k2p', key: 'token' } } }] }),
    ],
  }),
  { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'plain' }, data: { user: 'admin' } },
  pod('decimal', { volumes: [{ name: 'v', secret: { secretName: 'said', defaultMode: 600 } }] }),
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'web' },
    spec: { tls: [{ secretName: 'web-tls' }], defaultBackend: { service: { name: 'web', port: { number: 80 } } } },
  },
  // Accounts: one that is misspelt, one that comes too late.
  deployment('typo', { template: { spec: { serviceAccountName: 'buidler' } } }),
  pod('early', { serviceAccountName: 'builder' }),
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'builder' }, imagePullSecrets: [{ name: 'regcred' }] },
  // What wants no Pods, and what is given again.
  deployment('zero', { replicas: 0 }),
  deployment('again', {}),
  deployment('again', { template: { spec: { containers: [container({ image: 'corp/app:2' })] } } }),
  {
    ...deployment('windows', { template: { spec: { nodeSelector: { 'kubernetes.io/os': 'windows' } } } }),
    kind: 'DaemonSet',
  },
  {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'held' },
    spec: { suspend: true, template: { spec: { restartPolicy: 'Never', containers: [container()] } } },
  },
  { apiVersion: 'batch/v1', kind: 'Job', metadata: { generateName: 'each-' }, spec: {} },
  pod('hooked', {
    containers: [container({ lifecycle: { postStart: { exec: { command: ['sh', '-c', 'sleep 1; exit 15'] } } } })],
  }),
  pod('no-program', { containers: [{ name: 'c', image: 'busybox', command: ['nosuch'] }] }),
  pod('never', { containers: [container({ image: 'local/never:1', imagePullPolicy: 'Never' })] }),
  pod('never-there', { containers: [container({ image: 'local/there:1', imagePullPolicy: 'Never' })] }),
  pod('too-long', { activeDeadlineSeconds: 20, containers: [scripted('sleep 1d')] }),
  pod('benchmark', {
    restartPolicy: 'Never',
    containers: [{ name: 'c', image: 'httpd:2.4', command: ['/usr/local/apache2/bin/ab', '-n', '10', 'http://web/'] }],
  }),
  pod('scratch', {
    containers: [container({ volumeMounts: [{ name: 'data', mountPath: '/data' }] })],
    volumes: [
      {
        name: 'data',
        ephemeral: { volumeClaimTemplate: { spec: { ...claim('', 'gp8').spec } } },
      },
    ],
  }),
  // Kinds that somebody defines: here, elsewhere, or not in time.
  definition('known.corp.example.com', 'Known'),
  definition('large.corp.example.com', 'Large', { annotations: { text: 'x'.repeat(300_000) } }),
  custom('corp.example.com/v1', 'Known'),
  custom('corp.example.com/v1', 'Large'),
  custom('gateway.networking.k8s.io/v1', 'Gateway'),
  custom('policy/v1beta1', 'PodSecurityPolicy'),
]
