import { describe, expect, test } from 'vitest'
import { cluster, namespace, pod, run, service, web } from './network-world.ts'

const headless = { clusterIP: 'None', publishNotReadyAddresses: false }
const never = { exec: { command: ['false'] } }
const sim = cluster([
  namespace('prod'),
  service('db', { clusterIP: '10.96.7.1' }),
  service('api', { clusterIP: '10.96.7.2' }, 'prod'),
  service('peers', headless),
  service('none', headless),
  service('unready', { ...headless, publishNotReadyAddresses: true }),
  { ...service('alias'), spec: { type: 'ExternalName', externalName: 'api.prod.svc.cluster.local' } },
  pod('asks', { containers: [{ name: 'sh', image: 'curlimages/curl', command: ['sleep', '1d'] }] }),
  web('peers-0', 'peers', { hostname: 'peers-0', subdomain: 'peers' }),
  pod('unready', { containers: [{ name: 'a', image: 'nginx', readinessProbe: never }] }, { app: 'unready' }),
])
const addressOf = (name: string): string => sim.kubectl(`get pod ${name} -o jsonpath={.status.podIP}`).stdout

/** What a program's own resolver finds. */
const found = (host: string): readonly string[] =>
  run(sim, `getent hosts ${host}`, { pod: 'asks' }).map((line) => line.split(' ')[0] ?? '')

describe('names are those that CoreDNS gives', () => {
  test.each([
    ['db', '10.96.7.1'],
    ['db.default', '10.96.7.1'],
    ['db.default.svc', '10.96.7.1'],
    ['db.default.svc.cluster.local', '10.96.7.1'],
    ['db.default.svc.cluster.local.', '10.96.7.1'],
    ['api.prod', '10.96.7.2'],
    ['kubernetes', '10.96.0.1'],
    ['kubernetes.default', '10.96.0.1'],
    ['kube-dns.kube-system', '10.96.0.10'],
    ['alias', '10.96.7.2'],
    ['localhost', '127.0.0.1'],
  ])('%s is %s', (host, address) => {
    expect(found(host)).toEqual([address])
  })

  test.each(['api', 'db.prod', 'db.other', 'none', 'nothing', 'peers-1.peers'])('%s is no name', (host) => {
    expect(run(sim, `nc -z ${host} 80`)).toEqual([`nc: bad address '${host}'`, '= 1'])
  })

  test('a headless Service has the addresses of its ready Pods; of all where it publishes them', () => {
    expect(found('peers')).toEqual([addressOf('peers-0')])
    expect(found('unready')).toEqual([addressOf('unready')])
  })

  test('a Pod with a host name has a name under its headless Service, and one by its address', () => {
    const ip = addressOf('peers-0')
    expect(found('peers-0.peers')).toEqual([ip])
    expect(found(`${ip.replaceAll('.', '-')}.default.pod`)).toEqual([ip])
  })

  test('/etc/resolv.conf says where they are looked for', () => {
    expect(run(sim, 'cat /etc/resolv.conf')).toEqual([
      'search default.svc.cluster.local svc.cluster.local cluster.local',
      'nameserver 10.96.0.10',
      'options ndots:5',
    ])
  })

  test.each([
    ['Default', {}, ['nameserver 10.0.0.2']],
    [
      'None',
      { nameservers: ['10.96.0.10'], searches: ['prod.svc.cluster.local'] },
      ['search prod.svc.cluster.local', 'nameserver 10.96.0.10'],
    ],
    [
      'ClusterFirst',
      { options: [{ name: 'ndots', value: '2' }, { name: 'edns0' }] },
      [
        'search default.svc.cluster.local svc.cluster.local cluster.local',
        'nameserver 10.96.0.10',
        'options ndots:2 edns0',
      ],
    ],
  ])('dnsPolicy %s with a dnsConfig', (dnsPolicy, dnsConfig, text) => {
    const own = cluster([
      pod('p', { dnsPolicy, dnsConfig, containers: [{ name: 'sh', image: 'busybox', command: ['sleep', '1d'] }] }),
    ])
    expect(run(own, 'cat /etc/resolv.conf', { pod: 'p' })).toEqual(text)
  })

  test('under docker the name server stands first', () => {
    const old = cluster([], { version: 'v1.18' })
    expect(run(old, 'cat /etc/resolv.conf')[0]).toBe('nameserver 10.96.0.10')
  })
})
