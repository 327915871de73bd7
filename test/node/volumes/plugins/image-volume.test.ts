import { describe, expect, test } from 'vitest'
import { createSim, type SimOptions } from '../../../../src/index.ts'

/** Images that are volumes: pkg/volume/image, kuberuntime_manager.go getImageVolumes and toKubeContainerImageVolumes (by default from v1.35 on). */

const images = [{ name: 'reg.example/conf', files: { '/app/a.conf': 'x=1\n' } }]
const user = { user: 'admin', groups: ['system:masters', 'system:authenticated'] }

function run(image: object, script = 'cat /m/app/a.conf', mount: object = {}, more: SimOptions = {}) {
  const sim = createSim({ journal: 'off', version: 'v1.36', nodes: 1, images, ...more })
  sim.runFor('10s')
  const container = { name: 'web', image: 'busybox', command: ['sh', '-c', `${script}; sleep 999`] }
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: {
      volumes: [{ name: 'm', image }],
      containers: [{ ...container, volumeMounts: [{ name: 'm', mountPath: '/m', ...mount }] }],
    },
  }
  const body = JSON.stringify(pod)
  const path = '/api/v1/namespaces/default/pods'
  const answer = sim.request({ method: 'POST', path, ...user, body, contentType: 'application/json' })
  if ('read' in answer) throw new Error('it came as a stream')
  sim.runFor('3s')
  const events = (reason: string) =>
    sim
      .events({ namespace: 'default' })
      .filter((event) => event.reason === reason)
      .map(({ message }) => message)
  return { sim, code: answer.code, told: JSON.parse(answer.body), events, logs: () => sim.kubectl('logs p').stdout }
}

describe('a volume of an image', () => {
  test.each([
    { what: 'its files', script: 'cat /m/app/a.conf', mount: {}, said: 'x=1\n' },
    { what: 'one of its directories', script: 'cat /m/a.conf', mount: { subPath: 'app' }, said: 'x=1\n' },
    { what: 'for reading only', script: 'echo y > /m/b || echo no', mount: {}, said: /Read-only file system\nno\n$/ },
  ])('gives a container $what', ({ script, mount, said }) => {
    const { told, logs, events } = run({ reference: 'reg.example/conf:1' }, script, mount)
    expect(told.spec.volumes[0].image.pullPolicy).toBe('IfNotPresent')
    expect(logs()).toEqual(typeof said === 'string' ? said : expect.stringMatching(said))
    expect(events('Pulling')).toEqual(['Pulling image "reg.example/conf:1"', 'Pulling image "busybox"'])
  })

  test.each([
    { reference: 'reg.example/conf:1', pullPolicy: 'Never', reason: 'ErrImageNeverPull' },
    { reference: 'gone.example/conf:1', pullPolicy: 'Always', reason: 'ErrImagePull' },
    { reference: 'reg.example/Conf:1', pullPolicy: 'IfNotPresent', reason: 'InvalidImageName' },
  ])('that cannot be had keeps it from starting: $reason', ({ reason, ...image }) => {
    const { sim, events } = run(image, 'true', {}, { images: [...images, { name: 'gone.example/conf', absent: true }] })
    expect(events('Failed').at(-1)).toMatch(new RegExp(`^Error: (${reason}|ImagePullBackOff)$`))
    expect(sim.kubectl('get pods --no-headers').stdout).toMatch(new RegExp(` (${reason}|ImagePullBackOff) `))
    expect(events('Created')).toEqual([])
  })

  test.each([
    { image: {}, told: 'spec.volumes[0].image.reference: Required value' },
    {
      image: { reference: 'a', pullPolicy: 'Sometimes' },
      told: 'spec.volumes[0].image.pullPolicy: Unsupported value: "Sometimes": supported values: "Always", "IfNotPresent", "Never"',
    },
  ])('is refused: $told', ({ image, told: text }) => {
    const { code, told } = run(image)
    expect(code).toBe(422)
    expect(told.message).toContain(text)
  })

  // pkg/api/pod/util.go, dropImageVolumes: the source is dropped when defaults are set already.
  test.each(['v1.31', 'v1.34'] as const)('%s: is a volume of no kind until its gate is on', (version) => {
    const { code, told } = run({ reference: 'reg.example/conf:1' }, 'true', {}, { version })
    const problems =
      '[spec.volumes[0]: Required value: must specify a volume type, spec.containers[0].volumeMounts[0].name: Not found: "m"]'
    expect([code, told.message]).toEqual([422, `Pod "p" is invalid: ${problems}`])
  })

  test('is unknown before v1.31: an empty directory', () => {
    const { code, told } = run({ reference: 'reg.example/conf:1' }, 'true', {}, { version: 'v1.30' })
    expect([code, told.spec.volumes[0]]).toEqual([201, { name: 'm', emptyDir: {} }])
  })
})
