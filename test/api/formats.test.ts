import { describe, expect, test } from 'vitest'
import { imageTag } from '../../src/api/image-name.ts'
import {
  configMapKey,
  dns1123Label,
  dns1123Subdomain,
  envVarName,
  isCidr,
  parseIp,
  portName,
  qualifiedName,
} from '../../src/api/validation/formats.ts'

describe('C2 and C6 names and keys', () => {
  test('a name that is none is refused with the words of its version', () => {
    const tail =
      " must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
    expect(dns1123Subdomain('My_Secret', 18)).toEqual([`a DNS-1123 subdomain${tail}`])
    expect(dns1123Subdomain('My_Secret', 26)).toEqual([`a lowercase RFC 1123 subdomain${tail}`])
  })

  test('length counts bytes', () => {
    expect(dns1123Label('a'.repeat(64), 18)).toEqual(['must be no more than 63 characters'])
    expect(dns1123Label('a'.repeat(63), 18)).toEqual([])
    expect(dns1123Label('ä'.repeat(32), 18)[0]).toBe('must be no more than 63 characters')
  })

  test('keys may not climb out of their directory', () => {
    expect(configMapKey('..')).toEqual(["must not be '..'"])
    expect(configMapKey('..x')).toEqual(["must not start with '..'"])
    expect(configMapKey('.hidden')).toEqual([])
  })

  test('E2 a variable may not begin with a digit, until v1.32 relaxes that', () => {
    expect(envVarName('1BAD')).toHaveLength(1)
    expect(envVarName('1BAD', true)).toEqual([])
    expect(envVarName('a=b', true)).toHaveLength(1)
  })

  test.each([
    ['a/b/c', 1],
    ['/x', 1],
    ['Example.com/x', 1],
    ['example.com/x', 0],
    ['-x', 1],
  ])('the key %s has %i problems', (key, problems) => {
    expect(qualifiedName(key, 18)).toHaveLength(problems)
  })

  test('ports, addresses and networks are those that Go takes', () => {
    expect(portName('http--x', 36)).toEqual(['must not contain consecutive hyphens'])
    expect([23, 25].map((minor) => portName('0', minor))).toEqual([
      ['must contain at least one letter or number (a-z, 0-9)'],
      ['must contain at least one letter (a-z)'],
    ])
    expect([parseIp('10.0.0.1'), parseIp('::ffff:10.0.0.1'), parseIp('1.2.3'), parseIp(':::')]).toEqual([
      4,
      6,
      undefined,
      undefined,
    ])
    expect([isCidr('10.0.0.0/8'), isCidr('10.0.0.0/33'), isCidr('fd00::/64')]).toEqual([true, false, true])
  })

  test.each([
    ['redis', 'latest'],
    ['redis:6', '6'],
    ['localhost:5000/app', 'latest'],
    ['registry.example/a/b:v1', 'v1'],
    [`redis@sha256:${'a'.repeat(64)}`, ''],
    ['Redis', ''],
    ['', ''],
  ])('P1 the tag of %j is %j', (image, tag) => {
    expect(imageTag(image)).toBe(tag)
  })

  test('a hostile image name is read in no time', () => {
    expect(imageTag(`${'a-'.repeat(50_000)}!`)).toBe('')
  })
})
