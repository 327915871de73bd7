import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Client, clientOf, hasAllPairs, type InstalledKubectl, installedKubectls } from './clients.ts'
import { ask, type Serving, serving } from './serving.ts'

/** Real kubectls against a served cluster, each with a cluster of its own that settles after each change. */

const deployment = (replicas: number, image = 'nginx:1') =>
  JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: {
          containers: [
            { name: 'c', image, env: [{ name: 'P', valueFrom: { secretKeyRef: { name: 's', key: 'p' } } }] },
          ],
        },
      },
    },
  })

const widgets = JSON.stringify({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget', shortNames: ['wd'] },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } },
          },
        },
        additionalPrinterColumns: [{ name: 'Size', type: 'integer', jsonPath: '.spec.size' }],
      },
    ],
  },
})

const owned = (data: object) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'owned' }, data })

/** A row of what a line must print, or say on standard error; `code` is 0 unless given. */
interface Line {
  readonly line: string
  readonly stdin?: string
  readonly prints?: RegExp
  readonly says?: RegExp
  readonly code?: number
  /** Kubectls that have it, and clusters. */
  readonly since?: number
  readonly served?: number
}

const lines: readonly Line[] = [
  { line: 'version', prints: /Server Version/ },
  { line: 'api-resources --api-group=apps', prints: /^deployments +deploy +apps\/v1 +true +Deployment/m },
  { line: 'create secret generic s --from-literal=p=hunter2', prints: /^secret\/s created/ },
  { line: 'create configmap c --from-literal=a=1', prints: /^configmap\/c created/ },
  { line: 'apply -f -', stdin: deployment(2), prints: /^deployment.apps\/web created/ },
  { line: 'rollout status deploy/web --timeout=20s', prints: /successfully rolled out/ },
  { line: 'get deploy web', prints: /^web +2\/2 +2 +2/m },
  { line: 'describe deploy web', prints: /<set to the key 'p' in secret 's'>/ },
  { line: 'diff -f -', stdin: deployment(3), prints: /^\+ {2}replicas: 3/m, code: 1 },
  { line: 'apply --dry-run=server -f -', stdin: deployment(3), prints: /configured \(server dry run\)/ },
  { line: 'apply -f -', stdin: deployment(3), prints: /^deployment.apps\/web configured/ },
  { line: 'get deploy web -o jsonpath={.spec.replicas}', prints: /^3$/ },
  { line: 'scale deploy/web --replicas=1', prints: /scaled/ },
  { line: 'label pod -l app=web tier=front', prints: /labeled/ },
  { line: 'annotate deploy web note=x', prints: /annotated/ },
  { line: 'patch deploy web -p {"spec":{"replicas":2}}', prints: /patched/ },
  { line: 'wait --for=condition=Available deploy/web --timeout=20s', prints: /condition met/ },
  { line: 'wait --for=condition=Ready pod -l app=web --timeout=20s', prints: /condition met/ },
  { line: 'set image deploy/web c=nginx:2', prints: /image updated/ },
  { line: 'rollout history deploy/web', prints: /^2 +<none>/m },
  { line: 'rollout undo deploy/web', prints: /rolled back/ },
  { line: 'explain pod.spec.containers.image', prints: /^FIELD: +image <string>/m },
  { line: 'auth can-i create pods', prints: /^yes/ },
  { line: 'auth can-i get secrets --as=jane', prints: /^no/, code: 1 },
  { line: 'auth whoami', prints: /Username +admin/, since: 28, served: 28 },
  { line: 'create token default', prints: /^eyJ[\w-]+\.[\w-]+\.[\w-]+/, since: 24 },
  {
    line: 'get secret s --as=jane',
    says: /secrets "s" is forbidden: User "jane" cannot get resource "secrets"/,
    code: 1,
  },
  {
    line: 'apply -f -',
    stdin: deployment(2).replace('"replicas"', '"replicaz"'),
    says: /unknown field "(?:spec\.)?replicaz"/,
    code: 1,
  },
  {
    line: 'create -f -',
    stdin: widgets,
    prints: /^customresourcedefinition.apiextensions.k8s.io\/widgets.example.com created/,
  },
  {
    line: 'apply -f -',
    stdin: '{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"w"},"spec":{"size":3}}',
    prints: /^widget.example.com\/w created/,
  },
  {
    line: 'apply --server-side -f -',
    stdin: owned({ a: '1', b: '1' }),
    prints: /^configmap\/owned serverside-applied/,
  },
  {
    line: 'apply --server-side --field-manager=other -f -',
    stdin: owned({ a: '2' }),
    says: /Apply failed with 1 conflict: conflict with "kubectl"[\s\S]*\.data\.a/,
    code: 1,
  },
  {
    line: 'apply --server-side --field-manager=other --force-conflicts -f -',
    stdin: owned({ a: '2' }),
    prints: /serverside-applied/,
  },
  // What it owned alone goes, what another one owns stays.
  { line: 'apply --server-side -f -', stdin: owned({ c: '3' }), prints: /serverside-applied/ },
  { line: 'get cm owned -o go-template={{.data}}', prints: /^map\[a:2 c:3\]$/ },
  { line: 'get wd', prints: /^NAME +SIZE\nw +3\n$/ },
  { line: 'explain widget.spec.size', prints: /size <integer>/ },
  { line: 'cordon node-1', prints: /node\/node-1 cordoned/ },
  { line: 'uncordon node-1', prints: /node\/node-1 uncordoned/ },
  { line: 'delete configmap c', prints: /configmap "c" deleted/ },
  { line: 'get configmap c', says: /Error from server \(NotFound\): configmaps "c" not found/, code: 1 },
  // 1.20 says `evicted`.
  { line: 'drain node-1 --force --ignore-daemonsets --timeout=30s', prints: /node\/node-1 (?:drained|evicted)\n$/ },
  { line: 'delete deploy web --timeout=12s', prints: /deployment.apps "web" deleted/ },
  { line: 'get --raw /healthz', prints: /^ok$/ },
]

