import { beforeAll, describe, expect, test } from 'vitest'
import { createSim } from '../../src/index.ts'
import type { Sim } from '../../src/sim/sim.ts'

/** nginx and httpd serve the files of their images, and what is mounted over them, until somebody sets them up otherwise. */
const httpGet = (path: string, port = 80) => ({ readinessProbe: { httpGet: { path, port }, periodSeconds: 1 } })
const mounted = (source: object, mountPath: string) => ({
  containers: { volumeMounts: [{ name: 'v', mountPath }] },
  volumes: [{ name: 'v', ...source }],
})
const nginx = (
  container: object = {},
  spec: { readonly containers?: object; readonly volumes?: readonly object[] } = {},
) => ({
  ...spec,
  containers: [{ name: 'c', image: 'nginx:alpine', ...container, ...spec.containers }],
})

const pods: Readonly<Record<string, object>> = {
  plain: nginx(httpGet('/')),
  healthz: nginx(httpGet('/healthz')),
  other: nginx({ ports: [{ containerPort: 8080 }], ...httpGet('/', 8080) }),
  listens: nginx(
    { ports: [{ containerPort: 8080 }], ...httpGet('/healthz', 8080) },
    mounted({ configMap: { name: 'conf' } }, '/etc/nginx/conf.d'),
  ),
  site: nginx(httpGet('/a.html'), mounted({ secret: { secretName: 'site' } }, '/usr/share/nginx/html')),
  disk: nginx(httpGet('/x'), mounted({ hostPath: { path: '/srv/site' } }, '/usr/share/nginx/html')),
  shared: nginx(httpGet('/quote'), mounted({ emptyDir: {} }, '/usr/share/nginx/html')),
  elsewhere: nginx({ readinessProbe: { httpGet: { host: 'up.example.com', path: '/x', port: 80 } } }),
  hooked: nginx({
    lifecycle: { postStart: { exec: { command: ['sh', '-c', 'echo "key $KEY" > /usr/share/nginx/html/index.html'] } } },
    env: [{ name: 'KEY', valueFrom: { secretKeyRef: { name: 'site', key: 'a.html' } } }],
  }),
  quits: nginx({ lifecycle: { preStop: { exec: { command: ['nginx', '-s', 'quit'] } } } }),
  apache: { containers: [{ name: 'c', image: 'httpd:2.4', ...httpGet('/') }] },
  client: { containers: [{ name: 'c', image: 'curlimages/curl', command: ['sleep', '1d'] }] },
}

let sim: Sim
beforeAll(() => {
  sim = createSim({ journal: 'off', version: 'v1.36', seed: 'web' })
  sim.kubectl('create configmap conf --from-literal=x.conf=server{}')
  sim.kubectl('create secret generic site --from-literal=a.html=hello')
  for (const [name, spec] of Object.entries(pods))
    sim.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: { ...spec, terminationGracePeriodSeconds: 20 },
    })
  sim.runFor('20s')
})
const ready = (name: string) => sim.kubectl(`get pod ${name} --no-headers`).stdout.split(/\s+/)[1]
const curl = (name: string, path: string, flags = '') =>
  sim.shell(`kubectl exec client -- curl -s ${flags} $(kubectl get pod ${name} -o jsonpath={.status.podIP})${path}`)
    .stdout

describe('L2: probes of web servers', () => {
  test.each([
    ['plain', '1/1'],
    ['healthz', '0/1'],
    ['other', '0/1'],
    ['listens', '1/1'],
    ['site', '1/1'],
    ['disk', '1/1'],
    ['shared', '1/1'],
    ['elsewhere', '1/1'],
    ['apache', '1/1'],
  ])('%s is %s', (name, is) => {
    expect(ready(name)).toBe(is)
  })

  test('what is not there, and where nobody listens, is told as the kubelet tells it', () => {
    const told = (name: string) =>
      sim.events({ on: `pod/${name}` }).find(({ reason }) => reason === 'Unhealthy')?.message
    expect(told('healthz')).toBe('Readiness probe failed: HTTP probe failed with statuscode: 404')
    expect(told('other')).toMatch(
      /^Readiness probe failed: Get "http:.*:8080\/": dial tcp .*: connect: connection refused$/,
    )
  })
})

describe('what web servers answer', () => {
  test('the page of the image, what was written over it, and what a Secret brings', () => {
    expect(curl('plain', '/')).toContain('<h1>Welcome to nginx!</h1>')
    expect(curl('plain', '/')).toHaveLength(615)
    expect(curl('apache', '/')).toBe('<html><body><h1>It works!</h1></body></html>\n')
    expect(curl('hooked', '/')).toBe('key hello\n')
    expect(curl('site', '/a.html')).toBe('hello')
  })

  test('refusals: no such page, no index, a way out of its folder', () => {
    expect(curl('plain', '/nothing', '-o /dev/null -w %{http_code}')).toBe('404')
    expect(
      sim.kubectl('get --raw /api/v1/namespaces/default/pods/plain/proxy/%2e%2e/%2e%2e/%2e%2e/etc/passwd').stdout,
    ).not.toContain('root')
    expect(curl('plain', '/nothing')).toContain('<center><h1>404 Not Found</h1></center>')
    expect(curl('site', '/')).toContain('403 Forbidden')
    expect(curl('apache', '/nothing')).toContain('<p>The requested URL was not found on this server.</p>')
  })

  test('nginx -t and -s say and do their own, and serve nothing', () => {
    expect(sim.kubectl('exec plain -- nginx -t').stderr).toContain('nginx.conf syntax is ok\n')
    expect(sim.kubectl('exec plain -- nginx -s reload').exitCode).toBe(0)
    expect(sim.kubectl('exec plain -- nginx -V')).toMatchObject({ exitCode: 126 })
    const before = sim.now()
    sim.kubectl('delete pod quits')
    expect(sim.now() - before).toBeLessThan(5000)
  })
})
