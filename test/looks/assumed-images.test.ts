import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/sim/create-sim.ts'
import type { SimOptions } from '../../src/sim/options.ts'
import type { Sim } from '../../src/sim/sim.ts'

/** What is taken for granted of images: each use of each container, once for each template of Pods. */

const image = 'corp/app:3'
const is = `image ${image}: what it does is not known; taken is that `
const runsOn = ' starts and runs on, and reads what it is given'
const ends = ' does its work and ends, and reads what it is given'

function given(objects: readonly object[], options: SimOptions = {}): Sim {
  const sim = createSim({ version: 'v1.31', seed: 'assumed', ...options })
  for (const object of objects) sim.apply(object)
  return sim
}

const pod = (spec: object) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec })
const told = (sim: Sim) => sim.assumptions().map(({ message }) => message)
const exec = (...command: string[]) => ({ exec: { command } })

describe('L3: each use of an image that nobody knows is an assumption of its own', () => {
  test.each<[string, object, string[]]>([
    ['a server', { containers: [{ name: 'c', image }] }, [`${is}container c of pod default/p${runsOn}`]],
    [
      'two servers',
      { containers: ['c', 'd'].map((name) => ({ name, image })) },
      [`${is}container c of pod default/p${runsOn}`, `${is}container d of pod default/p${runsOn}`],
    ],
    [
      'not restarted',
      { restartPolicy: 'Never', containers: [{ name: 'c', image }] },
      [`${is}container c of pod default/p${ends}`],
    ],
    [
      'init containers, one of them a sidecar',
      {
        initContainers: [
          { name: 'i', image, command: ['/app/migrate'] },
          { name: 's', image, restartPolicy: 'Always' },
        ],
        containers: [{ name: 'c', image: 'nginx' }],
      },
      [`${is}init container i of pod default/p${ends}`, `${is}init container s of pod default/p${runsOn}`],
    ],
  ])('%s', (_what, spec, messages) => {
    const sim = given([pod(spec)])
    expect(told(sim)).toEqual(messages)
    expect(sim.why('pod/p').assumed).toEqual(messages)
  })

  test.each<[string, object, string[]]>([
    ['a probe', { readinessProbe: exec('/app/ok') }, ['its /app/ok: it succeeds as readiness probe']],
    [
      'a script',
      { livenessProbe: exec('sh', '-c', 'ok -q && [ -e /x ]') },
      ['its ok: it succeeds as liveness probe', 'it: it makes /x for the liveness probe'],
    ],
    [
      'hooks',
      { lifecycle: { postStart: exec('/a'), preStop: exec('bash', '-ec', 'exec timeout 3 /b') } },
      ['its /a: it succeeds as postStart hook', 'its /b: it succeeds as preStop hook'],
    ],
    [
      'a request',
      { startupProbe: { httpGet: { path: 'up', port: 80 } } },
      ['it: it answers GET :80/up as startup probe'],
    ],
    [
      'a port',
      { readinessProbe: { tcpSocket: { port: 5 } } },
      ['it: it answers connections to port 5 as readiness probe'],
    ],
    ['a file', { readinessProbe: exec('test', '-f', '/up') }, ['it: it makes /up for the readiness probe']],
    ['what podsim runs', { readinessProbe: exec('sh', '-c', 'f() { test -f /etc/passwd; }; f') }, []],
    [
      'a file of a volume',
      { readinessProbe: exec('/v/check.sh'), volumeMounts: [{ name: 'v', mountPath: '/v/' }] },
      [],
    ],
  ])('of probes and hooks: %s', (_what, container, parts) => {
    const volumes = [{ name: 'v', emptyDir: {} }]
    const spec = { containers: [{ name: 'c', image, ...container }], volumes }
    expect(told(given([pod(spec)])).slice(1)).toEqual(
      parts.map((part) => {
        const [of, taken] = part.split(': ')
        return `image ${image}: what ${of} does is not known; taken is that ${taken} of container c of pod default/p`
      }),
    )
  })

  test.each<[string, object, string[]]>([
    ['its own program', { image: 'redis:7' }, []],
    ['a probe', { image: 'redis:7', readinessProbe: exec('redis-cli', 'ping') }, ['redis-cli']],
    [
      'a script',
      { image: 'postgres', command: ['sh', '-c', 'x=$(cat f); pg_dump $x; for i in 1; do mine; done'] },
      ['pg_dump', 'mine'],
    ],
    ['an applet', { image: 'busybox', command: ['sh', '-c', 'ping -c 1 web'] }, ['ping']],
    ['what is not there', { image: 'nginx', command: ['/app/x'] }, []],
  ])('of images that podsim knows, the programs that it knows by name only: %s', (_what, container, programs) => {
    const sim = given([pod({ containers: [{ name: 'c', ...container }] })])
    expect(told(sim).map((text) => /what its (\S+) does is not known/.exec(text)?.[1])).toEqual(programs)
  })

  test('Pods of one template share an entry, two templates have two', () => {
    const spec = { containers: [{ name: 'c', image }] }
    const web = (name: string) => ({
      ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name } },
      spec: { replicas: 2, selector: { matchLabels: { name } }, template: { metadata: { labels: { name } }, spec } },
    })
    const job = { spec: { template: { spec: { ...spec, restartPolicy: 'Never' } } } }
    const cron = {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'n' },
      spec: { schedule: '* * * * *', jobTemplate: job },
    }
    const sim = given([web('a'), web('b'), cron])
    sim.runFor('150s')
    expect(sim.assumptions().map(({ message, pods }) => [message, pods.length])).toEqual([
      [`${is}container c of deployment default/a${runsOn}`, 2],
      [`${is}container c of deployment default/b${runsOn}`, 2],
      [`${is}container c of cronjob default/n${ends}`, 2],
    ])
  })

  test('what was assumed of a Pod that is gone is still told', () => {
    const sim = given([pod({ containers: [{ name: 'c', image, lifecycle: { preStop: exec('/bye') } }] })])
    sim.runFor('5s')
    const before = sim.assumptions()
    sim.kubectl('delete pod p')
    sim.runFor('1m')
    expect(sim.list('Pod')).toEqual([])
    expect(sim.assumptions()).toEqual(before)
  })

  test('images that are described: what they run is known, what they are asked beside is not', () => {
    const containers = [{ name: 'c', image, readinessProbe: exec('/app/ok') }]
    const of = (program?: 'serve' | 'password-server') =>
      told(given([pod({ containers })], { images: [{ name: 'corp/app', ...(program && { program }) }] }))
    const probe = [
      `image ${image}: what its /app/ok does is not known; taken is that it succeeds as readiness probe of container c of pod default/p`,
    ]
    expect([of(), of('serve'), of('password-server')]).toEqual([probe, probe, []])
  })
})

