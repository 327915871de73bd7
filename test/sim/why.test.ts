import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/index.ts'

const secret = (data: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'db' },
  stringData: data,
})
const pod = (name: string, spec: object) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec })
const passwordOf = (key: string, more: object = {}) => [
  { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key, ...more } } },
]

describe('why', () => {
  test('L1 a container that leaves a last word: after its last line', () => {
    const sim = createSim({ seed: 'why' })
    const command = ['sh', '-c', 'echo starting; echo no database > /dev/termination-log; exit 3']
    const containers = [{ name: 'c', image: 'busybox', command }]
    sim.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { containers, restartPolicy: 'Never' } })
    sim.runFor('20s')
    expect(sim.why('pod/a').details).toContain(
      'container c ended with exit code 3 (Error); its last line: starting; its last word: no database',
    )
  })

  test('L1 an init container that fails: its name, exit code, how often, and its last line', () => {
    const sim = createSim({ seed: 'init' })
    sim.apply(
      pod('app', {
        initContainers: [
          { name: 'migrate', image: 'busybox', command: ['sh', '-c', 'echo begins; echo no database >&2; exit 3'] },
        ],
        containers: [{ name: 'app', image: 'nginx' }],
      }),
    )
    sim.runFor('30s')
    expect(sim.why('pod/app').details).toEqual([
      'init container migrate ended with exit code 3 (Error), started again 2 times; its last line: no database',
    ])
  })

  test('L1 a container that should run on and ends well is told, too; one of a Job is not', () => {
    const sim = createSim({ seed: 'ends' })
    const containers = [{ name: 'c', image: 'busybox', command: ['sh', '-c', 'echo bye; sleep 1'] }]
    sim.apply(pod('again', { containers }), pod('once', { containers, restartPolicy: 'OnFailure' }))
    sim.runFor('60s')
    expect(sim.why('pod/again').details).toEqual([
      'container c ended with exit code 0 (Completed), started again 3 times; its last line: bye',
    ])
    expect(sim.why('pod/once').details).toEqual([])
  })

  test('E1 L2 who needs what: a Secret that is not there, a key that it lacks, and nothing of what is optional', () => {
    const sim = createSim({ seed: 'needs' })
    sim.apply(
      pod('app', {
        containers: [
          {
            name: 'app',
            image: 'nginx',
            env: [...passwordOf('password'), ...passwordOf('other', { optional: true })],
            envFrom: [{ secretRef: { name: 'nobody', optional: true } }],
            volumeMounts: [{ name: 'files', mountPath: '/etc/files' }],
          },
        ],
        volumes: [
          { name: 'files', configMap: { name: 'settings' } },
          { name: 'unused', secret: { secretName: 'unused' } },
        ],
      }),
    )
    sim.runFor('20s')
    expect(sim.why('pod/app').details).toEqual([
      'env PASSWORD of container app needs secret db: there is none in default',
      'volume files needs configmap settings: there is none in default',
    ])
    sim.apply(secret({ user: 'x' }))
    sim.kubectl('create configmap settings')
    sim.runFor('1m')
    const { summary, details } = sim.why('pod/app')
    expect(summary).toContain('CreateContainerConfigError')
    expect(details).toContain('env PASSWORD of container app needs key password of secret db: it has user')
    sim.apply(secret({ user: 'x', password: 'y' }))
    sim.runFor('1m')
    expect(sim.why('pod/app').details).toEqual([])
  })

  test('U1 U4 of a Secret: who uses it, how, and which revision each sees', () => {
    const sim = createSim({ seed: 'revisions' })
    sim.apply(secret({ password: 'hunter1' }))
    expect(sim.why('secret/db').details).toEqual(['revision A was written 0s ago by user/admin', 'no container has it'])
    sim.apply(
      pod('app', {
        containers: [
          {
            name: 'app',
            image: 'nginx',
            env: passwordOf('password'),
            volumeMounts: [{ name: 'db', mountPath: '/etc/db' }],
          },
        ],
        volumes: [{ name: 'db', secret: { secretName: 'db' } }],
      }),
    )
    sim.runFor('1m')
    sim.apply(secret({ password: 'hunter2' }))
    sim.runFor('2m')
    const { details } = sim.why('secret/db')
    expect(details[0]).toBe('revision B was written 2m ago by user/admin')
    expect(details.find((line) => line.includes('/etc/db'))).toMatch(
      /^pod app, \/etc\/db sees revision B since 00:0[12]:[\d.]+$/,
    )
    expect(details.find((line) => line.includes('env PASSWORD'))).toMatch(
      /^pod app, env PASSWORD sees revision A since 00:00:[\d.]+: .+, until .+$/,
    )
    expect(details.join()).not.toMatch(/hunter/)
  })

  test('L1 of a Secret that is not there: who needs it, and who would do without; of a workload: its Pods that are not well', () => {
    const sim = createSim({ seed: 'workload' })
    const container = { name: 'app', image: 'nginx' }
    const template = (labels: object, spec: object) => ({ metadata: { labels }, spec })
    const deployment = (name: string, spec: object) => ({
      ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name } },
      spec: { replicas: 2, selector: { matchLabels: { app: name } }, template: template({ app: name }, spec) },
    })
    sim.apply(
      deployment('web', { containers: [{ ...container, env: passwordOf('password') }] }),
      deployment('orphan', { serviceAccountName: 'nobody', containers: [container] }),
      pod('lax', { containers: [{ ...container, env: passwordOf('password', { optional: true }) }] }),
    )
    sim.runFor('30s')
    const missing = sim.why('secret/db')
    expect(missing.summary).toBe('there is no secret default/db, and there never was')
    expect(missing.details).toEqual([
      expect.stringMatching(/^pod default\/lax would take it for env PASSWORD of container app$/),
      ...Array<unknown>(2).fill(
        expect.stringMatching(/^pod default\/web-\w+-\w+ needs it for env PASSWORD of container app$/),
      ),
    ])
    const web = sim.why('deploy/web')
    expect(web.summary).toBe('deployment default/web has 0 of 2 Pods well')
    expect(web.details[0]).toMatch(
      /^pod default\/web-\S+ is Pending, waiting \(CreateContainerConfigError\): Error: secret "db" not found$/,
    )
    expect(web.details).toContain('  env PASSWORD of container app needs secret db: there is none in default')
    expect(sim.why('deployments/orphan').summary).toMatch(
      /^deployment default\/orphan has no Pods: Error creating: pods "orphan-\S+" is forbidden: .*"nobody" not found$/,
    )
    // An object has one name, however it is asked for; those of no namespace have none.
    expect(sim.why('po/lax').summary).toBe('pod default/lax is Running and ready')
    expect(sim.why('no/node-1').summary).toBe('node node-1 exists')
    sim.apply(secret({ password: 'x' }))
    sim.runFor('2m')
    expect(sim.why('deploy/web').details).toEqual([])
  })
})
