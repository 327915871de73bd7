import * as z from 'zod'
import { objectName } from '../sim/input/formats.ts'

/** Very many Pods in a few words: Deployments with Secrets of their own, and one that all share. */

const most = { pods: 150_000, secrets: 100, containers: 20 } as const

/** What a step `populate` says. */
export const populationSchema = z
  .strictObject({
    pods: z.int().min(1).max(most.pods).meta({ description: 'How many Pods in all' }),
    name: objectName.optional().meta({ description: 'Deployments are NAME-0, NAME-1, ...; app unless given' }),
    namespace: objectName
      .optional()
      .meta({ description: 'Where, of the namespaces that there are; default unless given' }),
    replicas: z.int().min(1).optional().meta({ description: 'Pods of each Deployment; 1 unless given' }),
    containers: z.int().min(1).max(most.containers).optional().meta({ description: 'Of each Pod; 1 unless given' }),
    secrets: z
      .int()
      .min(0)
      .max(most.secrets)
      .optional()
      .meta({ description: 'Secrets that each Deployment has of its own: NAME-0-0, NAME-0-1, ...; 1 unless given' }),
    immutable: z.boolean().optional().meta({ description: 'Whether these never change; false unless given' }),
    shared: objectName.optional().meta({ description: 'A Secret that all Pods have as well; it is made with them' }),
    env: z
      .boolean()
      .optional()
      .meta({ description: 'Whether Pods have each Secret as a variable too; false unless given' }),
  })
  .meta({
    id: 'Population',
    description: 'Deployments whose Pods mount Secrets, each at /etc/NAME OF THE SECRET with username and password',
  })

/** As a scenario has it. */
export type PopulationSource = z.output<typeof populationSchema>

/** A request that creates an object. */
export interface Creation {
  readonly path: string
  readonly body: object
}

/** What is created, in order: the shared Secret, then each Deployment behind its own. */
export function* creationsOf(source: PopulationSource): Iterable<Creation> {
  const { pods, name = 'app', namespace = 'default', replicas = 1, containers = 1, secrets = 1, shared } = source
  const path = `/api/v1/namespaces/${namespace}/secrets`
  if (shared !== undefined) yield { path, body: secretOf(shared, passwordOf(shared)) }
  for (let made = 0, i = 0; made < pods; made += replicas, i++) {
    const own = Array.from({ length: secrets }, (_, at) => `${name}-${i}-${at}`)
    for (const each of own) yield { path, body: secretOf(each, passwordOf(each), source.immutable) }
    const plan = { name: `${name}-${i}`, replicas: Math.min(replicas, pods - made), containers }
    yield {
      path: `/apis/apps/v1/namespaces/${namespace}/deployments`,
      body: deploymentOf(plan, shared === undefined ? own : [shared, ...own], source.env ?? false),
    }
  }
}

/** Another word than the name, which would be masked with it. */
const passwordOf = (secret: string): string => `password of ${secret}`

/** A Secret with a user's name and a password. */
export function secretOf(name: string, password: string, immutable = false): object {
  const stringData = { username: 'app', password }
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData, ...(immutable && { immutable }) }
}

/** A Deployment whose Pods have Secrets as volumes, and `isEnv`, their passwords as PASSWORD_0, PASSWORD_1, ... too. */
export function deploymentOf(
  { name, replicas, containers }: { readonly name: string; readonly replicas: number; readonly containers: number },
  secrets: readonly string[],
  isEnv: boolean,
): object {
  const env = secrets.map((each, at) => ({
    name: `PASSWORD_${at}`,
    valueFrom: { secretKeyRef: { name: each, key: 'password' } },
  }))
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          containers: Array.from({ length: containers }, (_, i) => ({
            name: `c${i}`,
            image: 'nginx',
            ...(isEnv && { env }),
            volumeMounts: secrets.map((each) => ({ name: each, mountPath: `/etc/${each}`, readOnly: true })),
          })),
          volumes: secrets.map((each) => ({ name: each, secret: { secretName: each } })),
        },
      },
    },
  }
}

/** In words: `400 Pods of 40 Deployments with 9 Secrets each`. */
export function populationText({ pods, replicas = 1, secrets = 1, shared }: PopulationSource): string {
  const deployments = Math.ceil(pods / replicas)
  const one = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`
  const sharing = shared === undefined ? '' : `, and ${shared} for all`
  return `${one(pods, 'Pod')} of ${one(deployments, 'Deployment')} with ${one(secrets, 'Secret')} each${sharing}`
}
