import { describe, expect, test } from 'vitest'
import { newApi, pod, pods } from './registry/api.ts'

const secrets = '/api/v1/namespaces/default/secrets'
const misspelt = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'pilot' }, stringdata: { a: 'b' } }

/** The answer's message or name, and its warnings. */
function sent(minor: number, method: string, path: string, body: unknown, contentType?: string) {
  const api = newApi(minor)
  api.post(secrets, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'there' } })
  const answer = api.send(method, path, body, contentType)
  return { code: answer.code, message: answer.body.message, warning: answer.headers.warning }
}

describe('C2 R2 unknown fields: Strict refuses, Warn tells, Ignore and versions before v1.25 say nothing', () => {
  test.each([
    [36, '?fieldValidation=Strict', 400, undefined],
    [36, '?fieldValidation=Warn', 201, '299 - "unknown field \\"stringdata\\""'],
    [36, '', 201, '299 - "unknown field \\"stringdata\\""'],
    [36, '?fieldValidation=Ignore', 201, undefined],
    [36, '?fieldValidation=Loud', 422, undefined],
    [24, '?fieldValidation=Strict', 201, undefined],
  ])('v1.%i with %j answers %i', (minor, query, code, warning) => {
    expect(sent(minor, 'POST', `${secrets}${query}`, misspelt)).toMatchObject({ code, warning })
  })

  test('the refusal names kind, version and every field', () => {
    const body = { ...misspelt, metadata: { name: 'pilot', lable: {} } }
    expect(sent(36, 'POST', `${secrets}?fieldValidation=Strict`, body).message).toBe(
      'Secret in version "v1" cannot be handled as a Secret: strict decoding error: unknown field "metadata.lable", unknown field "stringdata"',
    )
  })

  test.each([
    ['application/merge-patch+json', { extra: 1 }],
    ['application/strategic-merge-patch+json', { extra: 1 }],
    ['application/json-patch+json', [{ op: 'add', path: '/extra', value: 1 }]],
  ])('a patch of type %s is held to the object that it makes', (type, patch) => {
    const { code, message } = sent(36, 'PATCH', `${secrets}/there?fieldValidation=Strict`, patch, type)
    expect(code).toBe(422)
    expect(message).toMatch(/strict decoding error: unknown field "extra"$/)
  })

  test('an operation of a JSON patch has no other members', () => {
    const patch = [{ op: 'test', path: '/kind', value: 'Secret', why: 'x' }]
    const { message } = sent(
      36,
      'PATCH',
      `${secrets}/there?fieldValidation=Strict`,
      patch,
      'application/json-patch+json',
    )
    expect(message).toMatch(/json patch unknown field "\[0\]\.why"$/)
  })
})

test('C2 keys that a YAML body has twice are told by line', () => {
  const yaml = 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: twice\nstringData:\n  a: b\n  a: c\n'
  const api = newApi(36)
  const refused = api.sendText('POST', `${secrets}?fieldValidation=Strict`, yaml, 'application/yaml')
  expect(refused.body.message).toMatch(
    /strict decoding error: yaml: unmarshal errors:\n {2}line 7: key "a" already set in map$/,
  )
  const warned = api.sendText('POST', secrets, yaml, 'application/yaml')
  expect(warned.headers.warning).toBe('299 - "line 7: key \\"a\\" already set in map"')
})

describe('P2 the server warns of what it takes but will not do', () => {
  test.each([
    [{ imagePullSecrets: [{ name: 'a' }, { name: 'a' }] }, 'spec.imagePullSecrets[1].name: duplicate name "a"'],
    [{ imagePullSecrets: [{}] }, 'spec.imagePullSecrets[0].name: invalid empty name ""'],
    [
      { volumes: [{ name: 'g', gitRepo: { repository: 'x' } }] },
      'spec.volumes[0].gitRepo: deprecated in v1.11, and disabled by default in v1.33+',
    ],
    [
      {
        containers: [
          {
            name: 'm',
            image: 'i',
            env: [
              { name: 'A', value: 'b' },
              { name: 'A', value: 'c' },
            ],
          },
        ],
      },
      'spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply',
    ],
    [
      { containers: [{ name: 'm', image: 'i', resources: { limits: { memory: '100m' } } }] },
      'spec.containers[0].resources.requests[memory]: fractional byte value "100m" is invalid, must be an integer',
    ],
  ])('%j', (spec, warning) => {
    const answer = newApi(36).send('POST', pods, pod('p', spec))
    expect(answer.headers.warning).toContain(`"${warning.replaceAll('"', '\\"')}"`)
    expect(newApi(21).send('POST', pods, pod('p', spec)).headers.warning).toBeUndefined()
  })

  test('of templates with their path, and again only when the spec changes', () => {
    const path = '/apis/apps/v1/namespaces/default/deployments'
    const template = {
      metadata: { labels: { a: 'b' } },
      spec: { containers: [{ name: 'm', image: 'i' }], imagePullSecrets: [{}] },
    }
    const body = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'd' },
      spec: { selector: { matchLabels: { a: 'b' } }, template },
    }
    const api = newApi(36)
    const warning = '299 - "spec.template.spec.imagePullSecrets[0].name: invalid empty name \\"\\""'
    expect(api.send('POST', path, body).headers.warning).toBe(warning)
    const patch = (spec: object) => api.send('PATCH', `${path}/d`, spec, 'application/merge-patch+json').headers.warning
    expect(patch({ metadata: { labels: { x: 'y' } } })).toBeUndefined()
    expect(patch({ spec: { replicas: 3 } })).toBe(warning)
  })

  test('of a certificate that does not fit its key', () => {
    const data = { 'tls.crt': 'eA==', 'tls.key': 'eA==' }
    const body = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 't' }, type: 'kubernetes.io/tls', data }
    expect(newApi(36).send('POST', secrets, body).headers.warning).toBe(
      '299 - "tls: failed to find any PEM data in certificate input"',
    )
  })
})
