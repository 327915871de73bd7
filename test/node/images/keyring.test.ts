import { describe, expect, test } from 'vitest'
import type { Secret } from '../../../src/api/types/core.ts'
import { encodeBase64, utf8Bytes } from '../../../src/bytes/bytes.ts'
import { dockerConfigOf } from '../../../src/node/images/docker-config.ts'
import { applyDefaultImageTag, parseImageName, splitImage } from '../../../src/node/images/image-name.ts'
import { Keyring } from '../../../src/node/images/keyring.ts'

const secret = (type: string, key: string, text: string): Secret => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 's' },
  type,
  data: { [key]: encodeBase64(utf8Bytes(text)) },
})
const json = (text: string) => secret('kubernetes.io/dockerconfigjson', '.dockerconfigjson', text)

describe('7.2 docker configs', () => {
  test.each([
    [json('{"auths":{"reg.example":{"username":"u","password":"p"}}}'), 'u:p'],
    [json(`{"auths":{"reg.example":{"username":"x","auth":"${encodeBase64(utf8Bytes('u:p:q'))}"}}}`), 'u:p:q'],
    [secret('kubernetes.io/dockercfg', '.dockercfg', '{"reg.example":{"username":"u","password":"p"}}'), 'u:p'],
    [secret('Opaque', '.dockerconfigjson', '{"auths":{"reg.example":{"username":"u","password":"p"}}}'), ''],
    [json('{"auths":{}}'), ''],
    [json('{}'), ''],
  ])('credentials %#', (from, expected) => {
    const config = dockerConfigOf(from)
    expect(config.ok && config.entries.map(({ username, password }) => `${username}:${password}`).join()).toBe(expected)
  })

  test.each([
    ['{"auths":', 'unexpected end of JSON input'],
    ['[]', 'json: cannot unmarshal array into Go value of type credentialprovider.DockerConfigJson'],
    ['{"auths":{"a":{"auth":"!!!"}}}', 'illegal base64 data at input byte 0'],
    ['{"auths":{"a":{"auth":"dQ=="}}}', 'unable to parse auth field'],
  ])('%s is refused: %s', (text, error) => {
    expect(dockerConfigOf(json(text))).toEqual({ ok: false, error })
  })
})

test('from 1.19 on an auth without a colon is told how it is to be', () => {
  const text = '{"auths":{"a":{"auth":"dQ=="}}}'
  const error = 'unable to parse auth field, must be formatted as base64(username:password)'
  expect(dockerConfigOf(json(text), 19)).toEqual({ ok: false, error })
})

describe('7.2 keyrings', () => {
  const opens = (location: string, repository: string) => {
    const keyring = new Keyring()
    keyring.add([{ location, username: 'u', password: 'p' }], undefined)
    return keyring.lookup(repository).length > 0
  }
  test.each([
    ['reg.example', 'reg.example/d/app', true],
    ['https://reg.example/v1/', 'reg.example/d/app', true],
    ['reg.example/d', 'reg.example/d/app', true],
    ['reg.example/ab', 'reg.example/abc', true],
    ['reg.example/d/app/deeper', 'reg.example/d/app', false],
    ['reg.example:5000', 'reg.example/d/app', false],
    ['reg.example:5000', 'reg.example:5000/d/app', true],
    ['*.example', 'reg.example/d', true],
    ['*.example', 'a.reg.example/d', false],
    ['r*g.example', 'reg.example/d', true],
    ['example', 'reg.example/d', false],
    ['https://index.docker.io/v1/', 'docker.io/library/busybox', true],
    ['https://index.docker.io/v1', 'docker.io/library/busybox', false],
    ['docker.io', 'docker.io/library/busybox', true],
    ['https://index.docker.io/v1/', 'reg.example/app', false],
  ])('%s for %s: %s', (location, repository, expected) => {
    expect(opens(location, repository)).toBe(expected)
  })

  test('the more specific key is tried first, and all that match are', () => {
    const keyring = new Keyring()
    keyring.add([{ location: 'reg.example', username: 'broad', password: '' }], undefined)
    keyring.add([{ location: 'reg.example/team', username: 'narrow', password: '' }], undefined)
    keyring.add([{ location: 'reg.example/team', username: 'second', password: '' }], undefined)
    expect(keyring.lookup('reg.example/team/app').map(({ username }) => username)).toEqual([
      'narrow',
      'second',
      'broad',
    ])
  })
})

describe('names of images', () => {
  test.each([
    ['busybox', 'docker.io/library/busybox', 'latest'],
    ['busybox:1.31', 'docker.io/library/busybox', '1.31'],
    ['user/app', 'docker.io/user/app', 'latest'],
    ['reg.example:5000/app', 'reg.example:5000/app', 'latest'],
    ['localhost/app:x', 'localhost/app', 'x'],
    [`app@sha256:${'a'.repeat(64)}`, 'docker.io/library/app', ''],
  ])('%s', (name, repository, tag) => {
    expect(parseImageName(name)).toMatchObject({ ok: true, repository, tag })
  })

  test.each([
    ['Reg.Example/UPPER d:1', 'invalid reference format: repository name must be lowercase'],
    ['app d', 'invalid reference format'],
    ['', 'invalid reference format'],
    ['-app', 'invalid reference format'],
    ['app:', 'invalid reference format'],
    ['a'.repeat(64), `invalid repository name (${'a'.repeat(64)}), cannot specify 64-byte hexadecimal strings`],
    [`r.example/${'a'.repeat(250)}`, 'repository name must not be more than 255 characters'],
    [`app@md5:${'a'.repeat(32)}`, 'unsupported digest algorithm'],
  ])('%s is none: %s', (name, message) => {
    expect(parseImageName(name)).toEqual({ ok: false, message })
  })

  test('from v1.31 on a first part with capitals is a host', () => {
    const message = 'invalid reference format: repository name (Case) must be lowercase'
    expect(parseImageName('UPPER/Case:1', 36)).toEqual({ ok: false, message })
    expect(parseImageName('UPPER/case:1', 36)).toMatchObject({ ok: true, repository: 'UPPER/case', tag: '1' })
    expect(parseImageName('UPPER/case:1', 30)).toMatchObject({ ok: false })
  })

  test('a name without tag gets :latest and stays short; digests and ports are no tags', () => {
    expect(applyDefaultImageTag('busybox')).toEqual({ ok: true, image: 'busybox:latest' })
    expect(applyDefaultImageTag('reg.example:5000/app')).toEqual({ ok: true, image: 'reg.example:5000/app:latest' })
    const digested = `app@sha256:${'0'.repeat(64)}`
    expect(applyDefaultImageTag(digested)).toEqual({ ok: true, image: digested })
    const parts = { host: 'a:5000', path: 'b', suffix: ':c@d', repository: 'a:5000/b', full: 'a:5000/b:c@d' }
    expect(splitImage('a:5000/b:c@d')).toEqual(parts)
  })
})
