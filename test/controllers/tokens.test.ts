import { describe, expect, test } from 'vitest'
import type { ConfigMap, Secret, ServiceAccount } from '../../src/api/types/core.ts'
import { resources } from '../../src/client/client.ts'
import { createWorld } from './world.ts'

const account = (name: string) => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: 'a' } })

describe('O2 service accounts and their tokens', () => {
  test('O2 a new namespace gets the account default with a token Secret of its own', () => {
    const world = createWorld()
    world.manager.start()
    world.namespace('a')
    world.wait(1)
    const secrets = world.list<Secret>(resources.secrets, 'a')
    expect(secrets).toHaveLength(1)
    expect(secrets[0]?.metadata.name).toMatch(/^default-token-[bcdfghjklmnpqrstvwxz2456789]{5}$/)
    expect(Object.keys(secrets[0]?.data ?? {}).sort()).toEqual(['ca.crt', 'namespace', 'token'])
    const account = world.get<ServiceAccount>(resources.serviceAccounts, 'default', 'a')
    expect(account?.secrets).toEqual([{ name: secrets[0]?.metadata.name }])
    expect(secrets[0]?.metadata.annotations).toEqual({
      'kubernetes.io/service-account.name': 'default',
      'kubernetes.io/service-account.uid': account?.metadata.uid,
    })
  })

  test('O2 a deleted token is replaced, and a deleted account takes its tokens with it', () => {
    const world = createWorld()
    world.manager.start()
    world.namespace('a')
    world.create(resources.serviceAccounts, account('builder'))
    world.wait(1)
    const name = world.get<ServiceAccount>(resources.serviceAccounts, 'builder', 'a')?.secrets?.[0]?.name ?? ''
    world.remove(resources.secrets, name, 'a')
    world.wait(1)
    const next = world.get<ServiceAccount>(resources.serviceAccounts, 'builder', 'a')?.secrets
    expect(next).toHaveLength(1)
    expect(next?.[0]?.name).not.toBe(name)
    world.remove(resources.serviceAccounts, 'builder', 'a')
    world.wait(1)
    expect(world.list(resources.secrets, 'a').map(({ metadata }) => metadata.name.slice(0, 7))).toEqual(['default'])
  })

  test('O2 from v1.24 on no token is made by itself, but one made by hand is filled; the root CA is published', () => {
    const world = createWorld({ minor: 26 })
    world.manager.start()
    world.namespace('a')
    world.wait(1)
    expect(world.list(resources.secrets, 'a')).toEqual([])
    expect(world.get<ConfigMap>(resources.configMaps, 'kube-root-ca.crt', 'a')?.data?.['ca.crt']).toMatch(/BEGIN CERT/)
    world.create(resources.secrets, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 't', namespace: 'a', annotations: { 'kubernetes.io/service-account.name': 'default' } },
      type: 'kubernetes.io/service-account-token',
    })
    world.wait(1)
    expect(Object.keys(world.get<Secret>(resources.secrets, 't', 'a')?.data ?? {}).sort()).toEqual([
      'ca.crt',
      'namespace',
      'token',
    ])
  })

  test('O2 token and certificate look like real ones: a JWT with the account in its claims, a PEM text of 1025 bytes', () => {
    const world = createWorld()
    world.manager.start()
    world.namespace('a')
    world.wait(1)
    const { data = {} } = world.list<Secret>(resources.secrets, 'a')[0] ?? {}
    const text = (key: string) => Buffer.from(data[key] ?? '', 'base64').toString()
    const [header, claims, signature] = text('token').split('.')
    expect(JSON.parse(Buffer.from(header ?? '', 'base64url').toString())).toMatchObject({ alg: 'RS256' })
    expect(JSON.parse(Buffer.from(claims ?? '', 'base64url').toString())).toMatchObject({
      sub: 'system:serviceaccount:a:default',
      'kubernetes.io/serviceaccount/namespace': 'a',
    })
    expect(signature).toHaveLength(342)
    expect([text('ca.crt').length, text('ca.crt').startsWith('-----BEGIN CERTIFICATE-----\nMII')]).toEqual([1025, true])
  })

  test('L6 after an outage of the server what was missed is made up for, within a back-off', () => {
    const world = createWorld()
    world.manager.start()
    world.wait(60)
    world.link.beginOutage()
    world.wait(30)
    world.namespace('a')
    expect(world.list(resources.serviceAccounts, 'a')).toEqual([])
    world.link.endOutage()
    world.wait(60)
    expect(world.list(resources.secrets, 'a')).toHaveLength(1)
  })

  test('a paused controller does nothing until it is resumed; a restarted manager goes on', () => {
    const world = createWorld()
    world.manager.start()
    world.wait(1)
    world.manager.pause('serviceaccount')
    world.namespace('a')
    world.wait(5)
    expect(world.list(resources.serviceAccounts, 'a')).toEqual([])
    world.manager.resume('serviceaccount')
    world.wait(1)
    expect(world.list(resources.serviceAccounts, 'a')).toHaveLength(1)
    world.manager.stop()
    world.namespace('b')
    world.wait(5)
    expect(world.list(resources.serviceAccounts, 'b')).toEqual([])
    world.manager.start()
    world.wait(1)
    expect(world.list(resources.secrets, 'b')).toHaveLength(1)
  })

  test('idle time is free: an hour of an idle cluster runs hardly an event', () => {
    const world = createWorld()
    world.manager.start()
    world.namespace('a')
    world.wait(5)
    let events = 0
    const until = world.kernel.now() + 3_600_000
    while ((world.kernel.nextAt() ?? until) < until) {
      world.kernel.step()
      events++
    }
    // Watches end and are opened again every 5 to 10 minutes.
    expect(events).toBeLessThan(5000)
  })
})
