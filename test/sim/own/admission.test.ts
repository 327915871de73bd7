import { describe, expect, test } from 'vitest'
import { createSim, OwnCodeError, resources } from '../../../src/index.ts'

const pod = (name: string, image = 'nginx') => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { containers: [{ name: 'app', image }] },
})
const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app', image: 'nginx:latest' }] } },
  },
}

const versions = ['v1.18', 'v1.36'] as const

describe.each(versions)('an admission hook in %s', (version) => {
  test('changes what is made before it is stored, and its own additions get defaults and tokens too', () => {
    const sim = createSim({ seed: 'mutate', version })
    const hook = sim.admission({
      name: 'inject.example.com',
      on: resources.pods,
      operations: ['CREATE'],
      mutate(draft, { user }) {
        draft.metadata.labels = { ...draft.metadata.labels, by: user.name }
        draft.spec.containers.push({ name: 'sidecar', image: 'busybox:1.36' })
      },
    })
    sim.apply(pod('app'))
    const made = sim.get('Pod', 'app')
    expect(made?.metadata.labels).toEqual({ by: 'admin' })
    const [app, sidecar] = made?.spec.containers ?? []
    expect(sidecar).toMatchObject({ imagePullPolicy: 'IfNotPresent', terminationMessagePath: '/dev/termination-log' })
    // ServiceAccount looks once more, and gives the new container its token.
    expect(sidecar?.volumeMounts?.map(({ mountPath }) => mountPath)).toEqual(
      app?.volumeMounts?.map(({ mountPath }) => mountPath),
    )
    const [told] = sim.journal.query({ type: 'admission.mutated' })
    expect(told).toMatchObject({
      actor: 'webhook/inject.example.com',
      object: { kind: 'Pod', namespace: 'default', name: 'app' },
      detail: { hook: 'inject.example.com', operation: 'CREATE' },
    })
    hook.remove()
    sim.apply(pod('other'))
    expect(sim.get('Pod', 'other')?.spec.containers).toHaveLength(1)
  })

  test('refuses in the words of a webhook, which kubectl and Events repeat', () => {
    const sim = createSim({ seed: 'validate', version })
    sim.admission({
      name: 'tags.example.com',
      on: resources.pods,
      validate: ({ spec }) =>
        spec.containers.some(({ image }) => image?.endsWith(':latest')) ? 'the tag latest is not allowed' : true,
    })
    const words = 'admission webhook "tags.example.com" denied the request: the tag latest is not allowed'
    expect(sim.kubectl('run a --image=nginx:latest --restart=Never').stderr).toBe(
      `Error from server (Forbidden): ${words}\n`,
    )
    expect(() => sim.apply(pod('b', 'nginx:latest'))).toThrow(words)
    sim.apply(pod('c'), deployment)
    sim.runFor('5s')
    const [event] = sim.events({ reason: 'FailedCreate' })
    expect(event?.message).toBe(`Error creating: ${words}`)
    expect(sim.journal.query({ type: 'admission.denied' })[0]?.detail).toEqual({
      hook: 'tags.example.com',
      operation: 'CREATE',
      message: words,
    })
  })
})

describe('an admission hook', () => {
  test('gives code and reason if it wants to, or neither', () => {
    const sim = createSim({ seed: 'status' })
    sim.admission({
      name: 'a.example.com',
      on: [resources.secrets, resources.configMaps],
      operations: ['DELETE'],
      validate: ({ metadata }) =>
        metadata.name === 'kept' ? { reason: 'Conflict', code: 409 } : metadata.name === 'odd' ? '' : true,
    })
    for (const name of ['kept', 'odd', 'free']) sim.kubectl(`create configmap ${name}`)
    const asked = (name: string) =>
      sim.request({ user: 'admin', method: 'DELETE', path: `/api/v1/namespaces/default/configmaps/${name}` })
    expect(asked('kept')).toMatchObject({ code: 409 })
    expect(asked('kept')).toHaveProperty(
      'body',
      expect.stringContaining('"message":"admission webhook \\"a.example.com\\" denied the request: Conflict"'),
    )
    expect(asked('odd')).toMatchObject({ code: 403 })
    expect(asked('free')).toMatchObject({ code: 200 })
  })

  test('hooks run in the order of their names, and see what others made', () => {
    const sim = createSim({ seed: 'order' })
    for (const name of ['b', 'c', 'a'])
      sim.admission({
        name: `${name}.example.com`,
        on: resources.configMaps,
        mutate: (object) => ({ ...object, data: { seen: `${object.data?.seen ?? ''}${name}` } }),
      })
    sim.kubectl('create configmap order')
    expect(sim.get('ConfigMap', 'order')?.data).toEqual({ seen: 'abc' })
  })

  test('a rehearsal is asked about, and leaves no trace', () => {
    const sim = createSim({ seed: 'dry' })
    const asked: boolean[] = []
    sim.admission({ name: 'x.example.com', mutate: (_object, { isDryRun }) => void asked.push(isDryRun) })
    sim.kubectl('run a --image=nginx --restart=Never --dry-run=server')
    expect(asked).toEqual([true])
    expect(sim.journal.query({ type: 'admission.mutated' })).toEqual([])
  })

  test('its mistakes are its own', () => {
    const sim = createSim({ seed: 'mistake' })
    const hook = sim.admission({
      name: 'clumsy.example.com',
      on: resources.pods,
      mutate: ({ metadata }) => void metadata.labels?.app?.trim().at(0)?.toString().repeat(-1),
      validate: () => 5 as never, // a mistake
    })
    expect(() => sim.apply(pod('a'))).toThrow(
      'admission hook clumsy.example.com, at 0s: validate gives the number 5; expected true or nothing, a text that says why not',
    )
    expect(() => sim.apply({ ...pod('a'), metadata: { name: 'a', labels: { app: 'x' } } })).toThrow(OwnCodeError)
    hook.remove()
    sim.apply(pod('a'))
    expect(sim.get('Pod', 'a')).toBeDefined()
    expect(() => sim.admission({ name: 'x' })).toThrow('admission: the hook "x" has neither mutate nor validate')
    const on = 'pods' as never // a mistake
    expect(() => sim.admission({ name: 'x', on, mutate: () => undefined })).toThrow(
      'admission: hook.on is the text "pods"; expected a resource such as resources.pods',
    )
  })
})
