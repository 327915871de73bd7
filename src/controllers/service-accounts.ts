import type { Namespace, ServiceAccount } from '../api/types/core.ts'
import { type Client, resources } from '../client/client.ts'
import { isAlreadyExists, isNamespaceTerminating } from '../client/refusals.ts'
import type { Outcome } from '../client/work-queue.ts'
import { attempt, type Steps } from '../kernel/steps.ts'
import { type ControllerContext, createQueue } from './controller.ts'

/**
 * Every active namespace has an account `default`. Source: pkg/controller/serviceaccount/serviceaccounts_controller.go;
 * facts/apiserver.md 3.2 (O2).
 */
export function createServiceAccountController(context: ControllerContext) {
  const client = context.clientFor('service-account-controller')
  const namespaces = context.informer<Namespace>(resources.namespaces)
  const accounts = context.informer<ServiceAccount>(resources.serviceAccounts)

  const { queue, controller } = createQueue({
    context,
    informers: [namespaces, accounts],
    sync(name) {
      const namespace = namespaces.get(undefined, name)
      if (namespace?.status?.phase !== 'Active') return 'done'
      return accounts.get(name, 'default') === undefined ? makeDefaultAccount(client, name) : 'done'
    },
  })

  namespaces.addHandler({
    add: (namespace) => queue.add(namespace.metadata.name),
    update: (_old, namespace) => queue.add(namespace.metadata.name),
  })
  accounts.addHandler({
    delete: ({ metadata }) => {
      if (metadata.name === 'default') queue.add(metadata.namespace ?? '')
    },
  })
  return controller
}

function* makeDefaultAccount(client: Client, namespace: string): Steps<Outcome> {
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } }
  const created = yield* attempt(client.create<ServiceAccount>(resources.serviceAccounts, account))
  if (created.ok || isAlreadyExists(created.error) || isNamespaceTerminating(created.error)) return 'done'
  return 'retry'
}
