import { describe, expect, test } from 'vitest'
import type { ConfigMap, Container, Secret } from '../../../src/api/types/core.ts'
import { encodeBase64, utf8Bytes } from '../../../src/bytes/bytes.ts'
import { atOnce } from '../../../src/kernel/at-once.ts'
import { createKernel } from '../../../src/kernel/kernel.ts'
import { process } from '../../../src/kernel/process.ts'
import {
  type EnvironmentAnswer,
  type EnvironmentOptions,
  type EnvironmentResult,
  makeEnvironment,
} from '../../../src/node/env/environment.ts'
import { expand, expandCommand } from '../../../src/node/env/expansion.ts'

const objects: Record<string, Secret | ConfigMap> = {
  'Secret/mysecret': {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'mysecret' },
    data: Object.fromEntries(
      Object.entries({ username: 'admin', '1badkey': 'x', '2alsobad': '$(username)', 'with.dot-dash': 'd' }).map(
        ([key, value]) => [key, encodeBase64(utf8Bytes(value))],
      ),
    ),
  },
  'ConfigMap/conf': {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'conf' },
    data: { username: 'cm', colour: 'red' },
  },
}

function resolve(container: Partial<Container>, rest: Partial<EnvironmentOptions> = {}) {
  const asked: string[] = []
  let result: EnvironmentResult | undefined
  const kernel = createKernel()
  const options: EnvironmentOptions = {
    pod: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'default', uid: 'u', labels: { app: 'web' } },
      spec: {
        enableServiceLinks: true,
        nodeName: 'node-1',
        serviceAccountName: 'sa',
        containers: [{ name: 'app', ...container }],
      },
    },
    container: { name: 'app', ...container },
    minor: 18,
    services: [],
    allocatable: { cpu: '2', memory: '1Gi' },
    podIps: ['10.0.0.5'],
    hostIp: '192.168.0.1',
    objects: ({ kind, name }) =>
      atOnce((): EnvironmentAnswer => {
        asked.push(`${kind}/${name}`)
        const object = objects[`${kind}/${name}`]
        const error = { message: `${kind.toLowerCase()} "${name}" not found`, isNotFound: true }
        return object === undefined ? { ok: false, error } : { ok: true, object }
      }),
    ...rest,
  }
  process(kernel, () => makeEnvironment(options)).subscribe((made) => {
    result = made
  })
  if (result === undefined) throw new Error('no answer')
  const env = result.ok ? Object.fromEntries(result.env.map(({ name, value }) => [name, value])) : result.error
  return { env, asked, invalidNames: result.invalidNames }
}

const fromKey = (name: string, key: string, optional?: boolean) => ({
  valueFrom: { secretKeyRef: { name, key, ...(optional !== undefined && { optional }) } },
})

describe('variables from Secrets', () => {
  test('E1 secretKeyRef gives the decoded value, one snapshot for all of a start', () => {
    const { env, asked } = resolve({
      env: [
        { name: 'A', ...fromKey('mysecret', 'username') },
        { name: 'B', ...fromKey('mysecret', '2alsobad') },
      ],
    })
    expect(env).toEqual({ A: 'admin', B: '$(username)' })
    expect(asked).toEqual(['Secret/mysecret'])
  })

  test('E2 envFrom takes all keys that are names; the others are told in an event', () => {
    const { env, invalidNames } = resolve({ envFrom: [{ secretRef: { name: 'mysecret' } }] })
    expect(env).toEqual({ username: 'admin', 'with.dot-dash': 'd' })
    expect(invalidNames).toEqual([
      'Keys [1badkey, 2alsobad] from the EnvFrom secret default/mysecret were skipped since they are considered invalid environment variable names.',
    ])
  })

  test('E2 with a prefix a leading digit does no harm', () => {
    const { env, invalidNames } = resolve({ envFrom: [{ prefix: 'P_', secretRef: { name: 'mysecret' } }] })
    expect(env).toEqual({ P_1badkey: 'x', P_2alsobad: '$(username)', P_username: 'admin', 'P_with.dot-dash': 'd' })
    expect(invalidNames).toEqual([])
  })

  test('6.3 since 1.30 every key becomes a variable and nothing is told', () => {
    const { env, invalidNames } = resolve({ envFrom: [{ secretRef: { name: 'mysecret' } }] }, { minor: 30 })
    expect(env).toMatchObject({ '1badkey': 'x', '2alsobad': '$(username)' })
    expect(invalidNames).toEqual([])
  })

  test('E3 a Secret that does not exist prevents the start, unless it is optional', () => {
    expect(resolve({ envFrom: [{ secretRef: { name: 'no' } }] }).env).toBe('secret "no" not found')
    expect(resolve({ env: [{ name: 'A', ...fromKey('no', 'k') }] }).env).toBe('secret "no" not found')
    expect(resolve({ envFrom: [{ secretRef: { name: 'no', optional: true } }] }).env).toEqual({})
    expect(resolve({ env: [{ name: 'A', ...fromKey('no', 'k', true) }] }).env).toEqual({})
  })

  test('E4 a key that the Secret lacks prevents it likewise, and an optional one leaves an envFrom value alone', () => {
    expect(resolve({ env: [{ name: 'A', ...fromKey('mysecret', 'password') }] }).env).toBe(
      "couldn't find key password in Secret default/mysecret",
    )
    const optional = resolve({
      envFrom: [{ configMapRef: { name: 'conf' } }],
      env: [{ name: 'username', ...fromKey('mysecret', 'password', true) }],
    })
    expect(optional.env).toEqual({ username: 'cm', colour: 'red' })
  })

  test('E2 the event of invalid names is sent also if a later reference fails', () => {
    const { env, invalidNames } = resolve({
      envFrom: [{ secretRef: { name: 'mysecret' } }, { secretRef: { name: 'no' } }],
    })
    expect(env).toBe('secret "no" not found')
    expect(invalidNames).toHaveLength(1)
  })
})

