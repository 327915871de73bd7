import { describe, expect, test } from 'vitest'
import { checkManifests } from '../../src/check/check.ts'
import type { CheckOptions } from '../../src/check/options.ts'

/**
 * Cut down by hand from an install manifest that many clusters run: the password of its cache is a Secret that stands in no file and
 * is made by the program of an init container, with the rights of its account.
 */
const cacheUser = (kind: 'Deployment' | 'StatefulSet', name: string, more = '') => `apiVersion: apps/v1
kind: ${kind}
metadata: {name: ${name}}
spec:
${kind === 'StatefulSet' ? `  serviceName: ${name}\n` : ''}  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      containers:
      - name: ${name.replace('argocd-', '')}
        image: example.com/argocd:latest
        env:
        - name: REDIS_PASSWORD
          valueFrom: {secretKeyRef: {key: auth, name: argocd-redis}}
        - name: REDIS_USERNAME
          valueFrom: {secretKeyRef: {key: username, name: argocd-redis, optional: true}}
${more}`

const maker = `      initContainers:
      - name: secret-init
        image: example.com/argocd:latest
        command: [argocd, admin, redis-initial-password]
      serviceAccountName: argocd-redis
`

const plain = `apiVersion: apps/v1
kind: Deployment
metadata: {name: argocd-dex-server}
spec:
  selector: {matchLabels: {app: dex}}
  template:
    metadata: {labels: {app: dex}}
    spec:
      containers:
      - {name: dex, image: example.com/dex:1, volumeMounts: [{name: tls, mountPath: /tls}]}
      volumes:
      - {name: tls, secret: {secretName: argocd-dex-server-tls, optional: true}}
`

const rights = `apiVersion: v1
kind: ServiceAccount
metadata: {name: argocd-redis}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: argocd-redis}
rules:
- {apiGroups: [""], resourceNames: [argocd-redis], resources: [secrets], verbs: [get]}
- {apiGroups: [""], resources: [secrets], verbs: [create]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: argocd-redis}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: argocd-redis}
subjects: [{kind: ServiceAccount, name: argocd-redis}]
`

const documents = [
  rights,
  cacheUser('Deployment', 'argocd-redis', maker),
  cacheUser('Deployment', 'argocd-repo-server'),
  cacheUser('Deployment', 'argocd-server'),
  cacheUser('StatefulSet', 'argocd-application-controller'),
  plain,
]

function check(options: CheckOptions = {}) {
  return checkManifests([{ name: 'install.yaml', text: documents.join('---\n') }], {
    ...{ version: 'v1.36', namespace: 'argocd', for: '2m' },
    ...options,
  })
}

describe('a Secret that the program of an init container makes', () => {
  test('is missing, and all who read it wait; what needs it only if it is there does not', () => {
    const { blocked, started } = check()
    expect(blocked.map(({ summary }) => summary)).toEqual(['secret argocd/argocd-redis does not exist'])
    expect(blocked[0]?.waits.map(({ workload, status }) => `${workload} ${status}`)).toEqual([
      'deployment argocd/argocd-redis CreateContainerConfigError',
      'deployment argocd/argocd-repo-server CreateContainerConfigError',
      'deployment argocd/argocd-server CreateContainerConfigError',
      'statefulset argocd/argocd-application-controller CreateContainerConfigError',
    ])
    expect(started.map(({ workload }) => workload)).toEqual(['deployment argocd/argocd-dex-server'])
  })

  test('whoever may make it is named, and how to go on as if it were there', () => {
    expect(check().blocked[0]?.hints).toEqual([
      'deployment argocd/argocd-redis may make it: its account has the right to create it',
      'with it there: --have secret/argocd-redis',
    ])
  })

  test('with it there all start', () => {
    const { blocked, started } = check({ have: [{ name: 'argocd-redis', keys: [] }] })
    expect(blocked).toEqual([])
    expect(started).toHaveLength(5)
  })

  test.each(['v1.18', 'v1.26'] as const)('%s tells the same', (version) => {
    expect(check({ version }).blocked.map(({ waits }) => waits.length)).toEqual([4])
  })
})