describe('unknownImages: strict takes nothing for granted, and says so', () => {
  const refusal = (of: string, taken: string) =>
    `image ${image}: what ${of} does is not known, and unknownImages is strict: it is not taken that ${taken} of pod default/p`
  const server = { name: 'c', image }

  test.each<[string, object, RegExp, string | undefined]>([
    ['a server of its own program', { containers: [server] }, /^Running/, undefined],
    [
      'a program that it is not said to have',
      { containers: [{ ...server, command: ['/app/x'] }] },
      /^(RunContainerError|CrashLoopBackOff)/,
      refusal('its /app/x', 'it does what it is run for in container c'),
    ],
    [
      'an init container',
      { initContainers: [{ name: 'i', image }], containers: [server] },
      /^Init:(Error|CrashLoopBackOff)/,
      refusal('it', 'init container i').replace(/ of pod .*/, ` of pod default/p${ends}`),
    ],
    [
      'a task',
      { restartPolicy: 'Never', containers: [server] },
      /^Error/,
      refusal('it', 'container c').replace(/ of pod .*/, ` of pod default/p${ends}`),
    ],
    [
      'a script of an init container',
      { initContainers: [{ name: 'i', image, command: ['sh', '-c', '/app/x'] }], containers: [server] },
      /^Init:(Error|CrashLoopBackOff)/,
      refusal('its /app/x', 'it does what it is run for in init container i'),
    ],
    [
      'a liveness probe, whose errors the kubelet throws away',
      { containers: [{ ...server, livenessProbe: exec('/app/ok') }] },
      /^Running 0/,
      refusal('its /app/ok', 'it succeeds as liveness probe of container c'),
    ],
    [
      'a hook',
      { containers: [{ ...server, lifecycle: { postStart: exec('/app/ok') } }] },
      /^(PostStartHookError|CrashLoopBackOff|Completed)/,
      refusal('its /app/ok', 'it succeeds as postStart hook of container c'),
    ],
  ])('%s', (_what, spec, status, line) => {
    const sim = given([pod(spec)], { unknownImages: 'strict' })
    sim.runFor('3m')
    const row = sim.kubectl('get pod p --no-headers').stdout.split(/ {2,}/)
    expect(row.slice(2).join(' ')).toMatch(status)
    const lines = sim.why('pod/p').details.filter((each) => each.includes('strict: '))
    expect(lines).toEqual(line === undefined ? [] : [line])
    expect(sim.assumptions()).toEqual([])
  })

  test('what cannot run says why in its log', () => {
    const sim = given([pod({ restartPolicy: 'Never', containers: [server] })], { unknownImages: 'strict' })
    sim.runFor('10s')
    expect(sim.logs({ pod: 'p' })).toBe('podsim: what this image does is not known, and unknownImages is strict\n')
  })

  test.each(['succeed', 'strict'] as const)(
    '%s: what an image is said to run does not answer for others',
    (unknownImages) => {
      const containers = [{ ...server, livenessProbe: { ...exec('/app/ok'), periodSeconds: 1, failureThreshold: 1 } }]
      const sim = given([pod({ containers })], { unknownImages, images: [{ name: 'corp/app', program: 'serve' }] })
      sim.runFor('10s')
      expect(sim.events({ reason: 'Unhealthy' }).length > 0).toBe(unknownImages === 'strict')
      const { exitCode, stderr } = sim.kubectl('exec p -- /app/tool')
      expect([exitCode === 0, stderr]).toEqual([false, expect.stringContaining('/app/tool: no such file or directory')])
    },
  )
})
