import { createSim, type Sim } from 'podsim'
import { reloader } from './reloader.ts'

export const secret = (password: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'db' },
  stringData: { password },
})

const deployment = (name: string, annotations: Record<string, string>) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, annotations },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        containers: [
          {
            name: 'app',
            image: 'nginx',
            env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }],
          },
        ],
      },
    },
  },
})

/** What the operator may do, and no more. */
const rules = [
  { apiGroups: [''], resources: ['secrets'], verbs: ['list', 'watch'] },
  { apiGroups: ['apps'], resources: ['deployments'], verbs: ['list', 'watch', 'patch'] },
  { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
]

const account = [
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'reloader' } },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'reloader' }, rules },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'reloader' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'reloader' },
    subjects: [{ kind: 'ServiceAccount', name: 'reloader', namespace: 'default' }],
  },
]

/** A cluster with the operator, a Deployment that asks for it and one that does not. */
export function shop(version: 'v1.18' | 'v1.36'): Sim {
  const sim = createSim({ version, seed: 'reloader', nodes: 2, network: 'lan' })
  sim.apply(account, secret('old'))
  sim.apply(deployment('web', { 'reloader.example.com/auto': 'true' }), deployment('legacy', {}))
  sim.settle()
  return sim
}

/** The passwords that the running Pods of a Deployment have. */
export function passwords(sim: Sim, app: string): readonly (string | undefined)[] {
  return sim
    .list('Pod', { namespace: 'default' })
    .filter(({ metadata }) => metadata.labels?.app === app)
    .map(({ metadata }) => sim.env({ pod: metadata.name })?.get('PASSWORD'))
}

/** The whole story: a rotation, a crash of the operator, and a rotation in its absence. */
export function story(version: 'v1.18' | 'v1.36'): Sim {
  const sim = shop(version)
  const controller = sim.controller('reloader', reloader, { serviceAccount: 'reloader' })
  sim.runFor('10s')
  sim.apply(secret('new'))
  sim.settle()
  controller.crash({ restartAfter: '5m' })
  sim.apply(secret('newer'))
  sim.runFor('4m')
  return sim
}