const versions = ['v1.36', 'v1.26'] as const

/** Those that are named are tried in full where there is time. */
function versionsFor(kubectl: InstalledKubectl): readonly (typeof versions)[number][] {
  if (kubectl.isNamed && hasAllPairs) return versions
  return [versions[installedKubectls().indexOf(kubectl) % versions.length] ?? versions[0]]
}

// What is waited for here is waited for together.
describe.each(installedKubectls())('kubectl $version', { concurrent: true }, (kubectl) => {
  const { path, minor } = kubectl
  describe.each(versionsFor(kubectl))('and a cluster of %s', (version) => {
    let server: Serving
    let client: Client
    beforeAll(async () => {
      server = await serving({ version, nodes: 2 }, { clock: 'settle' })
      client = clientOf(path, server)
    })
    afterAll(async () => {
      client.remove()
      await server.close()
    })

    test('commands do what they do with a real cluster', async () => {
      for (const { line, stdin, prints, says, code = 0, since = 0, served = 0 } of lines) {
        if (minor < since || Number(version.slice(3)) < served) continue
        const ran = await client.run(line, stdin === undefined ? {} : { stdin })
        const told = `kubectl ${line}\n${ran.stdout}${ran.stderr}`
        expect([told, ran.code]).toEqual([told, code])
        if (prints !== undefined && !prints.test(ran.stdout)) expect(told).toMatch(prints)
        if (says !== undefined && !says.test(ran.stderr)) expect(told).toMatch(says)
      }
      expect(server.complaints).toEqual([])
    })
  })
})

describe.each(installedKubectls())('kubectl $version and time', { concurrent: true }, ({ path }) => {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'c', image: 'nginx' }] },
  }

  test('wait ends when a clock that stands is told to go on', async () => {
    const server = await serving({ nodes: 1 }, { clock: 'manual' })
    const client = clientOf(path, server)
    server.served.sim.apply(pod)
    const waiting = client.run('wait --for=condition=Ready pod/p --timeout=30s')
    while (server.openStreams === 0) await new Promise((resolve) => setTimeout(resolve, 20))
    const advanced = await ask(server, '/podsim/v1/clock', { body: { advance: '1m' } })
    expect(advanced.code).toBe(200)
    expect(await waiting).toEqual({ code: 0, stdout: 'pod/p condition met\n', stderr: '' })
    client.remove()
    await server.close()
  })

  // A machine that has much to do may be slow to start a program.
  test('a deletion with a second of grace ends within five', { retry: 2 }, async () => {
    const server = await serving({ nodes: 1 }, { clock: 'wall' })
    const client = clientOf(path, server)
    server.served.sim.apply(pod)
    server.clock.advance(60_000)
    const beganAt = performance.now()
    const deleted = await client.run('delete pod p --grace-period=1 --timeout=12s')
    const took = performance.now() - beganAt
    expect(deleted).toMatchObject({ code: 0, stdout: expect.stringMatching(/^pod "p" deleted/) })
    expect(took).toBeLessThan(5000)
    client.remove()
    await server.close()
  })
})

test('the kubectls that are installed are named', () => {
  expect(installedKubectls().every(({ minor }) => minor > 0)).toBe(true)
})
