import { attempt, type ControllerContext, type OwnProcess, resources, type Steps, sleep } from 'podsim'

/** A database outside of the cluster: users and the one password that each has. */
export type Database = Map<string, string>

/** A service that connects every five seconds with what its file says then, and counts how often it is sent away. */
export function service(database: Database) {
  return function* (proc: OwnProcess): Steps<never> {
    for (;;) {
      const user = proc.readFile('/etc/db/user') ?? ''
      const isIn = database.get(user) === proc.readFile('/etc/db/password')
      if (!isIn) proc.error(`password authentication failed for user "${user}"`)
      yield* sleep('5s')
    }
  }
}

/** Writes user and password into the Secret that the service mounts. */
function* publish({ client, log }: ControllerContext, user: string, password: string): Steps<void> {
  const key = { namespace: 'default', name: 'db' }
  const body = { stringData: { user, password } }
  const patched = yield* attempt(client.patch(resources.secrets, key, 'application/merge-patch+json', body))
  log(patched.ok ? `published ${user}` : 'could not publish')
}

/** The rotation that goes wrong: the old password ends at once, the new one is on its way for a minute and more. */
export function rotateOneUser(database: Database) {
  return function* (context: ControllerContext): Steps<never> {
    for (let round = 1; ; round++) {
      yield* sleep('10m')
      database.set('app', `password-${round}`)
      yield* publish(context, 'app', `password-${round}`)
    }
  }
}

/** The cure: two users. The one that nobody uses gets a new password, and is published; the other is good until the next time. */
export function rotateTwoUsers(database: Database) {
  return function* (context: ControllerContext): Steps<never> {
    for (let round = 1; ; round++) {
      yield* sleep('10m')
      const idle = round % 2 === 1 ? 'app-b' : 'app-a'
      database.set(idle, `password-${round}`)
      yield* publish(context, idle, `password-${round}`)
    }
  }
}
