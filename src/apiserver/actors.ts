const serviceAccountPrefix = 'system:serviceaccount:'

/** Controllers of somebody's own that act as no ServiceAccount have users of this form. */
const ownControllerPrefix = 'controller:'

/** The user of a controller of somebody's own. */
export function controllerUserName(controller: string): string {
  return `${ownControllerPrefix}${controller}`
}

const actors = new Map<string, string>([
  ['system:kube-scheduler', 'scheduler'],
  ['system:kube-controller-manager', 'controller-manager'],
  ['system:apiserver', 'apiserver'],
])

/** The journal's name for who makes a request: `user/admin`, `kubelet/node-1`, `scheduler`, `controller/replicaset`. */
export function actorOf(userName: string): string {
  let actor = actors.get(userName)
  if (actor === undefined) {
    actor = nameActor(userName)
    actors.set(userName, actor)
  }
  return actor
}

function nameActor(userName: string): string {
  if (userName.startsWith('system:node:')) return `kubelet/${userName.slice('system:node:'.length)}`
  if (userName.startsWith(serviceAccountPrefix)) {
    const [namespace = '', name = ''] = userName.slice(serviceAccountPrefix.length).split(':')
    return namespace === 'kube-system'
      ? `controller/${name.replace(/-controller$/, '')}`
      : `serviceaccount/${namespace}/${name}`
  }
  if (userName.startsWith(ownControllerPrefix)) return `controller/${userName.slice(ownControllerPrefix.length)}`
  return `user/${userName}`
}

/** Programs of the cluster by their users, as the first word of their user agent names them. */
const programs: Readonly<Record<string, string>> = {
  'system:kube-scheduler': 'kube-scheduler',
  'system:kube-controller-manager': 'kube-controller-manager',
  'system:apiserver': 'kube-apiserver',
}

/** In whose name fields are owned when a request does not say. Source: apiserver handlers/create.go, managerOrUserAgent. */
export function managerOf(userName: string): string {
  const program = programs[userName]
  if (program !== undefined) return program
  if (userName.startsWith('system:node:')) return 'kubelet'
  if (userName.startsWith(`${serviceAccountPrefix}kube-system:`)) return 'kube-controller-manager'
  return userName.startsWith(ownControllerPrefix) ? userName.slice(ownControllerPrefix.length) : 'podsim'
}
