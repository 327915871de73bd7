import { type ControllerBody, createSim, type Sim } from 'podsim'
import { type Database, rotateOneUser, rotateTwoUsers, service } from './two-credentials.ts'

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'service' },
  spec: {
    containers: [{ name: 'service', image: 'shop/service:1', volumeMounts: [{ name: 'db', mountPath: '/etc/db' }] }],
    volumes: [{ name: 'db', secret: { secretName: 'db' } }],
  },
}

function rotated(version: 'v1.18' | 'v1.36', user: string, rotation: (database: Database) => ControllerBody): Sim {
  const database: Database = new Map([[user, 'password-0']])
  const sim = createSim({ version, seed: 'rotation', images: [{ name: 'shop/service', program: service(database) }] })
  sim.apply({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'db' },
    stringData: { user, password: 'password-0' },
  })
  sim.apply(pod)
  sim.controller('rotation', rotation(database))
  sim.runFor('45m')
  return sim
}

/** Four rotations of one user. */
export const oneUser = (version: 'v1.18' | 'v1.36'): Sim => rotated(version, 'app', rotateOneUser)

/** The same with two. */
export const twoUsers = (version: 'v1.18' | 'v1.36'): Sim => rotated(version, 'app-a', rotateTwoUsers)
