import { createSim, type Sim } from 'podsim'
import { certificates, server } from './cert-rotation.ts'

const secret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'tls', labels: { 'certificates.example.com/managed': 'true' } },
  type: 'kubernetes.io/tls',
  stringData: { 'tls.crt': '', 'tls.key': 'a key' },
}

const pod = (name: string, args: readonly string[], mount: object) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: {
    containers: [
      {
        name: 'server',
        image: 'shop/server:1',
        args,
        volumeMounts: [{ name: 'tls', ...mount }],
        readinessProbe: { httpGet: { path: '/', port: 8443 }, periodSeconds: 60 },
      },
    ],
    volumes: [{ name: 'tls', secret: { secretName: 'tls' } }],
  },
})

/** Three servers with one certificate: one that reloads it, one that does not, one whose file never changes. */
export function story(version: 'v1.18' | 'v1.36', until = '2h10m'): Sim {
  const sim = createSim({ version, seed: 'certificates', images: [{ name: 'shop/server', program: server }] })
  sim.apply(secret)
  sim.controller('certificates', certificates)
  sim.runFor('1m')
  sim.apply(
    pod('reloads', ['--reload'], { mountPath: '/etc/tls' }),
    pod('reads-once', [], { mountPath: '/etc/tls' }),
    pod('sub-path', ['--reload'], { mountPath: '/etc/tls/tls.crt', subPath: 'tls.crt' }),
  )
  sim.runFor(until)
  return sim
}