describe('6.2 precedence', () => {
  test('later envFrom beats earlier, env beats envFrom, later env beats earlier', () => {
    const envFrom = [{ configMapRef: { name: 'conf' } }, { secretRef: { name: 'mysecret' } }]
    expect(resolve({ envFrom }).env).toMatchObject({ username: 'admin', colour: 'red' })
    const env = [
      { name: 'username', value: 'one' },
      { name: 'username', value: '$(username)-two' },
    ]
    expect(resolve({ envFrom, env }).env).toMatchObject({ username: 'one-two' })
  })

  test('an empty value is set; the result is in order of bytes, Services last', () => {
    const services = [
      {
        metadata: { name: 'kubernetes', namespace: 'default' },
        spec: { clusterIP: '10.0.0.1', ports: [{ name: 'https', port: 443 }] },
      },
    ]
    const { env } = resolve({ env: [{ name: 'b' }, { name: 'a', value: 'x' }] }, { services })
    expect(Object.keys(env).slice(0, 3)).toEqual(['a', 'b', 'KUBERNETES_PORT'])
    expect(env).toEqual({
      a: 'x',
      b: '',
      KUBERNETES_PORT: 'tcp://10.0.0.1:443',
      KUBERNETES_PORT_443_TCP: 'tcp://10.0.0.1:443',
      KUBERNETES_PORT_443_TCP_ADDR: '10.0.0.1',
      KUBERNETES_PORT_443_TCP_PORT: '443',
      KUBERNETES_PORT_443_TCP_PROTO: 'tcp',
      KUBERNETES_SERVICE_HOST: '10.0.0.1',
      KUBERNETES_SERVICE_PORT: '443',
      KUBERNETES_SERVICE_PORT_HTTPS: '443',
    })
  })

  test('Services of the namespace are linked if the Pod wants it; headless ones never', () => {
    const services = [
      { metadata: { name: 'my-db', namespace: 'default' }, spec: { clusterIP: '10.0.0.9', ports: [{ port: 5432 }] } },
      { metadata: { name: 'headless', namespace: 'default' }, spec: { clusterIP: 'None', ports: [{ port: 1 }] } },
      { metadata: { name: 'other', namespace: 'elsewhere' }, spec: { clusterIP: '10.0.0.8', ports: [{ port: 1 }] } },
    ]
    const { env } = resolve({ env: [{ name: 'URL', value: 'db=$(MY_DB_SERVICE_HOST)' }] }, { services })
    expect(env).toMatchObject({ URL: 'db=10.0.0.9', MY_DB_SERVICE_PORT: '5432' })
    expect(Object.keys(env).filter((name) => /HEADLESS|OTHER/.test(name))).toEqual([])
  })

  test('since 1.19 the Services must have been listed', () => {
    const error = 'services have not yet been read at least once, cannot construct envvars'
    expect(resolve({}, { services: undefined, minor: 19 }).env).toBe(error)
    expect(resolve({}, { services: undefined, minor: 18 }).env).toEqual({})
  })
})

describe('fields and amounts', () => {
  test.each([
    ['metadata.name', 'p'],
    ["metadata.labels['app']", 'web'],
    ['spec.nodeName', 'node-1'],
    ['spec.serviceAccountName', 'sa'],
    ['status.podIP', '10.0.0.5'],
    ['status.hostIP', '192.168.0.1'],
  ])('fieldRef %s', (fieldPath, value) => {
    expect(resolve({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath } } }] }).env).toEqual({ A: value })
  })

  test.each([
    { resource: 'limits.cpu', divisor: '1m', value: '1500' },
    { resource: 'limits.cpu', divisor: '0', value: '2' },
    { resource: 'limits.memory', divisor: '1Mi', value: '1024' },
    { resource: 'requests.memory', divisor: '1', value: '0' },
  ])("resourceFieldRef $resource over $divisor is $value, a missing limit is the node's", ({ value, ...field }) => {
    const { env } = resolve({
      env: [{ name: 'A', valueFrom: { resourceFieldRef: field } }],
      resources: { limits: { cpu: '1500m' } },
    })
    expect(env).toEqual({ A: value })
  })
})

describe('6.4 expansion', () => {
  test.each([
    ['$(A)', 'a'],
    ['x$(A)y$(B)', 'xayb'],
    ['$(C)', '$(C)'],
    ['$$(A)', '$(A)'],
    ['$$$(A)', '$a'],
    ['$(A', '$(A'],
    ['$A $', '$A $'],
    ['$($(A))', '$($(A))'],
  ])('%s gives %s', (input, expected) => {
    const values: Record<string, string> = { A: 'a', B: 'b' }
    expect(expand(input, (name) => values[name] ?? `$(${name})`, 18)).toBe(expected)
  })

  test('commands see the whole environment', () => {
    expect(expandCommand(['sh', '-c', 'echo $(X) $HOME'], [{ name: 'X', value: '$(Y)' }], 18)).toEqual([
      'sh',
      '-c',
      'echo $(Y) $HOME',
    ])
  })
})
