import { listAt, textAt } from '../../go/json.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { Call, Command } from '../cli/command.ts'
import { fail, failNotSimulated, failUsage } from '../cli/failure.ts'
import { duration, strings } from '../cli/flags.ts'
import { podOf } from './pick-pod.ts'

/** Source: kubectl pkg/cmd/portforward/portforward.go. What is refused is refused as it does; no port of the simulated machine is opened. */
export const portForwardCommand: Command = {
  name: 'port-forward',
  short: 'Forward one or more local ports to a pod',
  flags: [strings('address'), duration('pod-running-timeout', '1m0s')],
  run: portForward,
}

function* portForward(call: Call): Steps<number> {
  const { session, args } = call
  const [target = '', ...ports] = args
  if (ports.length === 0) failUsage(call.path, 'TYPE/NAME and list of ports are required for port-forward')
  const pod = yield* podOf(session, target, 'attach')
  if (!/^(?:svc|services?)\//.test(target)) for (const port of ports) checkPort(pod, port)
  const phase = textAt(pod, 'status', 'phase')
  if (phase !== 'Running') fail(`unable to forward port because pod is not running. Current status=${phase}`)
  return failNotSimulated(
    `kubectl port-forward: nothing listens on the simulated machine; \`podsim serve\` offers the cluster to a real kubectl, which forwards`,
  )
}

/** Source: portforward.go, convertPodNamedPortToNumber; pkg/util/podutils, LookupContainerPortNumberByName. */
function checkPort(pod: unknown, port: string): void {
  const remote = port.split(':').at(-1) ?? ''
  const names = listAt(pod, 'spec', 'containers').flatMap((one) =>
    listAt(one, 'ports').map((each) => textAt(each, 'name')),
  )
  if (!/^\d+$/.test(remote) && !names.includes(remote))
    fail(`Pod '${textAt(pod, 'metadata', 'name')}' does not have a named port '${remote}'`)
}
