import { describe, expect, test } from 'vitest'
import type { Sim } from '../../../src/index.ts'
import { forever, type OwnProcess, type Steps } from '../../../src/index.ts'
import { cluster, logOf, pod, run, service, web } from './network-world.ts'

const never = { exec: { command: ['false'] } }
const addressOf = (sim: Sim, name: string): string => sim.kubectl(`get pod ${name} -o jsonpath={.status.podIP}`).stdout
const secondsOf = (log: readonly string[]): number => Number(log.at(-2)) - Number(log[0])
/** How a connection ends, and after how many seconds. */
const tried = (sim: Sim, target: string, within = '5m') => {
  const log = logOf(sim, `date +%s; nc -vv -z ${target}; code=$?; date +%s; (exit $code)`, { within })
  return { text: log.slice(1, -2), code: log.at(-1), seconds: secondsOf(log) }
}

describe('a connection to a Service', () => {
  test('goes to a ready Pod', () => {
    const sim = cluster([service('web'), web('web-0', 'web')])
    expect(run(sim, 'nc -v -z web 80')[0]).toMatch(/^web \(10\.\d+\.\d+\.\d+:80\) open$/)
  })

  test.each(['v1.18', 'v1.19', 'v1.30'] as const)('is refused where it has no ready endpoint: %s', (version) => {
    const unready = pod(
      'web-0',
      { containers: [{ name: 'web', image: 'nginx', readinessProbe: never }] },
      { app: 'web' },
    )
    const sim = cluster([service('web'), unready], { version })
    expect(run(sim, 'nc -z web 80')).toEqual(['= 1'])
    const busy = cluster([service('web'), web('web-0', 'web')], { version })
    expect(run(busy, 'nc -z web 80')).toEqual([])
  })

  test('gets no answer at a port that it has not: no rule of iptables takes it', () => {
    const sim = cluster([service('web'), web('web-0', 'web')])
    const { text, code, seconds } = tried(sim, 'web 81')
    expect(text[0]).toMatch(/^nc: web \(10\..*:81\): Connection timed out$/)
    expect(code).toBe('= 1')
    expect(seconds).toBe(127)
  })

  test('is refused where nothing listens in the Pod, and taken under the name of a port', () => {
    const named = pod(
      'web-0',
      { containers: [{ name: 'web', image: 'corp/app', ports: [{ name: 'http', containerPort: 8080 }] }] },
      { app: 'web' },
    )
    const sim = cluster([
      service('right', { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }] }),
      service('wrong', { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 9090 }] }),
      service('unnamed', { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'https' }] }),
      named,
    ])
    expect(['right', 'wrong', 'unnamed'].map((name) => run(sim, `nc -z ${name} 80; echo $?`).at(-1))).toEqual([
      '0',
      '1',
      '1',
    ])
  })

  test('is drawn among its endpoints, from a stream of its own', () => {
    const program = (name: string) => ({
      name: `own/${name}`,
      *program(proc: OwnProcess): Steps<never> {
        proc.serve(80, () => ({ status: 200, body: `${name}\n` }))
        return yield* forever()
      },
    })
    const names = ['a', 'b', 'c']
    const pods = names.map((name) => pod(name, { containers: [{ name: 'own', image: `own/${name}` }] }, { app: 'web' }))
    const sim = cluster([service('web'), ...pods], { images: names.map(program) })
    const answers = run(sim, 'for i in $(seq 60); do wget -qO- web; done')
    expect([...new Set(answers)].sort()).toEqual(names)
  })

  test('reaches Pods that end while they are ready still, from v1.26 on', () => {
    const ends = (version: 'v1.25' | 'v1.26') => {
      const sim = cluster(
        [
          service('web'),
          web('web-0', 'web', {
            terminationGracePeriodSeconds: 60,
            containers: [{ name: 'web', image: 'corp/slow', command: ['sh', '-c', "trap '' TERM; /app/server"] }],
          }),
        ],
        { version },
      )
      sim.kubectl('delete pod web-0 --wait=false')
      sim.runFor('5s')
      return run(sim, 'nc -z web 80; echo $?').at(-1)
    }
    expect([ends('v1.25'), ends('v1.26')]).toEqual(['1', '0'])
  })
})

describe('a connection to a Pod', () => {
  const nodes = { nodes: 2 }
  const on = (nodeName: string) => ({ nodeName })

  test('needs no Service; localhost is the own Pod, with its other containers', () => {
    const sim = cluster([
      web('web-0', 'web'),
      pod('pair', {
        containers: [
          { name: 'sh', image: 'busybox', command: ['sleep', '1d'] },
          { name: 'web', image: 'nginx' },
        ],
      }),
    ])
    expect(run(sim, `nc -z ${addressOf(sim, 'web-0')} 80`)).toEqual([])
    expect(run(sim, `nc -z ${addressOf(sim, 'web-0')} 81`)).toEqual(['= 1'])
    expect(run(sim, 'nc -z localhost 80 && nc -z 127.0.0.1 80', { pod: 'pair' })).toEqual([])
    expect(run(sim, 'nc -z localhost 80')).toEqual(['= 1'])
  })

  test('an address that nobody has any more is told of after three seconds', () => {
    const sim = cluster([web('web-0', 'web')])
    const ip = addressOf(sim, 'web-0')
    sim.kubectl('delete pod web-0 --force')
    sim.runFor('30s')
    const { text, seconds } = tried(sim, `${ip} 80`)
    expect(text[0]).toBe(`nc: ${ip} (${ip}:80): No route to host`)
    expect(seconds).toBe(3)
  })

  test.each([
    ['powered off', { power: 'off', node: 'node-2' }],
    ['cut off', { partition: 'node-2' }],
  ] as const)('a machine that is %s does not answer', (_what, fault) => {
    const sim = cluster([service('web'), web('web-0', 'web', on('node-2'))], nodes)
    expect(run(sim, 'nc -z web 80')).toEqual([])
    sim.fault(fault)
    const { text, seconds } = tried(sim, 'web 80', '3m')
    expect(text[0]).toMatch(/Connection timed out$/)
    expect(seconds).toBe(127)
  })

  test('a Pod with the network of its machine has the machine’s address', () => {
    const sim = cluster([web('web-0', 'web', { hostNetwork: true })])
    expect(run(sim, `nc -z ${addressOf(sim, 'web-0')} 80`)).toEqual([])
  })

  test('the API server answers on its port, but not in HTTP', () => {
    const sim = cluster([])
    expect(run(sim, 'nc -z kubernetes 443; wget -qO- http://kubernetes:443/')).toEqual([
      'wget: server returned error: HTTP/1.1 400 Bad Request',
      '= 1',
    ])
  })
})
