import { describe, expect, test } from 'vitest'
import { newApi } from './api.ts'

/** Profiles of system calls as annotations and as fields; what v1.23 refuses is in recorded-v1.23/wrk-pods.json. */

const key = 'container.seccomp.security.alpha.kubernetes.io/c'
const podKey = 'seccomp.security.alpha.kubernetes.io/pod'

function made(minor: number, annotations: object, context: object) {
  const containers = [{ name: 'c', image: 'i', securityContext: context }]
  const answer = newApi(minor).post('/api/v1/namespaces/default/pods', {
    metadata: { name: 'p', annotations },
    spec: { containers },
  })
  const { metadata, spec } = answer
  return {
    annotations: metadata.annotations,
    container: spec.containers[0].securityContext,
    pod: spec.securityContext,
  }
}

describe('seccomp', () => {
  const profile = { seccompProfile: { type: 'Localhost', localhostProfile: 'a.json' } }

  test.each([19, 23, 26])('v1.%d: a field is told in an annotation, too', (minor) => {
    expect(made(minor, { note: 'n' }, profile).annotations).toEqual({ [key]: 'localhost/a.json', note: 'n' })
  })

  test.each([19, 23, 26])('v1.%d: an annotation is told in a field, too', (minor) => {
    const { container, pod } = made(minor, { [key]: 'docker/default', [podKey]: 'unconfined' }, {})
    expect(container).toEqual({ seccompProfile: { type: 'RuntimeDefault' } })
    expect(pod).toEqual({ seccompProfile: { type: 'Unconfined' } })
  })

  test('v1.27: neither follows the other', () => {
    expect(made(27, { note: 'n' }, profile).annotations).toEqual({ note: 'n' })
    expect(made(27, { [key]: 'unconfined' }, {}).container).toEqual({})
  })

  test('both must say the same', () => {
    const answer = newApi(23).post('/api/v1/namespaces/default/pods', {
      metadata: { name: 'p', annotations: { [key]: 'localhost/b.json' } },
      spec: { containers: [{ name: 'c', image: 'i', securityContext: profile }] },
    })
    const field = 'spec.containers[0].securityContext.seccompProfile.localhostProfile'
    const text = 'seccomp profile in annotation and field must match'
    expect(answer.message).toBe(`Pod "p" is invalid: ${field}: Forbidden: ${text}`)
  })
})
