import { describe, expect, test } from 'vitest'
import { createRedaction, type Redaction } from '../../src/looks/redaction.ts'

const source = { journal: { records: [], level: 'full' }, secrets: () => [] } as const

function redaction(values: Readonly<Record<string, string>>, seed = 'a'): Redaction {
  const made = createRedaction({ ...source, seed, reveal: false })
  made.learn({ kind: 'Secret', stringData: values })
  return made
}

/** How the mask of a value looks, its digest aside. */
const mask = (bytes: number) => new RegExp(`^<${bytes} bytes?, [0-9a-f]{8}>$`)

describe("podsim's own words, S2", () => {
  test('hold size and digest of a value wherever it stands, and in base64', () => {
    const { text } = redaction({ password: 's3cr3t-value' })
    expect(text('s3cr3t-value')).toMatch(mask(12))
    expect(text('it says "s3cr3t-value", mode 0644')).toMatch(/^it says <12 bytes, [0-9a-f]{8}>, mode 0644$/)
    expect(text(`data.password is "${btoa('s3cr3t-value')}"`)).toMatch(/^data\.password is <12 bytes, [0-9a-f]{8}>$/)
    expect(text('before-s3cr3t-value-after')).toMatch(/^before-<12 bytes, [0-9a-f]{8}>-after$/)
  })

  test.each([
    ['a plain word is masked where it is quoted', 'variable A of p is "one"', /is <3 bytes, /],
    ['as a whole line', 'got\none\nand two', /^got\n<3 bytes, [0-9a-f]{8}>\nand two$/],
    ['in a quoted text of several lines', 'they say "got\\none\\n"', /^they say "got\\n<3 bytes, [0-9a-f]{8}>\\n"$/],
    ['after a sign', 'create secret generic a --from-literal=password=one', /password=<3 bytes, [0-9a-f]{8}>$/],
    ['in single quotes', "-p 'one'", /^-p '<3 bytes, [0-9a-f]{8}>'$/],
    ['and nowhere else', 'one of the Pods, someone said', /^one of the Pods, someone said$/],
  ])('%s', (_title, given, told) => {
    expect(redaction({ password: 'one' }).text(given)).toMatch(told)
  })

  test('names stay: everybody sees them anyway', () => {
    const made = redaction({ 'my-secret-key': 'something' })
    made.learn({ kind: 'Secret', stringData: { other: 'my-secret-key' } })
    expect(made.text('creates secret default/db with my-secret-key (9 bytes)')).toContain('my-secret-key')
    expect(made.text('it says "my-secret-key"')).toMatch(/^it says <13 bytes, /)
  })

  test('S2 the name of a namespace or an account stays where a text says that it is one, though a token has the same word', () => {
    const made = redaction({ default: 'x', namespace: 'default', token: 'unlike' })
    for (const named of [
      'namespace: default',
      '"namespace":"default"',
      'Namespace:  default',
      'Service Account:  default',
    ])
      expect(made.text(named)).toBe(named)
    expect(made.text('token: default')).toMatch(/^token: <7 bytes, /)
    expect(made.text('namespace: unlike')).toMatch(/^namespace: <6 bytes, /)
    const pod = { metadata: { name: 'default', namespace: 'default' }, spec: { serviceAccountName: 'default' } }
    expect(made.value(pod)).toEqual(pod)
    expect(JSON.stringify(made.value({ kind: 'Secret', data: { name: btoa('default') } }))).toContain('<7 bytes, ')
    expect(JSON.stringify(made.value({ env: [{ name: 'default', value: 'default' }] }))).toMatch(
      /"name":"default","value":"<7 bytes, /,
    )
  })

  test("P2 a namespace that lies beside an account's token is no value, in whatever sentence it stands", () => {
    const made = createRedaction({ ...source, seed: 'a', reveal: false })
    const data = { namespace: btoa('shop'), token: btoa('t0ken-of-it') }
    made.learn({ kind: 'Secret', type: 'kubernetes.io/service-account-token', data })
    expect(made.text('cannot get resource "secrets" in the namespace "shop"')).toContain('the namespace "shop"')
    expect(made.text('it says "t0ken-of-it"')).toMatch(/says <11 bytes, /)
    made.learn({ kind: 'Secret', type: 'Opaque', data })
    expect(made.text('in the namespace "shop"')).toMatch(/namespace <4 bytes, /)
  })

  test("an author's prose keeps its words, not its passwords", () => {
    const { prose } = redaction({ a: 'password-less', b: 'hunter2!' })
    expect(prose('this is password-less')).toBe('this is password-less')
    expect(prose('the password is hunter2!')).toMatch(/^the password is <8 bytes, /)
  })

  test('lines of a key, passwords of registries, values as JSON and YAML have them', () => {
    const pem = '-----BEGIN KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END KEY-----\n'
    const config = JSON.stringify({
      auths: { 'reg.io': { username: 'bob', password: 'hunter2', auth: 'Ym9iOmh1bnRlcjI=' } },
    })
    const made = redaction({ pem, quote: 'say "this-one"' })
    made.learn({ kind: 'Secret', data: { '.dockerconfigjson': btoa(config) } })
    expect(made.text('log: MIIEvQIBADANBgkq')).toMatch(/^log: <\d+ bytes, /)
    expect(made.text('-----BEGIN KEY-----')).toBe('-----BEGIN KEY-----')
    expect(made.text('pulled as bob/hunter2')).toMatch(/^pulled as bob\/<7 bytes, /)
    expect(made.text(JSON.stringify({ a: 'say "this-one"' }))).not.toContain('this-one')
  })

  test('values as Go quotes them, as the runtime does where a variable holds a NUL', () => {
    const made = redaction({ k: 'hunter\u0000two' })
    expect(made.text('value can\'t contain null(\\x00): "PASSWORD=hunter\\x00two": unknown')).not.toContain('hunter')
  })

  test('a line end at the end of a value stays where it is', () => {
    const told = redaction({ a: 's3cr3t-value\n' }).text('cat <<EOF\ns3cr3t-value\nEOF')
    expect(told).toMatch(/^cat <<EOF\n<13 bytes, \w+>\nEOF$/)
  })

  test('equal values have equal digests within a seed, and others with another seed', () => {
    const told = redaction({ a: 's3cr3t-value' }).text('s3cr3t-value')
    expect(redaction({ b: 's3cr3t-value', c: 'other' }).text('s3cr3t-value')).toBe(told)
    expect(redaction({ a: 's3cr3t-value' }, 'b').text('s3cr3t-value')).not.toBe(told)
  })

  test('objects as they may be written out: data, stringData, what kubectl apply keeps, and strings anywhere', () => {
    const value = btoa('s3cr3t-value')
    const copy = JSON.stringify({ data: { k: value } })
    const written = JSON.stringify(
      redaction({ k: 's3cr3t-value' }).value({
        type: 'object.created',
        after: {
          kind: 'Secret',
          metadata: {
            name: 'a',
            annotations: { 'kubectl.kubernetes.io/last-applied-configuration': copy, other: 'x' },
          },
          data: { k: value },
          stringData: { p: 'not yet known' },
        },
        detail: { message: 'exec s3cr3t-value failed' },
      }),
    )
    expect(written).not.toMatch(/s3cr3t-value|not yet known/)
    expect(written).not.toContain(value)
    expect(written).toMatch(/"k":"<12 bytes, [0-9a-f]{8}>"/)
    expect(written).toContain('"other":"x"')
  })

  test('with --reveal everything is as it is', () => {
    const made = createRedaction({ ...source, seed: 'a', reveal: true })
    made.learn({ kind: 'Secret', stringData: { a: 's3cr3t-value' } })
    expect(made.text('s3cr3t-value')).toBe('s3cr3t-value')
  })
})
