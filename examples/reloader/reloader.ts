import { createHash } from 'node:crypto'
import { attempt, type ControllerContext, type Deployment, resources, type Secret, type Steps, wait } from 'podsim'

/** Deployments that say so are rolled out anew when a Secret that they use changes. */
const isAsked = ({ metadata }: Deployment): boolean => metadata.annotations?.['reloader.example.com/auto'] === 'true'

/** Where a Deployment's template remembers which values of a Secret its Pods began with. */
const mark = (secret: string): string => `reloader.example.com/${secret}`

const hash = ({ data }: Secret): string =>
  createHash('sha256')
    .update(JSON.stringify(data ?? {}))
    .digest('hex')
    .slice(0, 8)

/** An operator as Stakater's Reloader is: another mark in the template is another revision, so that the Pods are replaced. */
export function* reloader({ client, informer, event, log }: ControllerContext): Steps<never> {
  const deployments = informer(resources.deployments)
  yield* wait(deployments.synced)
  const secrets = informer(resources.secrets)
  for (;;) {
    const { type, object: secret } = yield* wait(secrets.next())
    if (type === 'deleted') continue
    for (const deployment of deployments.list()) {
      if (!isAsked(deployment) || !uses(deployment, secret)) continue
      const marked = deployment.spec?.template?.metadata?.annotations?.[mark(secret.metadata.name)]
      // What was there when it started is old news, unless a mark says that it changed while nobody looked.
      if (marked === hash(secret) || (marked === undefined && type === 'added')) continue
      const { name, namespace = '' } = deployment.metadata
      const annotations = { [mark(secret.metadata.name)]: hash(secret) }
      const body = { spec: { template: { metadata: { annotations } } } }
      const type_ = 'application/strategic-merge-patch+json'
      const patched = yield* attempt(client.patch(resources.deployments, { namespace, name }, type_, body))
      if (!patched.ok) log(`${name} could not be changed`)
      else event(deployment, 'Normal', 'Reloaded', `secret ${secret.metadata.name} changed`)
    }
  }
}

function uses({ metadata, spec }: Deployment, secret: Secret): boolean {
  const { containers = [], volumes = [] } = spec?.template?.spec ?? {}
  const { name } = secret.metadata
  return (
    metadata.namespace === secret.metadata.namespace &&
    (volumes.some((volume) => volume.secret?.secretName === name) ||
      containers.some(
        ({ env = [], envFrom = [] }) =>
          env.some(({ valueFrom }) => valueFrom?.secretKeyRef?.name === name) ||
          envFrom.some(({ secretRef }) => secretRef?.name === name),
      ))
  )
}
