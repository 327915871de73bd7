import { describe, expect, test } from 'vitest'
import { type Api, newApi, pod, pods } from './api.ts'

const path = `${pods}/p/ephemeralcontainers`
const late = { name: 'late', image: 'busybox' }
const strategic = 'application/strategic-merge-patch+json'

function withPod(minor: number, spec: object = {}): Api {
  const api = newApi(minor)
  api.post(pods, pod('p', spec))
  return api
}

const add = (api: Api, container: object) =>
  api.send('PATCH', path, { spec: { ephemeralContainers: [container] } }, strategic)
const put = (api: Api, containers: readonly object[], more: object = {}) => {
  const { body } = api.send('GET', path)
  return api.send('PUT', path, { ...body, ...more, spec: { ...body.spec, ephemeralContainers: containers } })
}

describe('pods/x/ephemeralcontainers', () => {
  test.each([18, 21, 22])('v1.%i has no such subresource, and drops the field of Pods', (minor) => {
    const api = withPod(minor, { ephemeralContainers: [late] })
    for (const verb of ['GET', 'PUT', 'PATCH']) {
      const { code, body } = api.send(verb, path, verb === 'GET' ? undefined : {}, strategic)
      expect([code, body.message]).toEqual([404, 'the server could not find the requested resource'])
    }
    expect(api.send('GET', `${pods}/p`).body.spec.ephemeralContainers).toBeUndefined()
  })

  test.each([23, 25, 36])(
    'v1.%i: a patch adds one beside those that are there, and counts as the Pod itself',
    (minor) => {
      const api = withPod(minor)
      const before = api.send('GET', path).body
      expect(before.kind).toBe('Pod')
      expect(add(api, late).code).toBe(200)
      const { code, body } = add(api, { ...late, name: 'later', targetContainerName: 'c' })
      expect(code).toBe(200)
      expect(body.spec.ephemeralContainers).toEqual(
        expect.arrayContaining([
          {
            name: 'late',
            image: 'busybox',
            resources: {},
            terminationMessagePath: '/dev/termination-log',
            terminationMessagePolicy: 'File',
            imagePullPolicy: 'Always',
          },
          expect.objectContaining({ name: 'later', targetContainerName: 'c' }),
        ]),
      )
      expect(body.metadata.generation).toBe(minor >= 33 ? 3 : undefined)
      expect(api.send('GET', `${pods}/p`).body).toEqual(body)
    },
  )

  test('of a PUT only the containers count', () => {
    const api = withPod(36)
    const { body } = api.send('GET', path)
    const labels = { metadata: { ...body.metadata, labels: { a: 'b' } }, status: { phase: 'Failed' } }
    const answer = put(api, [late], labels).body
    expect(answer.metadata.labels).toBeUndefined()
    expect(answer.status.phase).toBe('Pending')
    expect(answer.spec.ephemeralContainers).toHaveLength(1)
    expect(api.send('POST', path, body).code).toBe(405)
  })

  test('what is there stays as it is', () => {
    const api = withPod(26)
    add(api, late)
    expect(put(api, []).body.message).toBe(
      'Pod "p" is invalid: spec.ephemeralContainers: Forbidden: existing ephemeral containers "late" may not be removed\n',
    )
    expect(put(api, [{ ...late, image: 'redis' }]).body.message).toMatch(
      /^Pod "p" is invalid: spec\.ephemeralContainers: Forbidden: existing ephemeral containers "late" may not be changed\n/,
    )
  })

  test.each([
    [24, { ...late, name: 'c' }, 'spec.ephemeralContainers[0].name: Duplicate value: "c"'],
    [24, { ...late, targetContainerName: 'x' }, 'spec.ephemeralContainers[0].targetContainerName: Not found: "x"'],
    [24, { name: 'a_b', image: 'x' }, 'spec.ephemeralContainers[0][0].name: Invalid value: "a_b": '],
    [25, { name: 'a_b', image: 'x' }, 'spec.ephemeralContainers[0].name: Invalid value: "a_b": '],
    [24, { name: 'a' }, 'spec.ephemeralContainers[0][0].image: Required value'],
    [25, { name: 'a' }, 'spec.ephemeralContainers[0].image: Required value'],
    [
      36,
      { ...late, ports: [{ containerPort: 80 }] },
      'spec.ephemeralContainers[0].ports: Forbidden: cannot be set for an Ephemeral Container',
    ],
    [
      36,
      { ...late, livenessProbe: { exec: { command: ['true'] } } },
      'spec.ephemeralContainers[0].livenessProbe: Forbidden: cannot be set for an Ephemeral Container',
    ],
    [
      25,
      { ...late, volumeMounts: [{ name: 'v', mountPath: '/v', subPath: 'k' }] },
      'spec.ephemeralContainers[0].volumeMounts[0].subPath: Forbidden: cannot be set for an Ephemeral Container',
    ],
  ])('v1.%i refuses %j', (minor, container, text) => {
    const api = withPod(minor, { volumes: [{ name: 'v', emptyDir: {} }] })
    const { code, body } = add(api, container)
    expect(code).toBe(422)
    expect(body.message).toContain(text)
  })

  test('until v1.24 a subPath may be mounted', () => {
    const api = withPod(24, { volumes: [{ name: 'v', emptyDir: {} }] })
    expect(add(api, { ...late, volumeMounts: [{ name: 'v', mountPath: '/v', subPath: 'k' }] }).code).toBe(200)
  })

  test.each([26, 27])('v1.%i: static Pods take none from v1.27 on', (minor) => {
    const api = newApi(minor)
    const annotations = { 'kubernetes.io/config.mirror': 'h', 'kubernetes.io/config.hash': 'h' }
    api.post(pods, pod('p', { nodeName: 'n' }, { annotations }))
    const { code, body } = add(api, late)
    expect(code).toBe(minor < 27 ? 200 : 422)
    if (minor >= 27)
      expect(body.message).toBe('Pod "p" is invalid: []: Forbidden: static pods do not support ephemeral containers')
  })

  test.each([
    [27, 'env', true],
    [28, 'env', false],
    [29, 'envFrom', true],
    [30, 'envFrom', false],
  ])('P4 v1.%i: a Secret in %s that the account may not mount is taken: %s', (minor, where, isTaken) => {
    const api = newApi(minor)
    const accounts = '/api/v1/namespaces/default/serviceaccounts'
    api.send(
      'PATCH',
      `${accounts}/default`,
      { metadata: { annotations: { 'kubernetes.io/enforce-mountable-secrets': 'true' } } },
      'application/merge-patch+json',
    )
    api.post(pods, pod('p'))
    const container =
      where === 'env'
        ? { ...late, env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }] }
        : { ...late, envFrom: [{ secretRef: { name: 's' } }] }
    const { code, body } = add(api, container)
    if (isTaken) expect(code).toBe(200)
    else
      expect([code, body.message]).toEqual([
        500,
        `ephemeral container late with ${where === 'env' ? 'envVar A' : 'envFrom'} referencing secret.secretName="s" is not allowed because service account default does not reference that secret`,
      ])
  })
})
