import { describe, expect, test } from 'vitest'
import { decodeProtobuf, openEnvelope } from '../../../src/api/protobuf/decode.ts'
import { WireError } from '../../../src/api/protobuf/wire-reader.ts'
import { WireWriter } from '../../../src/api/protobuf/wire-writer.ts'
import { deployment, secret } from './recorded.ts'

describe('what kubectl sends', () => {
  test('a Secret: bytes are base64, what is empty is left out', () => {
    const envelope = openEnvelope(secret)
    expect(envelope).toMatchObject({ apiVersion: 'v1', kind: 'Secret' })
    expect(decodeProtobuf('io.k8s.api.core.v1.Secret', envelope?.raw ?? new Uint8Array())).toEqual({
      metadata: { name: 's9', creationTimestamp: null },
      data: { password: 'eA==' },
    })
  })

  test('a Deployment: whole numbers, lists, objects within', () => {
    const { apiVersion, kind, raw = new Uint8Array() } = openEnvelope(deployment) ?? {}
    expect([apiVersion, kind]).toEqual(['apps/v1', 'Deployment'])
    expect(decodeProtobuf('io.k8s.api.apps.v1.Deployment', raw)).toEqual({
      metadata: { name: 'vec', creationTimestamp: null, labels: { app: 'vec' } },
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: 'vec' } },
        template: {
          metadata: { creationTimestamp: null, labels: { app: 'vec' } },
          spec: {
            containers: [{ name: 'nginx', image: 'nginx', ports: [{ containerPort: 80 }], resources: {} }],
          },
        },
        strategy: {},
      },
      status: {},
    })
  })
})

describe('values', () => {
  const decoded = (definition: string, write: (writer: WireWriter) => void) => {
    const writer = new WireWriter()
    write(writer)
    return decodeProtobuf(definition, writer.bytes())
  }
  const part = (write: (writer: WireWriter) => void): Uint8Array => {
    const writer = new WireWriter()
    write(writer)
    return writer.bytes()
  }

  test.each([0, 1, -1, 127, 128, 300, 2 ** 31, -(2 ** 31), 2 ** 40 + 5, -(2 ** 45) - 7, 2 ** 53 - 1])(
    'a whole number, %d',
    (value) => {
      expect(decoded('io.k8s.api.core.v1.PodSpec', (writer) => writer.integer(4, value))).toEqual({
        terminationGracePeriodSeconds: value,
      })
    },
  )

  test('false is told where Go has a pointer, and left out elsewhere', () => {
    const spec = decoded('io.k8s.api.core.v1.PodSpec', (writer) => {
      writer.integer(21, 0)
      writer.integer(11, 0)
    })
    expect(spec).toEqual({ automountServiceAccountToken: false })
  })

  test('what JSON has among the fields of the object around it: the source of a volume', () => {
    const source = part((writer) =>
      writer.content(
        6,
        part((own) => own.text(1, 'db')),
      ),
    )
    const volume = decoded('io.k8s.api.core.v1.Volume', (writer) => {
      writer.text(1, 'v')
      writer.content(2, source)
    })
    expect(volume).toEqual({ name: 'v', secret: { secretName: 'db' } })
  })

  test('quantities, times, numbers or texts, and JSON within', () => {
    const entry = part((writer) => {
      writer.text(1, 'cpu')
      writer.content(
        2,
        part((own) => own.text(1, '100m')),
      )
    })
    expect(decoded('io.k8s.api.core.v1.ResourceRequirements', (writer) => writer.content(1, entry))).toEqual({
      limits: { cpu: '100m' },
    })
    const time = part((writer) => writer.integer(1, 1_588_291_200))
    expect(decoded('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta', (writer) => writer.content(9, time))).toEqual({
      deletionTimestamp: '2020-05-01T00:00:00Z',
    })
    const port = part((writer) => {
      writer.integer(1, 1)
      writer.text(3, 'http')
    })
    expect(decoded('io.k8s.api.core.v1.HTTPGetAction', (writer) => writer.content(2, port))).toEqual({ port: 'http' })
    const data = part((writer) => writer.text(1, '{"a":[1]}'))
    expect(decoded('io.k8s.api.apps.v1.ControllerRevision', (writer) => writer.content(2, data))).toEqual({
      data: { a: [1] },
    })
  })

  test('fields that nobody knows are passed over', () => {
    const object = decoded('io.k8s.api.core.v1.SecretReference', (writer) => {
      writer.integer(90, 5)
      writer.double(91, 0.5)
      writer.text(92, 'x')
      writer.text(1, 'a')
    })
    expect(object).toEqual({ name: 'a' })
  })

  test('a key of a map may have any name', () => {
    const entry = part((writer) => {
      writer.text(1, '__proto__')
      writer.text(2, 'x')
    })
    const map = decoded('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta', (writer) => writer.content(11, entry))
    expect(Object.keys(Object(map?.labels))).toEqual(['__proto__'])
  })
})

describe('hostile bytes', () => {
  test('what is no envelope is told apart', () => {
    expect(openEnvelope(Buffer.from('{}'))).toBeUndefined()
  })

  test.each([...deployment.keys()].filter((at) => at > 4 && at % 7 === 0))(
    'cut after %d bytes it is refused or shorter, and nothing else is thrown',
    (length) => {
      const read = () => {
        const envelope = openEnvelope(deployment.slice(0, length))
        if (envelope !== undefined) decodeProtobuf('io.k8s.api.apps.v1.Deployment', envelope.raw)
      }
      try {
        read()
      } catch (error) {
        expect(error).toBeInstanceOf(WireError)
      }
    },
  )

  test('a value of another kind than the field has is refused', () => {
    const writer = new WireWriter()
    writer.integer(2, 5)
    expect(() => decodeProtobuf('io.k8s.api.core.v1.PodSpec', writer.bytes())).toThrow('proto: wrong wireType = 0')
  })
})
