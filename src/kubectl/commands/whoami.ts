import { at, isObject, listAt, objectAt, textAt } from '../../go/json.ts'
import { alignTabs, tableTabs } from '../../go/tabwriter.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { Call, Command } from '../cli/command.ts'
import { CommandFailure, fail, isReason } from '../cli/failure.ts'
import { createStructPrinter, printFlags } from '../print/printers.ts'

/** Source: kubectl pkg/cmd/auth/whoami.go. */
export const whoAmI: Command = {
  name: 'whoami',
  short: 'Experimental: Check self subject attributes',
  since: 26,
  flags: printFlags,
  *run(call) {
    const printer = createStructPrinter(call.session, call.flags)
    const review = yield* ask(call)
    call.session.out(printer === undefined ? attributes(at(review, 'status', 'userInfo')) : printer(typed(review)))
    return 0
  },
}

/** In the order of Go's struct, which JSON keeps; an object without a name. Source: k8s.io/api authentication/v1, SelfSubjectReview. */
function typed(review: unknown): unknown {
  const { kind, apiVersion, metadata, status } = isObject(review) ? review : {}
  const { username, uid, groups, extra } = objectAt(status, 'userInfo') ?? {}
  const userInfo = Object.fromEntries(
    Object.entries({ username, uid, groups, extra }).filter(([, value]) => value !== undefined),
  )
  return { kind, apiVersion, metadata, status: { userInfo } }
}

/** The newest version that the server has. Source: whoami.go, Run. */
function* ask({ session }: Call): Steps<unknown> {
  for (const version of ['v1', 'v1beta1', 'v1alpha1']) {
    const apiVersion = `authentication.k8s.io/${version}`
    const body = JSON.stringify({ kind: 'SelfSubjectReview', apiVersion, metadata: {}, status: { userInfo: {} } })
    const answer = yield* session.rest.tryRequest('POST', `/apis/${apiVersion}/selfsubjectreviews`, { body })
    if (answer.ok) return answer.value
    if (isReason(answer.failure, 'Forbidden'))
      return fail('the selfsubjectreviews API is not enabled in the cluster or you do not have permission to call it')
    if (!isReason(answer.failure, 'NotFound')) throw new CommandFailure(answer.failure)
  }
  const hint =
    'enable APISelfSubjectReview feature gate and authentication.k8s.io/v1alpha1 or authentication.k8s.io/v1beta1 API'
  const text = 'the selfsubjectreviews API is not enabled in the cluster'
  return fail(session.version.whoAmIWithoutHint ? text : `${text}\n${hint}`)
}

/** Source: whoami.go, printTableSelfSubjectAccessReview. */
function attributes(user: unknown): string {
  const extra = at(user, 'extra')
  const rows: readonly (readonly [string, string])[] = [
    ['Username', textAt(user, 'username')],
    ['UID', textAt(user, 'uid')],
    ['Groups', listed(listAt(user, 'groups'))],
    ...Object.keys(isObject(extra) ? extra : {})
      .sort()
      .map((key) => [`Extra: ${key}`, listed(listAt(extra, key))] as const),
  ]
  const shown = rows.filter(([, value]) => value !== '')
  return alignTabs(`ATTRIBUTE\tVALUE\n${shown.map(([name, value]) => `${name}\t${value}\n`).join('')}`, tableTabs)
}

/** As Go prints a list of texts; nothing for none. */
function listed(values: readonly unknown[]): string {
  return values.length === 0 ? '' : `[${values.join(' ')}]`
}
