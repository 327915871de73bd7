import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Client, clientOf, installedKubectls } from './clients.ts'
import { type Serving, serving } from './serving.ts'

/** The real kubectl prints what the one inside of the simulation prints for the same cluster. Nothing here changes the cluster. */

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', labels: { app: 'web' } },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: {
        containers: [{ name: 'c', image: 'nginx:1', volumeMounts: [{ name: 'v', mountPath: '/etc/db' }] }],
        volumes: [{ name: 'v', secret: { secretName: 'db' } }],
      },
    },
  },
}

const lines = [
  ...[
    'pods',
    'deploy',
    'rs',
    'secrets',
    'cm',
    'sa',
    'events',
    'nodes',
    'ns',
    'svc',
    'all',
    'leases -A',
    'pods,secrets',
  ].map((what) => `get ${what}`),
  ...[
    'wide',
    'name',
    'yaml',
    'json',
    'jsonpath={.items[*].metadata.name}',
    'custom-columns=N:.metadata.name,P:.status.phase',
  ].map((form) => `get pods -o ${form}`),
  'get secret db -o yaml',
  'get secret db -o jsonpath={.data.p}',
  'get secret db -o go-template={{.type}}',
  'get deploy web -o yaml',
  'get pods --show-labels',
  'get pods -L app',
  'get pods -l app=web --no-headers',
  'get pods -l app=none',
  'get pods --field-selector status.phase=Running -o name',
  'get pods -A --sort-by=.metadata.name',
  'get secret none',
  'get none',
  'get pods web --as=jane',
  'api-versions',
  'api-resources --api-group=apps',
  'api-resources -o name --namespaced=false',
  'describe secret db',
  'explain secret.data',
  'explain deployment.spec.strategy.rollingUpdate',
  'auth can-i list secrets',
  'auth can-i list secrets --as=system:serviceaccount:default:default',
  'rollout status deploy/web',
  'rollout history deploy/web',
  'logs deploy/none',
  'version -o json',
  'delete secret none',
  'label secret none a=b',
  'scale deploy/none --replicas=1',
  'create secret generic db --from-literal=a=b',
  'create configmap x --from-literal=a=b --dry-run=client -o yaml',
  'run x --image=nginx --dry-run=client -o yaml',
  'create deployment x --image=nginx --dry-run=server -o name',
]

/** What may differ, and why; a line that no longer does is taken from here. */
const known: Readonly<Record<string, string>> = {
  'explain secret.data': 'neither has descriptions, and each says so in its own words',
  'explain deployment.spec.strategy.rollingUpdate':
    'the same, and the simulated one has not the heads that came with v1.27',
  'version -o json': 'a program tells its own build',
  'scale deploy/none --replicas=1': 'the simulated one says NotFound alone',
}

/** Versions of kubectl that the simulation plays to the letter. */
const played = installedKubectls().filter(({ version }) => version === '1.32.4')

describe.each(played)('kubectl $version', ({ path, version }) => {
  let server: Serving
  let client: Client
  beforeAll(async () => {
    server = await serving({ kubectl: version, nodes: 1 })
    server.served.sim.apply(
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db' }, stringData: { p: 'one' } },
      deployment,
    )
    server.served.sim.runFor('1m')
    client = clientOf(path, server)
  })
  afterAll(async () => {
    client.remove()
    await server.close()
  })

  test('prints what the simulated one prints', async () => {
    const differing = new Map<string, string>()
    // One after the other: discovery is kept on disk between them.
    for (const line of lines) {
      const real = await client.run(line)
      const { stdout, stderr, exitCode } = server.served.sim.kubectl(line.split(' '))
      const [expected, found] = [
        { stdout, stderr, code: exitCode },
        { stdout: real.stdout, stderr: real.stderr, code: real.code },
      ]
      if (JSON.stringify(expected) !== JSON.stringify(found))
        differing.set(line, `simulated: ${JSON.stringify(expected)}\nreal: ${JSON.stringify(found)}`)
    }
    const unknown = [...differing].filter(([line]) => !Object.hasOwn(known, line))
    expect(unknown.map(([line, told]) => `kubectl ${line}\n${told}`).join('\n\n')).toBe('')
    expect(Object.keys(known).filter((line) => !differing.has(line))).toEqual([])
  })
})
